package io.natterjack.client;

import static io.natterjack.client.ClientFixture.ADA;
import static io.natterjack.client.ClientFixture.LOBBY;
import static io.natterjack.client.ClientFixture.ack;
import static io.natterjack.client.ClientFixture.body;
import static io.natterjack.client.ClientFixture.events;
import static io.natterjack.client.ClientFixture.live;
import static io.natterjack.client.ClientFixture.refusal;
import static io.natterjack.client.ClientFixture.welcome;
import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.EventKind;
import io.natterjack.core.MessageBody;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.UserId;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.ServerFrame;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

final class TimelineTest {
    private final ClientFixture it = new ClientFixture();
    private final Queue<Runnable> listenerTasks = new ArrayDeque<>();
    private final List<String> shown = new ArrayList<>();
    private boolean isOnListenerExecutor;

    private Timeline join() {
        return Timeline.join(it.client, LOBBY, 50, timeline -> {
            StringBuilder line = new StringBuilder(isOnListenerExecutor ? "" : "on a caller's thread: ");
            for (TimelineEntry entry : timeline.entries()) {
                line.append(entry.body().text().orElse("?"))
                        .append(' ')
                        .append(entry.state())
                        .append(' ');
            }
            shown.add(line.toString().trim());
        });
    }

    /** Runs what the client wants from the application, and the client, until nothing is left. */
    private void runListeners() {
        it.time.runAll();
        while (!listenerTasks.isEmpty()) {
            isOnListenerExecutor = true;
            listenerTasks.remove().run();
            isOnListenerExecutor = false;
            it.time.runAll();
        }
    }

    @Test
    void aMessageOfAClientThatWasNeverOnlineShowsAtOnce() {
        it.server.setReachable(false);
        it.client = it.listenersOn(listenerTasks::add).builder.connect();
        runListeners();
        Timeline timeline = join();
        timeline.send(body("hello"));

        assertThat(timeline.entries()).singleElement().satisfies(entry -> {
            assertThat(entry.state()).isEqualTo(TimelineEntry.State.PENDING);
            assertThat(entry.sender()).isEmpty();
            assertThat(entry.isOwn()).isTrue();
        });
        runListeners();
        assertThat(shown).containsExactly("hello PENDING");
    }

    @Test
    void whatWasWrittenBeforeTheFirstConnectionArrivesWithIt() {
        FakeServer.End end = it.connect();
        Timeline timeline = join();
        timeline.send(body("hello"));
        welcome(end);
        ClientFrame.Join join = end.next(ClientFrame.Join.class);
        end.say(live(join.id(), LOBBY, 0));
        ClientFrame.Send send = end.next(ClientFrame.Send.class);
        assertThat(timeline.entries())
                .singleElement()
                .satisfies(entry -> assertThat(entry.sender()).contains(ADA));

        end.say(ack(send, 1));
        end.say(event(1, ADA, send.clientId(), send.body()));
        end.say(event(2, new UserId("bob"), new ClientId("b"), body("hi")));
        assertThat(timeline.entries())
                .extracting(TimelineEntry::state)
                .containsExactly(TimelineEntry.State.SENT, TimelineEntry.State.RECEIVED);
        assertThat(timeline.entries()).extracting(TimelineEntry::isOwn).containsExactly(true, false);
    }

    private static ServerFrame.Ev event(long seq, UserId sender, ClientId clientId, MessageBody body) {
        Cursor at = new Cursor(1, seq);
        return new ServerFrame.Ev(
                LOBBY,
                1,
                Collections.singletonList(new RoomEvent(LOBBY, at, EventKind.MESSAGE, sender, clientId, seq, body)));
    }

    @Test
    void theListenerIsCalledOnTheListenerExecutorAlone() {
        it.builder.maxOutbox(1, 1 << 20);
        it.client = it.listenersOn(listenerTasks::add).builder.connect();
        runListeners();
        FakeServer.End end = it.server.last();
        welcome(end);
        Timeline timeline = join();
        runListeners();
        ClientFrame.Join join = end.next(ClientFrame.Join.class);
        end.say(live(join.id(), LOBBY, 0));
        runListeners();
        shown.clear();

        timeline.send(body("one"));
        ClientId full = failAtOnce(timeline);
        assertThat(shown).as("calls on the caller's thread").isEmpty();
        runListeners();
        assertThat(shown).containsExactly("one PENDING two FAILED");

        timeline.retry(full);
        ClientId again = timeline.entries().get(1).clientId();
        timeline.discard(again);
        assertThat(shown).hasSize(1);
        runListeners();
        assertThat(shown).containsExactly("one PENDING two FAILED", "one PENDING");

        end.say(refusal(end.next(ClientFrame.Send.class), ErrorCode.FORBIDDEN, 0));
        runListeners();
        assertThat(shown).noneMatch(line -> line.startsWith("on a caller's thread"));
    }

    private static ClientId failAtOnce(Timeline timeline) {
        assertThat(timeline.send(body("two")).toCompletableFuture()).isCompletedExceptionally();
        return timeline.entries().get(1).clientId();
    }

    @Test
    void whatFailsBecauseTheClientEndsIsShownAndNothingAfterThat() {
        it.client = it.listenersOn(listenerTasks::add).builder.connect();
        runListeners();
        welcome(it.server.last());
        Timeline timeline = join();
        timeline.send(body("lost"));
        runListeners();
        it.client.close();
        runListeners();
        assertThat(shown).last().isEqualTo("lost FAILED");

        int before = shown.size();
        timeline.discard(timeline.entries().get(0).clientId());
        runListeners();
        assertThat(shown).hasSize(before);
        assertThat(timeline.entries()).isEmpty();
    }

    @Test
    void aPageThatFailsAtOnceIsToldOnTheListenerExecutorToo() {
        it.client = it.listenersOn(listenerTasks::add).builder.connect();
        runListeners();
        welcome(it.server.last());
        Timeline timeline = join();
        runListeners();
        timeline.room().leave();
        shown.clear();

        assertThat(timeline.loadOlder(10).toCompletableFuture()).isCompletedExceptionally();
        assertThat(shown).isEmpty();
        runListeners();
        assertThat(shown).containsExactly("");
    }

    @Test
    void eventsShowWithoutAnythingBeingSent() {
        FakeServer.End end = it.online();
        Timeline timeline = join();
        ClientFrame.Join join = end.next(ClientFrame.Join.class);
        end.say(live(join.id(), LOBBY, 0));
        end.say(events(1, 3));

        assertThat(timeline.messages()).hasSize(3);
    }
}
