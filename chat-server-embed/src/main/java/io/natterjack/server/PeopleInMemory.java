package io.natterjack.server;

import io.natterjack.core.Profile;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.PeopleStore;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;

/**
 * What the store in memory keeps of people.
 *
 * <p><b>Threads.</b> Any.
 */
final class PeopleInMemory implements PeopleStore {
    private final BiPredicate<UserId, UserId> shareRoom;
    private final Map<UserId, Profile> profiles = new ConcurrentHashMap<>();
    private final Map<UserId, Set<UserId>> blocked = new ConcurrentHashMap<>();
    private final Map<UserId, Long> revoked = new ConcurrentHashMap<>();

    PeopleInMemory(BiPredicate<UserId, UserId> shareRoom) {
        this.shareRoom = shareRoom;
    }

    @Override
    public Map<UserId, Profile> profiles(Collection<UserId> users) {
        Map<UserId, Profile> found = new HashMap<>();
        users.forEach(user -> {
            Profile profile = profiles.get(user);
            if (profile != null) {
                found.put(user, profile);
            }
        });
        return found;
    }

    @Override
    public void save(Profile profile) {
        profiles.put(profile.user(), profile);
    }

    @Override
    public boolean block(UserId user, UserId other, boolean isBlocked) {
        Set<UserId> others = blocked.computeIfAbsent(user, first -> ConcurrentHashMap.newKeySet());
        if (!isBlocked) {
            others.remove(other);
            return true;
        }
        return others.contains(other) || others.size() < MAX_BLOCKED && others.add(other);
    }

    @Override
    public List<UserId> blocked(UserId user) {
        TreeMap<String, UserId> sorted = new TreeMap<>();
        blockedBy(user).forEach(other -> sorted.put(other.value(), other));
        return List.copyOf(sorted.values());
    }

    /** Tells whether one of the two has blocked the other. */
    boolean areApart(UserId one, UserId other) {
        return blockedBy(one).contains(other) || blockedBy(other).contains(one);
    }

    private Set<UserId> blockedBy(UserId user) {
        return blocked.getOrDefault(user, Set.of());
    }

    @Override
    public Set<UserId> acquaintances(UserId user, Collection<UserId> others) {
        Set<UserId> found = new LinkedHashSet<>(others);
        found.removeIf(other -> blockedBy(other).contains(user) || !shareRoom.test(user, other));
        return found;
    }

    @Override
    public void revokeTokens(UserId user, long issuedBefore) {
        revoked.put(user, issuedBefore);
    }

    @Override
    public Map<UserId, Long> tokensRevokedSince(long since, int limit) {
        Map<UserId, Long> found = new LinkedHashMap<>();
        revoked.entrySet().stream()
                .filter(entry -> entry.getValue() >= Math.max(1, since)) // 0 is a revocation that was taken back
                .sorted(Map.Entry.<UserId, Long>comparingByValue().reversed())
                .limit(limit)
                .forEach(entry -> found.put(entry.getKey(), entry.getValue()));
        return found;
    }

    @Override
    public long tokensRevoked(UserId user) {
        return revoked.getOrDefault(user, 0L);
    }
}
