package io.natterjack.core.spi;

import io.natterjack.core.Profile;
import io.natterjack.core.UserId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is kept of people, whatever room they are in. Unstable until 1.0.
 *
 * <p><b>Threads, errors.</b> As for {@link MessageStore}, which this is a part of.
 */
public interface PeopleStore {
    /** The most people that somebody may have blocked. */
    int MAX_BLOCKED = 1_000;

    /** Returns the profiles of those of the users, at most 100, that have one. */
    Map<UserId, Profile> profiles(Collection<UserId> users);

    /** Keeps a profile in place of the one before. */
    void save(Profile profile);

    /**
     * Has {@code user} block {@code other}, or no more.
     *
     * @return whether it is so now; false if {@value #MAX_BLOCKED} are blocked already
     */
    boolean block(UserId user, UserId other, boolean blocked);

    /** Returns whom {@code user} has blocked, in the order of their ids' bytes. */
    List<UserId> blocked(UserId user);

    /** Returns those of the others, at most 200, who share a room with {@code user} and haven't blocked them. */
    Set<UserId> acquaintances(UserId user, Collection<UserId> others);

    /**
     * Revokes the user's tokens.
     *
     * @param issuedBefore those made before this time, Unix milliseconds, and those that don't say when; 0 to take the revocation back
     */
    void revokeTokens(UserId user, long issuedBefore);

    /**
     * Returns whose tokens are revoked that were made before {@code since} or a later time, and that time for each; at most {@code limit},
     * the latest first.
     */
    Map<UserId, Long> tokensRevokedSince(long since, int limit);

    /** Returns before which time a user's tokens must not have been made, Unix milliseconds; 0 if none are revoked. */
    long tokensRevoked(UserId user);
}
