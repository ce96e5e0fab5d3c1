package io.natterjack.client;

import static io.natterjack.client.ClientFixture.ADA;
import static io.natterjack.client.ClientFixture.LOBBY;
import static io.natterjack.client.ClientFixture.change;
import static io.natterjack.client.ClientFixture.events;
import static io.natterjack.client.ClientFixture.joined;
import static io.natterjack.client.ClientFixture.live;
import static io.natterjack.client.ClientFixture.page;
import static io.natterjack.client.ClientFixture.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.natterjack.core.ClientId;
import io.natterjack.core.CloseReason;
import io.natterjack.core.Cursor;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.EventKind;
import io.natterjack.core.HistoryQuery;
import io.natterjack.core.Message;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Page;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.Ping;
import io.natterjack.core.wire.ServerFrame;
import io.natterjack.core.wire.ServerFrame.Joined.Mode;
import io.natterjack.testkit.ManualScheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class ReceivingTest {
    private final ClientFixture it = new ClientFixture();

    private ServerFrame.Joined otherPast(int id, long epoch, long head, long base) {
        return new ServerFrame.Joined(id, LOBBY, Mode.GAP, new Cursor(epoch, head), head, OptionalLong.of(base));
    }

    private List<String> messages() {
        List<String> messages = new ArrayList<>(it.roomCalls);
        messages.removeIf(call -> call.startsWith("joined"));
        return messages;
    }

    // Joining.

    @Test
    void aRoomJoinedWithoutACursorBeginsWhereTheServerSays() {
        FakeServer.End end = it.online();
        Room room = it.client.join(LOBBY, it.recorder());
        ClientFrame.Join join = end.next(ClientFrame.Join.class);
        assertThat(join.cursor()).isEmpty();
        assertThat(room.cursor()).isEmpty();
        end.say(live(join.id(), LOBBY, 7));
        end.say(events(8, 8));

        assertThat(it.roomCalls).containsExactly("joined 7", "m8");
        assertThat(room.cursor()).contains(new Cursor(1, 8));
    }

    @Test
    void aRoomJoinedWithATailShowsItsLastMessages() {
        FakeServer.End end = it.online();
        it.client.join(LOBBY, 2, it.recorder());
        ClientFrame.Join join = end.next(ClientFrame.Join.class);
        assertThat(join.tail()).isEqualTo(2);
        end.say(joined(join.id(), LOBBY, Mode.REPLAY, 7, 5));
        end.say(events(6, 7));

        assertThat(it.roomCalls).containsExactly("joined 5", "m6", "m7");
    }

    @Test
    void aTailIsAskedForEvenIfTheRoomWasJoinedOffline() {
        it.client = it.builder.connect();
        it.client.join(LOBBY, 2, it.recorder());
        it.time.runAll();
        ClientFrame.Hello hello = ClientFixture.welcome(it.server.last());

        assertThat(hello.rooms()).isEmpty();
        assertThat(it.server.last().next(ClientFrame.Join.class).tail()).isEqualTo(2);
    }

    @Test
    void aRoomJoinedOfflineIsJoinedByTheHello() {
        it.client = it.builder.connect();
        it.client.join(LOBBY, new Cursor(1, 5), it.recorder());
        it.time.runAll();
        FakeServer.End end = it.server.last();
        ClientFrame.Hello hello = ClientFixture.welcome(end);
        end.say(joined(hello.id(), LOBBY, Mode.REPLAY, 6, 5));
        end.say(events(6, 6));

        assertThat(it.roomCalls).containsExactly("joined 5", "m6");
        end.expectNothing();
    }

    @Test
    void whatAHelloHasNoPlaceForIsJoinedAfterIt() {
        it.client = it.builder.connect();
        for (int i = 0; i < 600; i++) {
            it.client.join(new RoomId("r" + i), new Cursor(1, 5), it.recorder());
        }
        it.time.runAll();
        FakeServer.End end = it.server.last();
        ClientFrame.Hello hello = ClientFixture.welcome(end);

        int joins = 0;
        for (it.time.runAll(); end.hasNext(); joins++) {
            end.next(ClientFrame.Join.class);
        }
        assertThat(hello.rooms()).hasSize(500);
        assertThat(joins).isEqualTo(100);
    }

    @Test
    void aRoomIsJoinedOnceAtATime() {
        FakeServer.End end = it.online();
        Room room = it.joined(end, 5);
        assertThatIllegalStateException().isThrownBy(() -> it.client.join(LOBBY, message -> {}));

        room.leave();
        it.client.join(LOBBY, message -> {});
    }

    @Test
    void aRoomThatRefusesForGoodIsOver() {
        FakeServer.End end = it.online();
        Room room = it.client.join(LOBBY, it.recorder());
        CompletableFuture<Sent> sent = room.send(ClientFixture.body("x")).toCompletableFuture();
        end.say(refusal(end.next(ClientFrame.Join.class).id(), ErrorCode.NO_ROOM));

        assertThat(it.roomCalls).containsExactly("refused NO_ROOM");
        assertThat(sent).isCompletedExceptionally();
        it.client.join(LOBBY, message -> {});
    }

    @Test
    void aJoinRefusedForNowIsTriedAgain() {
        FakeServer.End end = it.online();
        it.client.join(LOBBY, it.recorder());
        end.say(refusal(end.next(ClientFrame.Join.class).id(), ErrorCode.UNAVAILABLE, 1_000));
        it.time.advance(Duration.ofMillis(999));
        end.expectNothing();
        it.time.advance(Duration.ofMillis(502));

        end.next(ClientFrame.Join.class);
    }

    @Test
    void aRoomOfTheHelloThatIsRefusedForNowIsJoinedAgain() {
        it.client = it.builder.connect();
        it.client.join(LOBBY, new Cursor(1, 5), it.recorder());
        it.time.runAll();
        FakeServer.End end = it.server.last();
        ClientFixture.welcome(end);
        // As with joined, there is no id: the hello's belongs to the welcome.
        end.say(new ServerFrame.Refused(
                0,
                ErrorCode.UNAVAILABLE,
                Optional.empty(),
                Optional.of(Duration.ofSeconds(1)),
                Optional.of(LOBBY),
                Optional.empty()));
        it.time.advance(Duration.ofMillis(1_501));

        assertThat(end.next(ClientFrame.Join.class).cursor()).contains(new Cursor(1, 5));
    }

    @Test
    void aListenerIsNotCalledAfterItsRoomWasLeft() {
        FakeServer.End end = it.online();
        it.joined(end, 5).leave();
        end.say(events(6, 6));

        assertThat(messages()).isEmpty();
        end.next(ClientFrame.Leave.class);
    }

    // One sequence.

    @Test
    void whatWasThereAlreadyIsDropped() {
        FakeServer.End end = it.online();
        it.joined(end, 5);
        end.say(events(6, 7));
        end.say(events(5, 8));

        assertThat(messages()).containsExactly("m6", "m7", "m8");
    }

    @Test
    void aHoleIsFilledByJoiningAgainFromTheCursor() {
        FakeServer.End end = it.online();
        it.joined(end, 5);
        end.say(events(7, 7));
        ClientFrame.Join again = end.next(ClientFrame.Join.class);
        assertThat(again.cursor()).contains(new Cursor(1, 5));
        end.say(events(8, 8));
        end.say(joined(again.id(), LOBBY, Mode.REPLAY, 8, 5));
        end.say(events(6, 8));

        assertThat(messages()).containsExactly("m6", "m7", "m8");
    }

    @Test
    void aServerThatKeepsLeavingHolesIsNotAskedWithoutPause() {
        FakeServer.End end = it.online();
        it.joined(end, 5);
        end.say(events(7, 7));
        end.say(live(end.next(ClientFrame.Join.class).id(), LOBBY, 5));
        end.say(events(7, 7));
        end.expectNothing();

        it.time.advance(Duration.ofMillis(1_001));
        end.next(ClientFrame.Join.class);
    }

    @Test
    void anEventOfAnotherEpochMakesTheClientAskWhatIsShared() {
        FakeServer.End end = it.online();
        it.joined(end, 5);
        end.say(events(2, 6, 6));

        assertThat(end.next(ClientFrame.Join.class).cursor()).contains(new Cursor(1, 5));
        assertThat(messages()).isEmpty();
    }

    @Test
    void anEventOfUnknownKindMovesTheCursorAndNothingElse() {
        FakeServer.End end = it.online();
        Room room = it.joined(end, 5);
        end.sayText("{\"t\":\"ev\",\"room\":\"lobby\",\"e\":1,\"events\":[{\"s\":6,\"k\":\"fly\",\"at\":3}]}");
        end.say(events(7, 7));

        assertThat(messages()).containsExactly("m7");
        assertThat(room.cursor()).contains(new Cursor(1, 7));
    }

    @Test
    void aReplayAfterAReconnectContinuesTheSequence() {
        FakeServer.End end = it.online();
        it.joined(end, 5);
        end.say(events(6, 6));
        end.close(CloseReason.SLOW_CONSUMER);
        end = it.nextConnection();
        ClientFrame.Hello hello = ClientFixture.welcome(end);
        assertThat(hello.rooms().get(0).cursor()).contains(new Cursor(1, 6));
        end.say(joined(hello.id(), LOBBY, Mode.REPLAY, 8, 6));
        end.say(events(7, 8));

        assertThat(messages()).containsExactly("m6", "m7", "m8");
    }

    // Gaps.

    @Test
    void aGapIsFilledPageByPageWhileLiveEventsWait() {
        FakeServer.End end = it.online();
        Room room = it.client.join(LOBBY, new Cursor(1, 5), it.recorder());
        end.say(joined(end.next(ClientFrame.Join.class).id(), LOBBY, Mode.GAP, 9, 9));
        ClientFrame.Changes first = end.next(ClientFrame.Changes.class);
        assertThat(first.since()).isEqualTo(5);
        assertThat(first.epoch()).hasValue(1);
        assertThat(first.limit()).isEqualTo(200);
        end.say(events(10, 10));
        end.say(page(first.id(), 1, 6, 7, true, 10));
        assertThat(room.cursor()).as("all or nothing").contains(new Cursor(1, 5));
        ClientFrame.Changes second = end.next(ClientFrame.Changes.class);
        assertThat(second.since()).isEqualTo(7);
        end.say(events(11, 11));
        end.say(page(second.id(), 1, 8, 10, false, 10));
        end.say(events(12, 12));

        assertThat(messages()).containsExactly("m6", "m7", "m8", "m9", "m10", "m11", "m12");
        end.expectNothing();
    }

    @Test
    void aGapAtWhoseEndNothingIsToBeSeenMovesTheCursorToWhereThePageWasRead() {
        FakeServer.End end = it.online();
        Room room = it.client.join(LOBBY, new Cursor(1, 5), it.recorder());
        end.say(joined(end.next(ClientFrame.Join.class).id(), LOBBY, Mode.GAP, 9, 9));
        end.say(page(end.next(ClientFrame.Changes.class).id(), 1, 6, 6, false, 9));
        end.say(events(10, 10));

        assertThat(messages()).containsExactly("m6", "m10");
        assertThat(room.cursor()).contains(new Cursor(1, 10));
    }

    @Test
    void whenTooMuchWaitsBehindAGapTheRoomIsJoinedAgainAfterIt() {
        FakeServer.End end = it.online();
        it.client.join(LOBBY, new Cursor(1, 5), it.recorder());
        end.say(joined(end.next(ClientFrame.Join.class).id(), LOBBY, Mode.GAP, 6, 6));
        ClientFrame.Changes changes = end.next(ClientFrame.Changes.class);
        for (int i = 0; i <= HeldEvents.MAX_EVENTS; i += 100) {
            end.say(events(7 + i, 106 + i));
        }
        end.say(page(changes.id(), 1, 6, 6, false, 6));

        assertThat(messages()).containsExactly("m6");
        assertThat(end.next(ClientFrame.Join.class).cursor()).contains(new Cursor(1, 6));
    }

    @Test
    void aGapTooLargeToFillIsSkippedAndSaidSo() {
        it.builder.maxGapFill(3);
        FakeServer.End end = it.online();
        Room room = it.client.join(LOBBY, new Cursor(1, 5), it.recorder());
        end.say(joined(end.next(ClientFrame.Join.class).id(), LOBBY, Mode.GAP, 9, 9));
        end.say(events(10, 10));

        assertThat(it.roomCalls).containsExactly("skipped 5-9", "joined 9", "m10");
        assertThat(room.cursor()).contains(new Cursor(1, 10));
        end.expectNothing();
    }

    @Test
    void changesRefusedForNowAreAskedForAgain() {
        FakeServer.End end = it.online();
        it.client.join(LOBBY, new Cursor(1, 5), it.recorder());
        end.say(joined(end.next(ClientFrame.Join.class).id(), LOBBY, Mode.GAP, 9, 9));
        end.say(refusal(end.next(ClientFrame.Changes.class).id(), ErrorCode.UNAVAILABLE, 1_000));
        it.time.advance(Duration.ofMillis(1_502));

        assertThat(end.next(ClientFrame.Changes.class).since()).isEqualTo(5);
    }

    @Test
    void aGapInterruptedAndThenReplayedShowsNothingTwice() {
        FakeServer.End end = it.online();
        it.client.join(LOBBY, new Cursor(1, 5), it.recorder());
        end.say(joined(end.next(ClientFrame.Join.class).id(), LOBBY, Mode.GAP, 9, 9));
        end.say(page(end.next(ClientFrame.Changes.class).id(), 1, 7, 8, true, 9));
        end.close(CloseReason.ABNORMAL);
        end = it.nextConnection();
        ClientFrame.Hello hello = ClientFixture.welcome(end);
        end.say(joined(hello.id(), LOBBY, Mode.REPLAY, 9, 5));
        end.say(events(6, 9));

        assertThat(messages()).as("6 was changed after 8 was written").containsExactly("m7", "m8", "m6", "m9");
    }

    @Test
    void aGapInterruptedByALostConnectionGoesOnWhereThePagesHadLed() {
        FakeServer.End end = it.online();
        it.client.join(LOBBY, new Cursor(1, 5), it.recorder());
        end.say(joined(end.next(ClientFrame.Join.class).id(), LOBBY, Mode.GAP, 9, 9));
        end.say(page(end.next(ClientFrame.Changes.class).id(), 1, 6, 7, true, 9));
        end.close(CloseReason.ABNORMAL);
        end = it.nextConnection();

        ClientFrame.Hello hello = ClientFixture.welcome(end);
        assertThat(hello.rooms().get(0).cursor()).contains(new Cursor(1, 5));
        end.say(joined(hello.id(), LOBBY, Mode.GAP, 9, 9));
        ClientFrame.Changes rest = end.next(ClientFrame.Changes.class);
        assertThat(rest.since()).isEqualTo(7);
        end.say(page(rest.id(), 1, 8, 9, false, 9));
        assertThat(messages()).containsExactly("m6", "m7", "m8", "m9");
    }

    // Another past.

    @Test
    void aServerWithAnotherPastResetsTheRoomToWhatIsShared() {
        FakeServer.End end = it.online();
        Room room = it.client.join(LOBBY, new Cursor(1, 5), it.recorder());
        end.say(otherPast(end.next(ClientFrame.Join.class).id(), 2, 4, 3));
        ClientFrame.Changes changes = end.next(ClientFrame.Changes.class);
        assertThat(changes.epoch()).hasValue(2);
        assertThat(changes.since()).isEqualTo(3);
        end.say(page(changes.id(), 2, 4, 4, false, 4));

        assertThat(it.roomCalls).containsExactly("reset 2:3", "joined 3", "m4");
        assertThat(room.cursor()).contains(new Cursor(2, 4));
        assertThat(it.clientCalls).contains("alarm");
    }

    @Test
    void anotherEpochThatSharesAllThatWasSeenIsNotAReset() {
        FakeServer.End end = it.online();
        Room room = it.client.join(LOBBY, new Cursor(1, 5), it.recorder());
        end.say(otherPast(end.next(ClientFrame.Join.class).id(), 2, 5, 5));
        end.say(events(2, 6, 6));

        assertThat(it.roomCalls).containsExactly("joined 5", "m6");
        assertThat(room.cursor()).contains(new Cursor(2, 6));
    }

    @Test
    void whatWasNotAcknowledgedIsSentIntoTheNewPastToo() {
        FakeServer.End end = it.online();
        Room room = it.joined(end, 5);
        room.send(ClientFixture.cid("a"), ClientFixture.body("a"));
        end.next(ClientFrame.Send.class);
        end.close(CloseReason.ABNORMAL);
        end = it.nextConnection();
        ClientFrame.Hello hello = ClientFixture.welcome(end);
        end.say(otherPast(hello.id(), 2, 0, 0));

        assertThat(end.next(ClientFrame.Send.class).isResend()).isTrue();
    }

    // History.

    @Test
    void historyIsReadAsAsked() {
        FakeServer.End end = it.online();
        Room room = it.joined(end, 5);
        CompletableFuture<Page> page = room.before(new Cursor(1, 4), 2).toCompletableFuture();
        ClientFrame.History asked = end.next(ClientFrame.History.class);
        assertThat(asked.epoch()).hasValue(1);
        assertThat(asked.query()).isEqualTo(new HistoryQuery(LOBBY, HistoryQuery.Direction.BEFORE, 4, 2));
        end.say(page(asked.id(), 1, 2, 3, true, 5));

        assertThat(page.join().messages()).extracting(Message::seq).containsExactly(2L, 3L);
        assertThat(messages()).isEmpty();
    }

    @Test
    void aReadingIsAskedAgainAfterALostConnection() {
        FakeServer.End end = it.online();
        CompletableFuture<Page> page = it.joined(end, 5).latest(2).toCompletableFuture();
        end.next(ClientFrame.History.class);
        end.close(CloseReason.ABNORMAL);
        end = it.nextConnection();
        ClientFrame.Hello hello = ClientFixture.welcome(end);
        end.say(live(hello.id(), LOBBY, 5));

        end.say(page(end.next(ClientFrame.History.class).id(), 1, 4, 5, true, 5));
        assertThat(page).isCompleted();
    }

    @Test
    void aReadingThatIsRefusedFails() {
        FakeServer.End end = it.online();
        CompletableFuture<Page> page =
                it.joined(end, 5).after(new Cursor(9, 4), 2).toCompletableFuture();
        end.say(refusal(end.next(ClientFrame.History.class).id(), ErrorCode.TARGET_UNKNOWN));

        assertThat(page).isCompletedExceptionally();
        page.handle((result, failure) -> assertThat(failure).isInstanceOf(RequestRefusedException.class))
                .join();
    }

    @Test
    void moreReadingsThanMayBeOpenFailAtOnce() {
        Room room = it.joined(it.online(), 5);
        for (int i = 0; i < Requests.MAX_READINGS; i++) {
            room.latest(1);
        }

        assertThat(room.latest(1).toCompletableFuture()).isCompletedExceptionally();
    }

    // Listeners.

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
        assertThat(messages()).hasSize(1_200).endsWith("m1200");
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

        assertThat(messages()).hasSize(15).startsWith("m6").endsWith("m20");
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

    // What is taken away.

    @Test
    void whatIsErasedOrTrimmedIsToldInItsPlace() {
        FakeServer.End end = it.online();
        Room room = it.joined(end, 5);
        end.say(events(6, 6));
        end.say(change(7, new RoomChange.Erased(List.of(2L, 6L))));
        end.say(change(8, new RoomChange.Trimmed(5)));
        end.say(change(9, new RoomChange.Member(ADA, true)));
        end.say(events(10, 10));

        assertThat(messages()).containsExactly("m6", "erased [2, 6]", "trimmed 5", "m10");
        assertThat(room.cursor()).contains(new Cursor(1, 10));
    }

    @Test
    void aMessageThatIsGoneIsPassedOver() {
        FakeServer.End end = it.online();
        Room room = it.joined(end, 5);
        RoomEvent event = ClientFixture.event(LOBBY, 1, 6);
        end.say(new ServerFrame.Ev(
                LOBBY,
                1,
                List.of(new RoomEvent(
                        LOBBY, event.at(), event.kind(), ADA, event.clientId(), event.timestamp(), MessageBody.GONE))));

        assertThat(messages()).isEmpty();
        assertThat(room.cursor()).contains(new Cursor(1, 6));
    }

    @Test
    void aChangeThatCannotBeReadIsPassedOver() {
        FakeServer.End end = it.online();
        Room room = it.joined(end, 5);
        end.say(new ServerFrame.Ev(
                LOBBY,
                1,
                List.of(new RoomEvent(
                        LOBBY,
                        new Cursor(1, 6),
                        EventKind.ERASED,
                        ADA,
                        new ClientId("c"),
                        6,
                        MessageBody.json("{\"at\":\"all\"}")))));
        end.say(events(7, 7));

        assertThat(messages()).containsExactly("m7");
        assertThat(room.cursor()).contains(new Cursor(1, 7));
    }

    @Test
    void theFloorOfARoomIsToldOnce() {
        FakeServer.End end = it.online();
        it.client.join(LOBBY, new Cursor(1, 5), it.recorder());
        ClientFrame.Join join = end.next(ClientFrame.Join.class);
        end.say(new ServerFrame.Joined(join.id(), LOBBY, Mode.LIVE, new Cursor(1, 5), 5, OptionalLong.empty(), 3));
        end.cut(CloseReason.ABNORMAL);
        FakeServer.End next = it.nextConnection();
        ClientFrame.Hello hello = ClientFixture.welcome(next);
        next.say(new ServerFrame.Joined(hello.id(), LOBBY, Mode.LIVE, new Cursor(1, 5), 5, OptionalLong.empty(), 3));

        assertThat(messages()).containsExactly("trimmed 3");
    }

    @Test
    void aPageTellsWhatWasTrimmedBeforeItWasRead() {
        FakeServer.End end = it.online();
        it.client.join(LOBBY, new Cursor(1, 5), it.recorder());
        ClientFrame.Join join = end.next(ClientFrame.Join.class);
        end.say(joined(join.id(), LOBBY, Mode.GAP, 9, 9));
        ClientFrame.Changes changes = end.next(ClientFrame.Changes.class);
        end.say(change(10, new RoomChange.Trimmed(8)));
        end.say(new ServerFrame.Messages(
                changes.id(),
                LOBBY,
                new Page(List.of(Message.of(ClientFixture.event(LOBBY, 1, 9))), false, new Cursor(1, 10), 8)));

        assertThat(messages()).containsExactly("trimmed 8", "m9");
    }

    @Test
    void changesTellWhatWasErasedMeanwhile() {
        FakeServer.End end = it.online();
        Room room = it.client.join(LOBBY, new Cursor(1, 5), it.recorder());
        ClientFrame.Join join = end.next(ClientFrame.Join.class);
        end.say(joined(join.id(), LOBBY, Mode.GAP, 9, 9));
        ClientFrame.Changes changes = end.next(ClientFrame.Changes.class);
        List<Message> items = new ArrayList<>();
        items.add(Message.of(ClientFixture.event(LOBBY, 1, 6)));
        for (long erased : new long[] {2, 7}) {
            items.add(
                    new Message(LOBBY, new Cursor(1, erased), 8, ADA, new ClientId("e" + erased), 1, MessageBody.GONE));
        }
        items.add(Message.of(ClientFixture.event(LOBBY, 1, 9)));
        end.say(new ServerFrame.Messages(changes.id(), LOBBY, new Page(items, false, new Cursor(1, 9))));

        assertThat(messages()).containsExactly("m6", "erased [2]", "erased [7]", "m9");
        assertThat(room.cursor()).contains(new Cursor(1, 9));
    }
}
