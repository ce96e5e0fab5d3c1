package io.natterjack.core;

/** What a store does when it finds, at its start, a database that is set up to forget what it has committed. */
public enum Durability {
    /** Refuses to start. The default. */
    REQUIRED,

    /**
     * Logs a warning and starts all the same. An acknowledged message may then be lost when the database or the machine goes
     * down: for tests and throw-away data.
     */
    MAY_LOSE_ACKNOWLEDGED_MESSAGES
}
