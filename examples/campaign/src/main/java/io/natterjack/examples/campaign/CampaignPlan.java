package io.natterjack.examples.campaign;

/**
 * What a campaign does.
 *
 * @param messages how many acknowledged messages to get
 * @param rate messages a second, of all clients
 * @param servers server processes on one database
 * @param clients of each server
 * @param rooms in each of which all clients are
 * @param serverKills how often a server dies
 * @param serverStops how often a server stops for one to four seconds
 * @param databaseKills how often the database dies
 * @param cuts how often clients' connections are cut
 * @param swallowed how often the database's answers are swallowed, and its connections then cut
 * @param seed of the choice and order of faults
 */
record CampaignPlan(
        int messages,
        int rate,
        int servers,
        int clients,
        int rooms,
        int serverKills,
        int serverStops,
        int databaseKills,
        int cuts,
        int swallowed,
        long seed) {}
