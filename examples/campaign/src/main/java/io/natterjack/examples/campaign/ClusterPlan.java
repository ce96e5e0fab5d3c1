package io.natterjack.examples.campaign;

/**
 * What a campaign against a cluster does.
 *
 * @param messages how many acknowledged messages to get
 * @param rate messages a second, of all clients
 * @param nodes server processes
 * @param clients of all nodes; each goes to another when its own is gone
 * @param rooms in each of which some clients are
 * @param roomsEach in how many rooms each client is
 * @param faults what is broken, and how often
 * @param seed of the choice and order of faults
 * @param restored how many messages are acknowledged at the end before Redis is brought back as it was before them; 0 if it isn't
 */
record ClusterPlan(
        Backing backing,
        int messages,
        int rate,
        int nodes,
        int clients,
        int rooms,
        int roomsEach,
        Faults faults,
        long seed,
        int restored) {

    /**
     * How often what happens.
     *
     * @param nodeKills a node dies and is started again
     * @param nodeStops a node stops, and goes on where it was
     * @param longestStop of a node, in milliseconds; the shortest is a second, or this if it is less
     * @param redisKills Redis dies and is started again; without an append-only file it has forgotten all
     * @param redisStops Redis stops for up to three seconds
     * @param redisFlushes Redis is emptied
     * @param databaseKills the database dies and is started again
     * @param cuts some connections are cut: of clients mostly, else those of a node to the database or to Redis
     * @param swallowed what the database or Redis answers to a node is swallowed, and its connections then cut
     */
    record Faults(
            int nodeKills,
            int nodeStops,
            int longestStop,
            int redisKills,
            int redisStops,
            int redisFlushes,
            int databaseKills,
            int cuts,
            int swallowed) {

        /** Returns those that can happen there. */
        Faults on(Backing backing) {
            boolean redis = backing.hasRedis();
            return new Faults(
                    nodeKills,
                    nodeStops,
                    longestStop,
                    redis ? redisKills : 0,
                    redis ? redisStops : 0,
                    redis ? redisFlushes : 0,
                    backing.hasDatabase() ? databaseKills : 0,
                    cuts,
                    swallowed);
        }
    }

    /** Makes a plan in which nothing is brought back older. */
    ClusterPlan(
            Backing backing,
            int messages,
            int rate,
            int nodes,
            int clients,
            int rooms,
            int roomsEach,
            Faults faults,
            long seed) {
        this(backing, messages, rate, nodes, clients, rooms, roomsEach, faults, seed, 0);
    }

    ClusterPlan {
        faults = faults.on(backing);
        if (restored > 0 && backing != Backing.STORE) {
            throw new IllegalArgumentException("only Redis alone is brought back older");
        }
        if (nodes < 1 || clients < 1 || roomsEach < 1 || roomsEach > rooms) {
            throw new IllegalArgumentException("nodes, clients and rooms of each client must be 1 or more, and "
                    + roomsEach + " rooms of each no more than the " + rooms + " that there are");
        }
        if (faults.redisFlushes > 0 && !backing.mayRedisBeEmptied()) {
            throw new IllegalArgumentException("Redis has what was promised here: it must not be emptied");
        }
    }
}
