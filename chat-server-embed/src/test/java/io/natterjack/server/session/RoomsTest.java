package io.natterjack.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.ClientId;
import io.natterjack.core.CloseReason;
import io.natterjack.core.Cursor;
import io.natterjack.core.Draft;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.HistoryQuery;
import io.natterjack.core.Message;
import io.natterjack.core.MessageBody;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomId;
import io.natterjack.core.RoomView;
import io.natterjack.core.StoreException;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.FrameCodec;
import io.natterjack.core.wire.ServerFrame;
import io.natterjack.core.wire.ServerFrame.Joined.Mode;
import io.natterjack.server.engine.StoreReads;
import io.natterjack.testkit.ForwardingStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Rooms, messages, catching up and history, as clients see them. */
final class RoomsTest extends SessionFixture {
    @Test
    void whoHasSeenMoreThanThisProcessIsNotSetBackIfTheStoreHasIt() {
        Client ada = joined("ada");
        for (int i = 0; i < 3; i++) {
            store.append(List.of(new Draft(LOBBY, new UserId("eve"), new ClientId("e" + i), MessageBody.text("x"))));
        }
        ServerFrame.Joined joined = rejoin(new Cursor(epoch(), 3));
        assertThat(joined.mode()).isEqualTo(Mode.LIVE);
        assertThat(joined.base()).isEmpty();
        time.advance(Duration.ofSeconds(2));
        assertThat(seqs(ada.rest())).containsExactly(1L, 2L, 3L);
    }

    @Test
    void sendsBehindAJoinThatCanNotBeServedNowMayBeRepeated() {
        Client ada = welcome("ada");
        store.away(true);
        ada.listener.received(FrameCodec.encode(new ClientFrame.Join(2, LOBBY, Optional.empty(), 0))
                .text());
        ada.message("c1", "hi");
        assertThat(all(ServerFrame.Refused.class, ada.rest()))
                .extracting(ServerFrame.Refused::code)
                .containsExactly(ErrorCode.UNAVAILABLE, ErrorCode.UNAVAILABLE);
        store.away(false);
        ada.send(new ClientFrame.Join(3, LOBBY, Optional.empty(), 0));
        ada.message("c1", "hi");
        assertThat(all(ServerFrame.Ack.class, ada.rest())).hasSize(1);
    }

    @Test
    void whatTheStoreSaysIsStaleIsPermittedAnewAtTheNextTry() {
        Client ada = joined("ada");
        ada.message("c1", "hi");
        RoomChange unheardOf = new RoomChange.Settings("{\"topic\":\"x\"}");
        store.append(List.of(Draft.change(LOBBY, new UserId("eve"), new ClientId("e"), unheardOf)));

        ada.message("c2", "hi");
        assertThat(all(ServerFrame.Refused.class, ada.rest()))
                .extracting(ServerFrame.Refused::code)
                .containsExactly(ErrorCode.BUSY);
        ada.message("c2", "hi");
        assertThat(all(ServerFrame.Ack.class, ada.rest())).hasSize(1);
    }

    @Test
    void sendsBehindAJoinAreAnsweredAlsoIfTheClientLeavesAtOnce() {
        Client ada = welcome("ada");
        for (int i = 0; i < 3; i++) {
            ada.queue(new ClientFrame.Join(0, LOBBY, Optional.empty(), 0));
            ada.queue(new ClientFrame.Send(0, LOBBY, new ClientId("m" + i), MessageBody.text("hi"), false));
            ada.queue(new ClientFrame.Leave(0, LOBBY));
        }
        time.runAll();
        assertThat(all(ServerFrame.Ack.class, ada.rest()))
                .extracting(ack -> ack.clientId().value())
                .containsExactly("m0", "m1", "m2");
    }

    @Test
    void leavingAndJoiningAgainOvertakesNothing() {
        Client ada = joined("ada");
        store.away(true);
        ada.message("a", "1");
        time.advance(Duration.ofSeconds(2));
        store.away(false);
        ada.send(new ClientFrame.Leave(0, LOBBY));
        ada.send(new ClientFrame.Join(0, LOBBY, Optional.empty(), 0));
        ada.message("b", "2");
        assertThat(all(ServerFrame.Ack.class, ada.rest())).isEmpty();
        ada.message("a", "1");
        ada.message("b", "2");
        assertThat(all(ServerFrame.Ack.class, ada.rest()))
                .extracting(ack -> ack.clientId().value())
                .containsExactly("a", "b");
    }

    @Test
    void aMessageIsAckedAndComesToEverybodyInTheRoomTheSenderIncluded() {
        Client ada = joined("ada");
        Client bob = joined("bob");
        ada.send(new ClientFrame.Send(7, LOBBY, new ClientId("c1"), MessageBody.text("hi"), false));
        List<ServerFrame> frames = ada.rest();
        ServerFrame.Ack ack = only(ServerFrame.Ack.class, frames);
        ServerFrame.Ev ev = only(ServerFrame.Ev.class, frames);
        assertThat(ack.id()).isEqualTo(7);
        assertThat(ack.at().seq()).isEqualTo(1);
        assertThat(ack.isDuplicate()).isFalse();
        assertThat(ev.events().get(0).sender()).isEqualTo(new UserId("ada"));
        assertThat(bob.next(ServerFrame.Ev.class)).isEqualTo(ev);
    }

    @Test
    void aResendIsAckedWithTheFirstResultAndShownOnce() {
        Client ada = joined("ada");
        ada.message("c1", "hi");
        ada.rest();
        ada.send(new ClientFrame.Send(8, LOBBY, new ClientId("c1"), MessageBody.text("hi"), true));
        ServerFrame.Ack ack = ada.next(ServerFrame.Ack.class);
        assertThat(ack.isDuplicate()).isTrue();
        assertThat(ack.at().seq()).isEqualTo(1);
        assertThat(ada.rest()).isEmpty();
    }

    @Test
    void otherWordsUnderTheSameClientIdAreAConflict() {
        Client ada = joined("ada");
        ada.message("c1", "hi");
        ada.rest();
        ada.message("c1", "ho");
        ServerFrame.Refused refused = ada.next(ServerFrame.Refused.class);
        assertThat(refused.code()).isEqualTo(ErrorCode.CID_CONFLICT);
        assertThat(refused.retry()).isEmpty();
        assertThat(refused.clientId()).contains(new ClientId("c1"));
    }

    @Test
    void sendingToARoomThatIsNotJoinedIsRefused() {
        Client ada = welcome("ada");
        ada.message("c1", "hi");
        assertThat(ada.next(ServerFrame.Refused.class).code()).isEqualTo(ErrorCode.NOT_MEMBER);
    }

    @Test
    void whoLeavesHearsThatTheyDidAndNothingMore() {
        Client ada = joined("ada");
        Client bob = joined("bob");
        bob.send(new ClientFrame.Leave(5, LOBBY));
        ada.message("c1", "hi");
        bob.next(ServerFrame.Left.class);
        assertThat(bob.next(ServerFrame.Ok.class).id()).isEqualTo(5);
        assertThat(bob.rest()).isEmpty();
    }

    @Test
    void leavingARoomThatIsNotJoinedIsRefused() {
        Client ada = welcome("ada");
        ada.send(new ClientFrame.Leave(5, LOBBY));
        assertThat(ada.next(ServerFrame.Refused.class).code()).isEqualTo(ErrorCode.NOT_MEMBER);
    }

    @Test
    void whoJoinsWithATailGetsTheLastEvents() {
        Client ada = joined("ada");
        ada.messages(5);
        Client bob = welcome("bob");
        bob.send(new ClientFrame.Join(2, LOBBY, Optional.empty(), 2));
        ServerFrame.Joined joined = bob.next(ServerFrame.Joined.class);
        assertThat(joined.mode()).isEqualTo(Mode.REPLAY);
        assertThat(joined.after()).isEqualTo(3);
        assertThat(seqs(bob.rest())).containsExactly(4L, 5L);
    }

    @Test
    void whoComesBackMissedNothingIsLive() {
        Client ada = joined("ada");
        ada.messages(2);
        assertThat(rejoin(new Cursor(epoch(), 2)).mode()).isEqualTo(Mode.LIVE);
    }

    @Test
    void whoMissedTooMuchIsToldSoAndLiveGoesOnFromTheHead() {
        Client ada = joined("ada");
        appendElsewhere(2_001, "x");
        Client bob = welcome("bob");
        bob.send(new ClientFrame.Join(2, LOBBY, Optional.of(new Cursor(epoch(), 0)), 0));
        ServerFrame.Joined joined = bob.next(ServerFrame.Joined.class);
        assertThat(joined.mode()).isEqualTo(Mode.GAP);
        assertThat(joined.after()).isEqualTo(2_001);
        assertThat(joined.base()).isEmpty();
        ada.message("c1", "hi");
        assertThat(seqs(bob.rest())).containsExactly(2_002L);
    }

    @Test
    void aCursorOfAnotherEpochMeansStartingOver() {
        joined("ada").messages(2);
        ServerFrame.Joined joined = rejoin(new Cursor(epoch() - 1, 7));
        assertThat(joined.mode()).isEqualTo(Mode.GAP);
        assertThat(joined.base()).hasValue(0);
    }

    @Test
    void aCursorAheadOfTheHeadIsSetBackForThatClientOnly() {
        joined("ada").messages(2);
        ServerFrame.Joined joined = rejoin(new Cursor(epoch(), 9));
        assertThat(joined.mode()).isEqualTo(Mode.GAP);
        assertThat(joined.base()).hasValue(2);
        assertThat(joined.head()).isEqualTo(new Cursor(epoch(), 2));
    }

    @Test
    void joiningAgainFromACursorBringsWhatIsMissing() {
        Client ada = joined("ada");
        ada.messages(3);
        ada.send(new ClientFrame.Join(3, LOBBY, Optional.of(new Cursor(epoch(), 1)), 0));
        assertThat(ada.next(ServerFrame.Joined.class).after()).isEqualTo(1);
        assertThat(seqs(ada.rest())).containsExactly(2L, 3L);
        ada.message("later", "hi");
        assertThat(seqs(ada.rest())).containsExactly(4L);
    }

    @Test
    void aReplayIsPacedByItsReader() {
        Client ada = joined("ada");
        appendElsewhere(30, "x".repeat(30_000));
        Client bob = welcome("bob");
        bob.connection.queuedBytes = 300 << 10;
        bob.send(new ClientFrame.Join(2, LOBBY, Optional.of(new Cursor(epoch(), 0)), 0));
        assertThat(bob.rest()).isEmpty();

        bob.connection.queuedBytes = 0;
        bob.listener.drained();
        time.runAll();
        bob.next(ServerFrame.Joined.class);
        ada.message("c1", "hi");
        assertThat(seqs(bob.rest())).hasSize(31).doesNotHaveDuplicates().isSorted();
    }

    @Test
    void aClientThatDoesNotReadIsCut() {
        Client ada = joined("ada");
        Client bob = joined("bob");
        bob.connection.fill();
        ada.message("c1", "hi");
        assertThat(bob.closed()).contains(CloseReason.SLOW_CONSUMER);
        assertThat(only(ServerFrame.Ack.class, ada.rest()).at().seq()).isEqualTo(1);
    }

    @Test
    void historyBringsPages() {
        Client ada = joined("ada");
        ada.messages(5);
        ada.send(new ClientFrame.History(
                4, OptionalLong.of(epoch()), new HistoryQuery(LOBBY, HistoryQuery.Direction.BEFORE, 4, 2)));
        ServerFrame.Messages page = ada.next(ServerFrame.Messages.class);
        assertThat(page.id()).isEqualTo(4);
        assertThat(page.page().messages()).extracting(message -> message.seq()).containsExactly(2L, 3L);
        assertThat(page.page().hasMore()).isTrue();
    }

    @Test
    void changesBringWhatChangedSince() {
        Client ada = joined("ada");
        ada.messages(5);
        ada.send(new ClientFrame.Changes(4, LOBBY, OptionalLong.of(epoch()), 3, 10));
        assertThat(ada.next(ServerFrame.Messages.class).page().messages())
                .extracting(message -> message.rev())
                .containsExactly(4L, 5L);
    }

    @Test
    void theHistoryOfARoomThatDoesNotExistIsRefused() {
        Client ada = welcome("ada");
        ada.send(new ClientFrame.History(4, OptionalLong.empty(), HistoryQuery.latest(LOBBY, 10)));
        assertThat(ada.next(ServerFrame.Refused.class).code()).isEqualTo(ErrorCode.NO_ROOM);
    }

    @Test
    void aSeqOfAnotherEpochIsNotLookedUp() {
        Client ada = joined("ada");
        ada.messages(1);
        ada.send(new ClientFrame.Changes(4, LOBBY, OptionalLong.of(epoch() + 1), 0, 10));
        assertThat(ada.next(ServerFrame.Refused.class).code()).isEqualTo(ErrorCode.TARGET_UNKNOWN);
    }

    // What a room doesn't show.

    private void change(RoomChange change) {
        store.append(List.of(Draft.change(LOBBY, new UserId("host"), new ClientId("~" + change.kind()), change)));
    }

    @Test
    void aMemberSeesNothingFromBeforeTheyCameWhereTheRoomHidesIt() {
        Client ada = joined("ada");
        ada.messages(5);
        change(RoomChange.historyShown(false));
        change(new RoomChange.Member(new UserId("bob"), true));
        router.changed(LOBBY);
        time.runAll();
        ada.message("after", "hi");

        Client bob = welcome("bob");
        bob.send(new ClientFrame.Join(2, LOBBY, Optional.of(new Cursor(epoch(), 0)), 0));
        ServerFrame.Joined joined = bob.next(ServerFrame.Joined.class);
        assertThat(joined.mode()).isEqualTo(Mode.GAP);
        assertThat(joined.floor()).isEqualTo(6);
        bob.send(new ClientFrame.History(4, OptionalLong.of(epoch()), HistoryQuery.latest(LOBBY, 10)));
        assertThat(bob.next(ServerFrame.Messages.class).page().messages())
                .extracting(Message::seq)
                .containsExactly(8L);
        bob.send(new ClientFrame.Changes(5, LOBBY, OptionalLong.of(epoch()), 0, 10));
        assertThat(bob.next(ServerFrame.Messages.class).page().messages())
                .extracting(Message::seq)
                .containsExactly(8L);
        bob.send(new ClientFrame.Join(6, LOBBY, Optional.empty(), 100));
        assertThat(bob.next(ServerFrame.Joined.class).after()).isEqualTo(6);
        assertThat(seqs(bob.rest())).containsExactly(7L, 8L);
    }

    @Test
    void whoComesBackToATrimmedRoomIsToldHowFarItGoesBack() {
        Client ada = joined("ada");
        ada.messages(5);
        change(new RoomChange.Trimmed(3));
        router.changed(LOBBY);
        time.runAll();

        ServerFrame.Joined behind = rejoin(new Cursor(epoch(), 2));
        assertThat(behind.mode()).isEqualTo(Mode.GAP);
        assertThat(behind.floor()).isEqualTo(3);
        ServerFrame.Joined above = rejoin(new Cursor(epoch(), 3));
        assertThat(above.mode()).isEqualTo(Mode.REPLAY);
        assertThat(above.floor()).isEqualTo(3);
    }

    @Test
    void aRoomThatCantBeJoinedSinceNobodyKnowsWhoMayIsntHeld() {
        MessageStore unsure = new ForwardingStore(store) {
            @Override
            public RoomView view(RoomId room, UserId user) {
                throw new StoreException(StoreException.Kind.UNAVAILABLE, "planted");
            }
        };
        Client ada = new Client(sessions(LIMITS, new StoreReads(unsure, time)));
        ada.hello("ada");
        ada.rest();
        ada.send(new ClientFrame.Join(2, LOBBY, Optional.empty(), 0));

        assertThat(only(ServerFrame.Refused.class, ada.rest()).code()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(router.attached()).isEmpty();
    }
}
