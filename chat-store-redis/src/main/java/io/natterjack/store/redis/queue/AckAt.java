package io.natterjack.store.redis.queue;

/** When the sender of a message hears that it is kept. */
public enum AckAt {
    /** When the store has it, with its place in the room. */
    STORE,

    /**
     * When Redis has it, by {@code queued}; the {@code ack} comes when the store has it. The store may still refuse it, and what Redis loses
     * is lost: at most about a second of messages when the power fails and {@code appendfsync} is {@code everysec}, half a minute or more when
     * it is {@code no}, nothing when it is {@code always}; and at a fail-over what had not reached the replica. What isn't a message (an
     * edit, a revocation) is answered by the store all the same.
     */
    QUEUE
}
