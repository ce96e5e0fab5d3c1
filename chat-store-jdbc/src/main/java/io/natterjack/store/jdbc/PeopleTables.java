package io.natterjack.store.jdbc;

import io.natterjack.core.Profile;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.PeopleStore;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;

/**
 * What the store keeps of people.
 *
 * <p><b>Threads.</b> Any thread may call.
 */
final class PeopleTables implements PeopleStore {
    static final String PROFILES = "select member, name, avatar, attributes from chat_profile where member in (";

    static final String ACQUAINTANCES = "select distinct o.member from chat_member m"
            + " join chat_member o on o.room = m.room and o.is_in = 1"
            + " left join chat_block b on b.member = o.member and b.blocked = m.member"
            + " where m.member = ? and m.is_in = 1 and b.member is null and o.member in (";

    static final String REVOKED_SINCE = "select member, issued_before from chat_revocation"
            + " where issued_before >= ? order by issued_before desc limit ?";

    private final Connections connections;

    PeopleTables(Connections connections) {
        this.connections = connections;
    }

    private static Query query(Handle handle, String sql, List<String> first, Collection<UserId> users) {
        Query query = handle.createQuery(sql + Rows.places(users.size()) + ")");
        int position = 0;
        for (String each : first) {
            query.bind(position++, each);
        }
        for (UserId user : users) {
            query.bind(position++, user.value());
        }
        return query;
    }

    @Override
    public Map<UserId, Profile> profiles(Collection<UserId> users) {
        Map<UserId, Profile> found = new HashMap<>();
        if (!users.isEmpty()) {
            JdbcMessageStore.read(() -> connections
                            .reading()
                            .withHandle(handle -> query(handle, PROFILES, List.of(), users)
                                    .map((row, context) -> new Profile(
                                            new UserId(row.getString("member")),
                                            row.getString("name"),
                                            row.getString("avatar"),
                                            row.getString("attributes")))
                                    .list()))
                    .forEach(profile -> found.put(profile.user(), profile));
        }
        return found;
    }

    @Override
    public void save(Profile profile) {
        updateOrInsert(
                "update chat_profile set name = ?, avatar = ?, attributes = ? where member = ?",
                "insert into chat_profile (name, avatar, attributes, member) values (?, ?, ?, ?)",
                profile.name(),
                profile.avatar(),
                profile.attributes(),
                profile.user().value());
    }

    /** Another may insert between the two: then there is something to update. */
    private void updateOrInsert(String update, String insert, Object... parameters) {
        JdbcMessageStore.read(() -> connections.writing().withHandle(handle -> {
            if (handle.execute(update, parameters) == 0) {
                try {
                    handle.execute(insert, parameters);
                } catch (UnableToExecuteStatementException there) {
                    handle.execute(update, parameters);
                }
            }
            return true;
        }));
    }

    @Override
    public boolean block(UserId user, UserId other, boolean blocked) {
        return JdbcMessageStore.read(() -> connections.writing().withHandle(handle -> {
            List<UserId> before = blocked(handle, user);
            if (!blocked) {
                handle.execute("delete from chat_block where member = ? and blocked = ?", user.value(), other.value());
                return true;
            }
            if (before.contains(other)) {
                return true;
            }
            if (before.size() >= MAX_BLOCKED) {
                return false;
            }
            try {
                handle.execute("insert into chat_block (member, blocked) values (?, ?)", user.value(), other.value());
            } catch (UnableToExecuteStatementException there) {
                return blocked(handle, user).contains(other);
            }
            return true;
        }));
    }

    @Override
    public List<UserId> blocked(UserId user) {
        return JdbcMessageStore.read(() -> connections.reading().withHandle(handle -> blocked(handle, user)));
    }

    private static List<UserId> blocked(Handle handle, UserId user) {
        return handle.createQuery("select blocked from chat_block where member = ? order by blocked")
                .bind(0, user.value())
                .map((row, context) -> new UserId(row.getString("blocked")))
                .list();
    }

    @Override
    public Set<UserId> acquaintances(UserId user, Collection<UserId> others) {
        if (others.isEmpty()) {
            return Set.of();
        }
        return new HashSet<>(JdbcMessageStore.read(() -> connections
                .reading()
                .withHandle(handle -> query(handle, ACQUAINTANCES, List.of(user.value()), others)
                        .map((row, context) -> new UserId(row.getString("member")))
                        .list())));
    }

    @Override
    public void revokeTokens(UserId user, long issuedBefore) {
        updateOrInsert(
                "update chat_revocation set issued_before = ? where member = ?",
                "insert into chat_revocation (issued_before, member) values (?, ?)",
                issuedBefore,
                user.value());
    }

    @Override
    public Map<UserId, Long> tokensRevokedSince(long since, int limit) {
        Map<UserId, Long> found = new LinkedHashMap<>();
        JdbcMessageStore.read(() -> connections
                        .reading()
                        .withHandle(handle -> handle.createQuery(REVOKED_SINCE)
                                .bind(0, Math.max(1, since)) // 0 is a revocation that was taken back
                                .bind(1, limit)
                                .map((row, context) ->
                                        Map.entry(new UserId(row.getString("member")), row.getLong("issued_before")))
                                .list()))
                .forEach(each -> found.put(each.getKey(), each.getValue()));
        return found;
    }

    @Override
    public long tokensRevoked(UserId user) {
        return JdbcMessageStore.read(() -> connections
                .reading()
                .withHandle(handle -> handle.createQuery("select issued_before from chat_revocation where member = ?")
                        .bind(0, user.value())
                        .mapTo(Long.class)
                        .findOne()
                        .orElse(0L)));
    }
}
