package io.natterjack.store.redis.cluster;

import io.natterjack.core.UserId;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/**
 * What nodes say of people, where all nodes can read it. A stage that fails leaves open whether the thing was done; it may be done again.
 *
 * <p><b>Threads.</b> Any thread may call any method, and none blocks.
 */
interface PresenceEntries {
    /**
     * What is said of one person.
     *
     * @param byLease what nodes say, by their leases; which of them still count the caller knows
     * @param seen when they were last seen, Unix milliseconds; 0 if unknown
     */
    record Said(Map<String, PresenceEntry> byLease, long seen) {
        static final Said NOTHING = new Said(Map.of(), 0);

        public Said {
            byLease = Map.copyOf(byLease);
        }
    }

    /**
     * Says {@code entry} of {@code user} under {@code lease}. If they are there, what others say in grace is over. Completes with false if just
     * that was said already.
     */
    CompletionStage<Boolean> write(String lease, UserId user, PresenceEntry entry);

    /**
     * Says nothing of {@code user} under {@code lease} any more. If they could be seen, and nobody says anything of them now, they were seen
     * last at {@code at}; 0 leaves that as it is.
     */
    CompletionStage<?> remove(String lease, UserId user, long at);

    /** Returns what is said of {@code user}. */
    CompletionStage<Said> read(UserId user);
}
