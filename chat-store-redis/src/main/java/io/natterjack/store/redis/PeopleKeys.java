package io.natterjack.store.redis;

import io.natterjack.core.Profile;
import io.natterjack.core.RoomId;
import io.natterjack.core.Standing;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.PeopleStore;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the store keeps of people.
 *
 * <p><b>Threads.</b> Any thread may call, and waits for Redis.
 */
final class PeopleKeys implements PeopleStore {
    /** How many rooms of others are asked for in one call, about. */
    private static final int FIELDS_AT_ONCE = 5_000;

    private final Calls calls;
    private final Keys keys;
    private final InboxReads inbox;

    PeopleKeys(Calls calls, Keys keys, InboxReads inbox) {
        this.calls = calls;
        this.keys = keys;
        this.inbox = inbox;
    }

    private Batch batch(UserId user) {
        return new Batch(keys, Keys.partition(user));
    }

    @Override
    public Map<UserId, Profile> profiles(Collection<UserId> users) {
        List<UserId> asked = List.copyOf(users);
        List<Call> reads = new ArrayList<>();
        for (UserId user : asked) {
            Batch batch = batch(user);
            batch.add("HGET", keys.profiles(Keys.partition(user)), user.value());
            reads.add(batch.call());
        }
        List<Reply> replies = calls.all(reads);
        Map<UserId, Profile> profiles = new HashMap<>();
        for (int i = 0; i < asked.size(); i++) {
            String text = replies.get(i).text(0);
            if (!text.isEmpty()) {
                String[] parts = text.split("\0", 3);
                profiles.put(asked.get(i), new Profile(asked.get(i), parts[0], parts[1], parts[2]));
            }
        }
        return profiles;
    }

    @Override
    public void save(Profile profile) {
        Batch batch = batch(profile.user());
        batch.add(
                "HSET",
                keys.profiles(Keys.partition(profile.user())),
                profile.user().value(),
                profile.name() + "\0" + profile.avatar() + "\0" + profile.attributes());
        calls.one(batch.call());
    }

    @Override
    public boolean block(UserId user, UserId other, boolean blocked) {
        Batch write = batch(user);
        if (!blocked) {
            write.add("ZREM", keys.blocked(user), other.value());
            calls.one(write.call());
            return true;
        }
        List<UserId> before = blocked(user);
        if (before.contains(other)) {
            return true;
        }
        if (before.size() >= MAX_BLOCKED) {
            return false;
        }
        write.add("ZADD", keys.blocked(user), "0", other.value());
        calls.one(write.call());
        return true;
    }

    /** Redis keeps them in the order of their bytes, since they have the same score. */
    @Override
    public List<UserId> blocked(UserId user) {
        Batch batch = batch(user);
        batch.add("ZRANGE", keys.blocked(user), "0", "-1");
        return calls.one(batch.call()).list(0).stream().map(UserId::new).toList();
    }

    @Override
    public Set<UserId> acquaintances(UserId user, Collection<UserId> others) {
        List<UserId> asked = List.copyOf(new HashSet<>(others));
        Set<UserId> known = new HashSet<>();
        Map<Integer, List<String>> rooms = new LinkedHashMap<>();
        int most = 1;
        for (RoomId room : inbox.rooms(user, false)) {
            List<String> own = rooms.computeIfAbsent(Keys.partition(room), first -> new ArrayList<>());
            own.add(room.value());
            most = Math.max(most, own.size());
        }
        int atOnce = Math.max(1, FIELDS_AT_ONCE / most);
        for (int from = 0; from < asked.size() && !rooms.isEmpty(); from += atOnce) {
            List<UserId> some = asked.subList(from, Math.min(from + atOnce, asked.size()));
            known.addAll(among(some, rooms));
        }
        known.removeAll(blocking(List.copyOf(known), user));
        return known;
    }

    /** Returns those who belong to one of the rooms, which are given by partition. */
    private Set<UserId> among(List<UserId> users, Map<Integer, List<String>> rooms) {
        List<Call> reads = new ArrayList<>();
        rooms.forEach((partition, own) -> {
            Batch batch = new Batch(keys, partition);
            users.forEach(user -> batch.addAll("HMGET", keys.roomsOf(partition, user), own));
            reads.add(batch.call());
        });
        Set<UserId> among = new HashSet<>();
        for (Reply reply : calls.all(reads)) {
            int lists = reply.size() / users.size();
            for (int i = 0; i < reply.size(); i++) {
                if (reply.list(i).contains(Entries.letter(Standing.IN))) {
                    among.add(users.get(i / lists));
                }
            }
        }
        return among;
    }

    /** Returns those of the users that have blocked {@code other}. */
    private Set<UserId> blocking(List<UserId> users, UserId other) {
        List<Call> reads = new ArrayList<>();
        for (UserId user : users) {
            Batch batch = batch(user);
            batch.add("ZSCORE", keys.blocked(user), other.value());
            reads.add(batch.call());
        }
        List<Reply> replies = calls.all(reads);
        Set<UserId> blocking = new HashSet<>();
        for (int i = 0; i < users.size(); i++) {
            if (!replies.get(i).text(0).isEmpty()) {
                blocking.add(users.get(i));
            }
        }
        return blocking;
    }

    @Override
    public void revokeTokens(UserId user, long issuedBefore) {
        Batch batch = batch(user);
        String revocations = keys.revocations(Keys.partition(user));
        if (issuedBefore == 0) {
            batch.add("ZREM", revocations, user.value());
        } else {
            batch.add("ZADD", revocations, String.valueOf(issuedBefore), user.value());
        }
        calls.one(batch.call());
    }

    @Override
    public Map<UserId, Long> tokensRevokedSince(long since, int limit) {
        List<Call> reads = new ArrayList<>();
        for (int partition = 0; partition < Keys.PARTITIONS; partition++) {
            Batch batch = new Batch(keys, partition);
            batch.add(
                    "ZRANGE",
                    keys.revocations(partition),
                    "+inf",
                    String.valueOf(since),
                    "BYSCORE",
                    "REV",
                    "LIMIT",
                    "0",
                    String.valueOf(limit),
                    "WITHSCORES");
            reads.add(batch.call());
        }
        List<Map.Entry<UserId, Long>> all = new ArrayList<>();
        for (Reply reply : calls.all(reads)) {
            List<String> pairs = reply.list(0);
            for (int i = 0; i < pairs.size(); i += 2) {
                all.add(Map.entry(new UserId(pairs.get(i)), Long.parseLong(pairs.get(i + 1))));
            }
        }
        all.sort(Map.Entry.comparingByValue(Comparator.reverseOrder()));
        Map<UserId, Long> latest = new LinkedHashMap<>();
        all.stream().limit(limit).forEach(each -> latest.put(each.getKey(), each.getValue()));
        return latest;
    }

    @Override
    public long tokensRevoked(UserId user) {
        Batch batch = batch(user);
        batch.add("ZSCORE", keys.revocations(Keys.partition(user)), user.value());
        return calls.one(batch.call()).number(0);
    }
}
