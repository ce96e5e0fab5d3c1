package io.natterjack.store.redis.cluster;

import io.natterjack.core.PresenceState;
import io.natterjack.core.SessionId;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.Presence;
import io.natterjack.testkit.ManualScheduler;
import io.natterjack.testkit.PresenceContract;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;

final class RedisPresenceTest extends PresenceContract {
    private final ManualScheduler time = new ManualScheduler();

    @Override
    protected Presence open() {
        RedisPresence presence = new RedisPresence(
                new PresenceInMemory(time),
                new NodeLease.View("a.0", Set.of("a.0"), Map.of()),
                time,
                Duration.ofSeconds(10),
                time,
                changed -> {},
                doubted -> {});
        return new Prompt(presence, time);
    }

    @Override
    protected void pass(Duration duration) {
        time.advance(duration);
    }

    /** Answers at once. */
    private record Prompt(Presence presence, ManualScheduler time) implements Presence {
        @Override
        public void connected(UserId user, SessionId session, PresenceState state) {
            presence.connected(user, session, state);
        }

        @Override
        public void disconnected(UserId user, SessionId session, boolean forGood) {
            presence.disconnected(user, session, forGood);
        }

        @Override
        public CompletionStage<Map<UserId, PresenceState>> query(Collection<UserId> users) {
            CompletionStage<Map<UserId, PresenceState>> answer = presence.query(users);
            time.runAll();
            return answer;
        }

        @Override
        public Watching watch(Collection<UserId> users, Sink sink) {
            return presence.watch(users, sink);
        }
    }
}
