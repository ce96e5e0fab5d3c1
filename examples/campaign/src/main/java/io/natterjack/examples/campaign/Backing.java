package io.natterjack.examples.campaign;

import java.util.List;

/** What the nodes of a cluster have in common. */
enum Backing {
    /** A database; nodes look into it for what the others did. */
    SQL(true, false, true, ""),
    /** A database, and Redis without persistence for publications and presence. */
    ROUTER(true, true, true, ""),
    /** A database, and before it a queue in Redis, which keeps an append-only file. */
    QUEUE(true, true, true, "--queue=redis"),
    /** Redis alone, which keeps an append-only file. */
    STORE(false, true, false, "--store=redis");

    private final boolean database;
    private final boolean redis;
    private final boolean forgiving;
    private final String option;

    Backing(boolean database, boolean redis, boolean forgiving, String option) {
        this.database = database;
        this.redis = redis;
        this.forgiving = forgiving;
        this.option = option;
    }

    boolean hasDatabase() {
        return database;
    }

    boolean hasRedis() {
        return redis;
    }

    /** Tells whether Redis keeps what it has in a file. */
    boolean isRedisDurable() {
        return !option.isEmpty();
    }

    /** Tells whether Redis may be emptied: what was acknowledged is elsewhere too. */
    boolean mayRedisBeEmptied() {
        return forgiving;
    }

    /** Returns the options of a node beyond those that say where the database and Redis are. */
    List<String> options() {
        return option.isEmpty() ? List.of() : List.of(option);
    }
}
