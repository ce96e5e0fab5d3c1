package io.natterjack.client;

import static io.natterjack.client.ClientFixture.ADA;
import static io.natterjack.client.ClientFixture.LOBBY;
import static io.natterjack.client.ClientFixture.events;
import static io.natterjack.client.ClientFixture.joined;
import static io.natterjack.client.ClientFixture.live;
import static io.natterjack.client.ClientFixture.page;
import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.CloseReason;
import io.natterjack.core.Cursor;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.Ping;
import io.natterjack.core.wire.ServerFrame;
import io.natterjack.core.wire.ServerFrame.Joined.Mode;
import io.natterjack.testkit.ManualScheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What listeners that throw, are slow or have no thread do to the client. */
final class ListenersTest {
    private final ClientFixture it = new ClientFixture();

    private FakeServer.End onlineWithListenersOn(ManualScheduler slow) {
        it.listenersOn(slow);
        it.client = it.builder.connect();
        it.time.runAll();
        slow.runAll();
        it.time.runAll();
        FakeServer.End end = it.server.last();
        ClientFrame.Hello hello = end.next(ClientFrame.Hello.class);
        end.say(new ServerFrame.Welcome(
                hello.id(), ClientFixture.SESSION, ADA, 0, 25_000, ClientFixture.LIMITS, OptionalLong.empty()));
        return end;
    }

    @Test
    void aListenerThatThrowsHarmsNobody() {
        FakeServer.End end = it.online();
        List<String> seen = new ArrayList<>();
        Room room = it.client.join(LOBBY, new Cursor(1, 5), message -> {
            seen.add(message.body().text().get());
            throw new IllegalStateException("the application's fault");
        });
        end.say(live(end.next(ClientFrame.Join.class).id(), LOBBY, 5));
        end.say(events(6, 7));

        assertThat(seen).containsExactly("m6", "m7");
        assertThat(room.cursor()).contains(new Cursor(1, 7));
        assertThat(it.client.state()).isEqualTo(ClientState.ONLINE);
    }

    @Test
    void theCursorIsNeverAheadOfWhatTheListenerWasGiven() {
        ManualScheduler slow = new ManualScheduler();
        FakeServer.End end = onlineWithListenersOn(slow);
        Room room = it.client.join(LOBBY, new Cursor(1, 5), it.recorder());
        end.say(live(end.next(ClientFrame.Join.class).id(), LOBBY, 5));
        end.say(events(6, 7));
        assertThat(room.cursor()).contains(new Cursor(1, 5));

        slow.runAll();
        assertThat(room.cursor()).contains(new Cursor(1, 7));
    }

    @Test
    void whenListenersAreBehindTheClientStopsReadingUntilTheyHaveCaughtUp() {
        ManualScheduler slow = new ManualScheduler();
        FakeServer.End end = onlineWithListenersOn(slow);
        it.client.join(LOBBY, new Cursor(1, 0), it.recorder());
        end.say(live(end.next(ClientFrame.Join.class).id(), LOBBY, 0));
        for (int i = 0; i < Deliveries.MAX_WAITING + 200; i += 100) {
            end.say(events(i + 1, i + 100));
        }
        assertThat(end.isRead()).isFalse();

        // Its own silence isn't the server's.
        it.time.advance(Duration.ofMinutes(1));
        assertThat(end.closedByClient()).isEmpty();

        slow.runAll();
        it.time.runAll();
        slow.runAll();
        assertThat(end.isRead()).isTrue();
        assertThat(it.messages()).hasSize(1_200).endsWith("m1200");
    }

    @Test
    void aGapIsFilledNoFasterThanTheListenersTakeIt() {
        ManualScheduler slow = new ManualScheduler();
        FakeServer.End end = onlineWithListenersOn(slow);
        it.client.join(LOBBY, new Cursor(1, 0), it.recorder());
        end.say(joined(end.next(ClientFrame.Join.class).id(), LOBBY, Mode.GAP, 9_000, 9_000));
        int pages = 0;
        for (; end.isRead() && pages < 40; pages++) {
            ClientFrame.Changes ask = end.next(ClientFrame.Changes.class);
            end.say(page(ask.id(), 1, ask.since() + 1, ask.since() + 200, true, 9_000));
        }
        assertThat(pages).isEqualTo(Deliveries.MAX_WAITING / 200);

        slow.runAll();
        it.time.runAll();
        assertThat(end.isRead()).isTrue();
    }

    @Test
    void aClientThatDoesNotReadShowsItsServerThatItIsAlive() {
        ManualScheduler slow = new ManualScheduler();
        FakeServer.End end = onlineWithListenersOn(slow);
        it.client.join(LOBBY, new Cursor(1, 0), it.recorder());
        end.say(live(end.next(ClientFrame.Join.class).id(), LOBBY, 0));
        for (int i = 0; i < Deliveries.MAX_WAITING; i += 100) {
            end.say(events(i + 1, i + 100));
        }
        assertThat(end.isRead()).isFalse();
        it.time.advance(Duration.ofSeconds(65));

        end.next(Ping.class);
        end.next(Ping.class);
        end.expectNothing();
    }

    @Test
    void aListenerExecutorThatIsFullForAMomentCostsNoMessage() {
        AtomicInteger offered = new AtomicInteger();
        it.listenersOn(task -> {
            if (offered.incrementAndGet() % 2 == 0) {
                throw new RejectedExecutionException("full");
            }
            it.time.execute(task);
        });
        it.client = it.builder.connect();
        it.time.advance(Duration.ofSeconds(1));
        FakeServer.End end = it.server.last();
        ClientFixture.welcome(end);
        it.joined(end, 5);
        for (int i = 6; i <= 20; i++) {
            end.say(events(i, i));
        }
        it.time.advance(Duration.ofSeconds(10));

        assertThat(it.messages()).hasSize(15).startsWith("m6").endsWith("m20");
    }

    @Test
    void anExecutorThatIsFullForAMomentCostsNothingEither() {
        AtomicInteger offered = new AtomicInteger();
        it.builder.executor(task -> {
            if (offered.incrementAndGet() % 10 == 0) {
                throw new RejectedExecutionException("full");
            }
            it.time.execute(task);
        });
        it.client = it.builder.connect();
        it.time.advance(Duration.ofSeconds(1));
        FakeServer.End end = it.server.last();
        ClientFixture.welcome(end);
        it.time.advance(Duration.ofSeconds(1));
        Room room = it.client.join(LOBBY, new Cursor(1, 5), it.recorder());
        it.time.advance(Duration.ofSeconds(1));
        end.say(live(end.next(ClientFrame.Join.class).id(), LOBBY, 5));
        List<CompletableFuture<Sent>> sent = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            sent.add(ClientFixture.send(room, "m" + i));
            it.time.advance(Duration.ofSeconds(1));
            end.say(ClientFixture.ack(ClientFixture.nextSend(end, "m" + i), 6 + i));
        }
        it.time.advance(Duration.ofSeconds(1));
        assertThat(sent).allMatch(CompletableFuture::isDone);

        it.client.close();
        it.time.advance(Duration.ofSeconds(5));
        assertThat(it.client.state()).isEqualTo(ClientState.CLOSED);
    }

    @Test
    void afterTheEndOfTheClientNobodyInsistsOnAnExecutorThatIsShutDown() {
        AtomicBoolean isShutDown = new AtomicBoolean();
        AtomicInteger refused = new AtomicInteger();
        it.builder.executor(task -> {
            if (isShutDown.get()) {
                refused.incrementAndGet();
                throw new RejectedExecutionException("shut down");
            }
            it.time.execute(task);
        });
        FakeServer.End end = it.online();
        Room room = it.joined(end, 5);
        it.client.close();
        it.time.advance(Duration.ofSeconds(5));
        isShutDown.set(true);
        room.leave();
        room.leave();
        it.time.advance(Duration.ofMinutes(1));

        assertThat(refused).hasValue(2);
    }

    @Test
    void aClientWhoseListenersAreBehindDoesNotConnectAgainBeforeTheyHaveCaughtUp() {
        ManualScheduler slow = new ManualScheduler();
        FakeServer.End end = onlineWithListenersOn(slow);
        it.client.join(LOBBY, new Cursor(1, 0), it.recorder());
        end.say(live(end.next(ClientFrame.Join.class).id(), LOBBY, 0));
        for (int i = 0; i < Deliveries.MAX_WAITING; i += 100) {
            end.say(events(i + 1, i + 100));
        }
        end.close(CloseReason.SLOW_CONSUMER);
        it.time.advance(Duration.ofMinutes(1));
        assertThat(it.server.attempts()).isEqualTo(1);

        for (int i = 0; i < 10; i++) {
            slow.runAll();
            it.time.runAll();
        }
        assertThat(it.server.attempts()).isEqualTo(2);
    }
}
