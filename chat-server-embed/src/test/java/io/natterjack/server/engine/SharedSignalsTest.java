package io.natterjack.server.engine;

import io.natterjack.core.RoomId;
import io.natterjack.core.SessionId;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.Signal;
import io.natterjack.core.spi.Signals;
import io.natterjack.server.node.Nodes;
import io.natterjack.testkit.InMemoryMedium;
import io.natterjack.testkit.ManualScheduler;
import io.natterjack.testkit.SignalsContract;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Signals that are sent on one node and heard on another. */
final class SharedSignalsTest extends SignalsContract {
    private final ManualScheduler time = new ManualScheduler();
    private final InMemoryMedium medium = new InMemoryMedium(time);

    private record Pair(Signals here, Signals there, ManualScheduler time) implements Signals {
        @Override
        public Listening listen(UserId user, SessionId session, Sink sink) {
            return here.listen(user, session, sink);
        }

        @Override
        public Listening listen(RoomId room, UserId user, SessionId session, Sink sink) {
            return here.listen(room, user, session, sink);
        }

        @Override
        public void toUser(UserId user, Signal signal, Optional<SessionId> except) {
            there.toUser(user, signal, except);
        }

        @Override
        public void toRoom(RoomId room, Signal signal, Optional<SessionId> except) {
            there.toRoom(room, signal, except);
        }

        @Override
        public void toSession(UserId user, SessionId session, Signal signal) {
            there.toSession(user, session, signal);
        }

        @Override
        public CompletionStage<Integer> present(RoomId room) {
            CompletableFuture<Integer> present = there.present(room).toCompletableFuture();
            time.advance(Duration.ofSeconds(1));
            return present;
        }
    }

    @Override
    protected Signals open() {
        Signals here = node("here");
        Signals there = node("there");
        return new Pair(here, there, time);
    }

    private Signals node(String name) {
        Nodes nodes = new Nodes(medium.join(name), time, time);
        SharedSignals signals = new SharedSignals(new LocalSignals(), nodes);
        nodes.start();
        time.runAll();
        return signals;
    }

    @Override
    protected void settle() {
        time.runAll();
    }
}
