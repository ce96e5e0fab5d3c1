package io.natterjack.server.session;

import io.natterjack.core.Principal;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.Scheduler;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Whose tokens were revoked just now: a session whose token was looked at before, and which isn't open yet, must hear of it too.
 *
 * <p><b>Bounded.</b> As long as a token may take to be verified, and {@value #MAX} users, the latest.
 *
 * <p><b>Threads.</b> Any; guarded by this.
 */
final class LatestRevocations {
    private static final int MAX = 10_000;

    private record Revocation(long issuedBefore, long at) {}

    private final Scheduler scheduler;
    private final long kept;

    /** The earliest first. */
    private final Map<UserId, Revocation> latest = new LinkedHashMap<>();

    /**
     * Makes an empty one.
     *
     * @param verification how long a token may take to be verified
     */
    LatestRevocations(Scheduler scheduler, Duration verification) {
        this.scheduler = scheduler;
        this.kept = 2 * verification.toNanos(); // The lane may be behind.
    }

    synchronized void add(UserId user, long issuedBefore) {
        long now = scheduler.nanoTime();
        Revocation former = latest.remove(user);
        latest.put(user, new Revocation(Math.max(issuedBefore, former == null ? 0 : former.issuedBefore()), now));
        Iterator<Revocation> eldest = latest.values().iterator();
        while (now - eldest.next().at() > kept || latest.size() > MAX) {
            eldest.remove();
        }
    }

    /** Tells whether the token was revoked at {@code nanoTime} or later. */
    synchronized boolean isRevokedSince(long nanoTime, Principal principal) {
        Revocation revocation = latest.get(principal.user());
        return revocation != null
                && revocation.at() - nanoTime >= 0
                && principal.isRevokedBy(revocation.issuedBefore());
    }
}
