package io.natterjack.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.Draft;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.EventKind;
import io.natterjack.core.HistoryQuery;
import io.natterjack.core.Message;
import io.natterjack.core.MessageBody;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomId;
import io.natterjack.core.Target;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.ServerFrame;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Changes that a client sends without waiting for the one before. */
final class ChangesTest extends PeopleFixture {
    private static Target own(String cid) {
        return Target.own(new ClientId(cid));
    }

    private static RoomChange edit(Target target, String text) {
        return new RoomChange.Edited(target, MessageBody.text(text), OptionalLong.empty());
    }

    private List<Message> messages(RoomId room) {
        return store.history(HistoryQuery.latest(room, 100), 1 << 20).messages();
    }

    @Test
    void sendEditAndRevokeWithoutWaiting() {
        Client ada = joined("ada");
        ada.queue(new ClientFrame.Send(1, LOBBY, new ClientId("a"), MessageBody.text("hi"), false));
        ada.queue(new ClientFrame.Change(2, LOBBY, new ClientId("b"), edit(own("a"), "hi!"), false));
        ada.queue(new ClientFrame.Change(3, LOBBY, new ClientId("c"), new RoomChange.Revoked(own("a")), false));
        time.runAll();

        List<ServerFrame> frames = ada.rest();
        assertThat(all(ServerFrame.Ack.class, frames))
                .extracting(ack -> ack.at().seq())
                .containsExactly(1L, 2L, 3L);
        assertThat(kinds(frames)).containsExactly(EventKind.MESSAGE, EventKind.EDIT, EventKind.REVOKE);
        assertThat(messages(LOBBY).get(0).details().isRevoked()).isTrue();
    }

    @Test
    void whoComesBackAfterARevocationDoesntGetTheBody() {
        Client ada = joined("ada");
        ada.message("a", "secret");
        change(ada, LOBBY, "b", edit(own("a"), "secret too"));
        change(ada, LOBBY, "c", new RoomChange.Revoked(own("a")));

        Client bob = welcome("bob");
        bob.send(new ClientFrame.Join(2, LOBBY, Optional.of(new Cursor(epoch(), 0)), 0));
        List<ServerFrame> frames = bob.rest();
        assertThat(seqs(frames)).containsExactly(1L, 2L, 3L);
        assertThat(frames.toString()).doesNotContain("secret");
    }

    @Test
    void aRefusedSendHasItsEditRefusedToo() {
        Client ada = joined("ada");
        change(ada, LOBBY, "b", edit(own("never-sent"), "hi!"));
        assertThat(refusal(ada)).isEqualTo(ErrorCode.TARGET_UNKNOWN);
    }

    @Test
    void aRevocationThatOvertakesItsSendWins() {
        Client ada = joined("ada");
        Client other = joined("ada");
        change(other, LOBBY, "r", new RoomChange.Revoked(own("late")));
        assertThat(only(ServerFrame.Ack.class, other.rest()).at().seq()).isZero();
        ada.send(new ClientFrame.Send(1, LOBBY, new ClientId("late"), MessageBody.text("late"), true));

        assertThat(refusal(ada)).isEqualTo(ErrorCode.TARGET_REVOKED);
        assertThat(messages(LOBBY)).isEmpty();
    }

    @Test
    void twoDevicesEditAndTheLaterInTheLogHolds() {
        Client one = joined("ada");
        Client other = joined("ada");
        one.message("a", "0");
        change(one, LOBBY, "b", edit(own("a"), "1"));
        change(other, LOBBY, "c", edit(own("a"), "2"));
        assertThat(messages(LOBBY).get(0).body().text()).contains("2");
        one.rest();
        change(one, LOBBY, "d", new RoomChange.Edited(own("a"), MessageBody.text("3"), OptionalLong.of(2)));

        assertThat(refusal(one)).isEqualTo(ErrorCode.REV_CONFLICT);
    }

    @Test
    void aResendIsAnsweredWithItsFirstResultEvenIfItsSenderWasRemovedSince() {
        frogs();
        Client bob = welcome("bob");
        join(bob, FROGS);
        bob.send(new ClientFrame.Send(1, FROGS, new ClientId("a"), MessageBody.text("hi"), false));
        long seq = only(ServerFrame.Ack.class, bob.rest()).at().seq();
        Client later = welcome("bob");
        join(later, FROGS);
        store.append(List.of(Draft.change(FROGS, ADA, new ClientId("k"), new RoomChange.Member(BOB, false))));
        later.send(new ClientFrame.Send(2, FROGS, new ClientId("a"), MessageBody.text("hi"), true));

        ServerFrame.Ack again = only(ServerFrame.Ack.class, later.rest());
        assertThat(again.at().seq()).isEqualTo(seq);
        assertThat(again.isDuplicate()).isTrue();
    }

    @Test
    void theUndoWindowIsTheServersTime() {
        services = new Services(
                services.policy(),
                services.signals(),
                services.presence(),
                services.interception(),
                Duration.ofMinutes(5),
                services.rates(),
                services.directory(),
                services.calls(),
                services.bumps(),
                services.ice());
        Sessions limited = sessions(LIMITS);
        assertThat(limited.count()).isZero();
        Client ada = new Client(limited);
        ada.hello("ada");
        join(ada, LOBBY);
        ada.message("a", "hi");
        ada.rest();
        // The store's clock is the system's; the session's is the test's.
        time.advance(Duration.ofDays(20_000));
        Client later = new Client(limited);
        later.hello("ada");
        later.rest();
        change(later, LOBBY, "b", edit(own("a"), "hi!"));

        assertThat(refusal(later)).isEqualTo(ErrorCode.EDIT_WINDOW);
    }
}
