package io.natterjack.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.RoomId;
import io.natterjack.core.SessionId;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.Signal;
import io.natterjack.core.spi.Signals;
import io.natterjack.core.wire.ServerSignal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link Signals} must do. Extend it, say how to open one, and the tests come along. */
public abstract class SignalsContract {
    private static final RoomId LOBBY = new RoomId("lobby");
    private static final RoomId POND = new RoomId("pond");
    private static final UserId ADA = new UserId("ada");
    private static final UserId BOB = new UserId("bob");

    private Signals signals;

    /** For subclasses. */
    protected SignalsContract() {}

    /** Opens one to which nobody listens. */
    protected abstract Signals open();

    /** Waits until what was sent has arrived. */
    protected abstract void settle();

    @BeforeEach
    final void openIt() {
        signals = open();
    }

    private static SessionId session(String id) {
        return new SessionId(id);
    }

    private int present(RoomId room) {
        return signals.present(room).toCompletableFuture().join();
    }

    private static Signal typing(RoomId room) {
        return new Signal(new ServerSignal.Typed(room, BOB, true), "typing");
    }

    /** One listener, and what it heard. */
    private static final class Ear implements Signals.Sink {
        final List<Signal> heard = new ArrayList<>();

        @Override
        public void signal(Signal signal) {
            heard.add(signal);
        }
    }

    @Test
    void aRoomsListenersHearAndOthersDont() {
        Ear here = new Ear();
        Ear there = new Ear();
        signals.listen(LOBBY, ADA, session("1"), here);
        signals.listen(POND, BOB, session("2"), there);
        signals.toRoom(LOBBY, typing(LOBBY), Optional.empty());
        settle();

        assertThat(here.heard)
                .extracting(Signal::frame)
                .containsExactly(typing(LOBBY).frame());
        assertThat(there.heard).isEmpty();
    }

    @Test
    void allThatListenToARoomHearButTheSessionThatSent() {
        Ear phone = new Ear();
        Ear desk = new Ear();
        Ear bobs = new Ear();
        signals.listen(LOBBY, ADA, session("phone"), phone);
        signals.listen(LOBBY, ADA, session("desk"), desk);
        signals.listen(LOBBY, BOB, session("bobs"), bobs);
        signals.toRoom(LOBBY, typing(LOBBY), Optional.of(session("phone")));
        signals.toRoom(LOBBY, typing(LOBBY), Optional.of(session("gone")));
        settle();

        assertThat(phone.heard).hasSize(1);
        assertThat(desk.heard).hasSize(2);
        assertThat(bobs.heard).hasSize(2);
    }

    @Test
    void allDevicesOfAUserHearButTheOneThatSent() {
        Ear phone = new Ear();
        Ear desk = new Ear();
        Ear bobs = new Ear();
        signals.listen(ADA, session("phone"), phone);
        signals.listen(ADA, session("desk"), desk);
        signals.listen(BOB, session("bobs"), bobs);
        signals.toUser(ADA, typing(LOBBY), Optional.of(session("phone")));
        settle();

        assertThat(phone.heard).isEmpty();
        assertThat(desk.heard).hasSize(1);
        assertThat(bobs.heard).isEmpty();
    }

    @Test
    void whatIsForOneSessionReachesNoOther() {
        Ear phone = new Ear();
        Ear desk = new Ear();
        signals.listen(ADA, session("phone"), phone);
        signals.listen(ADA, session("desk"), desk);
        signals.toSession(ADA, session("desk"), typing(LOBBY));
        signals.toSession(ADA, session("gone"), typing(LOBBY));
        signals.toSession(BOB, session("phone"), typing(LOBBY));
        settle();

        assertThat(phone.heard).isEmpty();
        assertThat(desk.heard).hasSize(1);
    }

    @Test
    void whoHasStoppedListeningHearsNothing() {
        Ear ear = new Ear();
        Signals.Listening listening = signals.listen(LOBBY, ADA, session("1"), ear);
        listening.close();
        listening.close();
        signals.toRoom(LOBBY, typing(LOBBY), Optional.empty());
        settle();

        assertThat(ear.heard).isEmpty();
    }

    @Test
    void aListenerThatThrowsHarmsNobody() {
        Ear ear = new Ear();
        signals.listen(LOBBY, ADA, session("1"), signal -> {
            throw new IllegalStateException("planted");
        });
        signals.listen(LOBBY, BOB, session("2"), ear);
        signals.toRoom(LOBBY, typing(LOBBY), Optional.empty());
        settle();

        assertThat(ear.heard).hasSize(1);
    }

    @Test
    void peopleArePresentOnceHoweverManyDevicesTheyHave() {
        assertThat(present(LOBBY)).isZero();
        Signals.Listening phone = signals.listen(LOBBY, ADA, session("phone"), new Ear());
        signals.listen(LOBBY, ADA, session("desk"), new Ear());
        signals.listen(LOBBY, BOB, session("bobs"), new Ear());
        settle();
        assertThat(present(LOBBY)).isEqualTo(2);
        phone.close();
        settle();

        assertThat(present(LOBBY)).isEqualTo(2);
        assertThat(present(POND)).isZero();
    }
}
