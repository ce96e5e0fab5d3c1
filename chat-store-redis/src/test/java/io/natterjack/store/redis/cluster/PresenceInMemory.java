package io.natterjack.store.redis.cluster;

import io.natterjack.core.UserId;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** {@link PresenceEntries} as Redis keeps them, answering on an executor; it can be away, and it can forget. */
final class PresenceInMemory implements PresenceEntries {
    private final Executor time;
    private final Map<UserId, Map<String, PresenceEntry>> users = new HashMap<>();
    private final Map<UserId, Long> seen = new HashMap<>();
    private boolean away;
    private int writes;
    private int underWay;
    private int mostUnderWay;

    PresenceInMemory(Executor time) {
        this.time = time;
    }

    void away(boolean away) {
        this.away = away;
    }

    void forgetAll() {
        users.clear();
        seen.clear();
    }

    void forget(UserId user) {
        users.remove(user);
    }

    int writes() {
        return writes;
    }

    int mostUnderWay() {
        return mostUnderWay;
    }

    Map<String, PresenceEntry> of(UserId user) {
        return users.getOrDefault(user, Map.of());
    }

    @Override
    public CompletionStage<Boolean> write(String lease, UserId user, PresenceEntry entry) {
        writes++;
        return answer(() -> {
            Map<String, PresenceEntry> all = users.computeIfAbsent(user, first -> new HashMap<>());
            if (!entry.grace()) {
                all.values().removeIf(PresenceEntry::grace);
            }
            return !entry.equals(all.put(lease, entry));
        });
    }

    @Override
    public CompletionStage<?> remove(String lease, UserId user, long at) {
        writes++;
        return answer(() -> {
            Map<String, PresenceEntry> all = users.getOrDefault(user, new HashMap<>());
            PresenceEntry gone = all.remove(lease);
            if (gone != null && at > 0 && gone.isVisible() && all.isEmpty()) {
                seen.put(user, at);
            }
            return true;
        });
    }

    @Override
    public CompletionStage<Said> read(UserId user) {
        return answer(() -> new Said(of(user), seen.getOrDefault(user, 0L)));
    }

    private <T> CompletionStage<T> answer(Supplier<T> work) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        underWay++;
        mostUnderWay = Math.max(mostUnderWay, underWay);
        time.execute(() -> {
            underWay--;
            if (away) {
                answer.completeExceptionally(new IllegalStateException("away"));
            } else {
                answer.complete(work.get());
            }
        });
        return answer;
    }
}
