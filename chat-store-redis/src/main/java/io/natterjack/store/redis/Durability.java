package io.natterjack.store.redis;

/** What a store does when it finds, at its start, a Redis that is set up to forget what it has acknowledged. */
public enum Durability {
    /** Refuses to start. The default. */
    REQUIRED,

    /**
     * Logs a warning and starts all the same. An acknowledged message may then be lost when Redis or the machine goes down: for tests
     * and throw-away data.
     */
    MAY_LOSE_ACKNOWLEDGED_MESSAGES
}
