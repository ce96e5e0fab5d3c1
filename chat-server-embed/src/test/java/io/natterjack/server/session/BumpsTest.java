package io.natterjack.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.EventKind;
import io.natterjack.core.MessageBody;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.Signal;
import io.natterjack.core.wire.ServerSignal;
import io.natterjack.server.engine.LocalSignals;
import io.natterjack.testkit.ManualScheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

final class BumpsTest {
    private static final RoomId ROOM = new RoomId("frogs");
    private static final UserId ADA = new UserId("ada");
    private static final UserId BOB = new UserId("bob");
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final ManualScheduler time = new ManualScheduler();
    private final Bumps bumps = new Bumps(time, new LocalSignals());
    private final EarOfBob ear = new EarOfBob();
    private final Bumps.Interest interest = bumps.listen(ROOM, ear);

    private static final class EarOfBob implements Bumps.Ear {
        final List<Long> told = new ArrayList<>();
        final List<CompletableFuture<Boolean>> unanswered = new ArrayList<>();
        boolean isMember = true;
        boolean isAnswered = true;
        int asked;

        @Override
        public UserId user() {
            return BOB;
        }

        @Override
        public void bump(Signal signal) {
            told.add(((ServerSignal.Bump) signal.frame()).head().seq());
        }

        @Override
        public CompletionStage<Boolean> mayStill() {
            asked++;
            if (isAnswered) {
                return CompletableFuture.completedFuture(isMember);
            }
            unanswered.add(new CompletableFuture<>());
            return unanswered.get(unanswered.size() - 1);
        }
    }

    private static RoomEvent message(long seq) {
        return event(seq, EventKind.MESSAGE, MessageBody.text("secret"));
    }

    private static RoomEvent removal(long seq, UserId user) {
        return event(seq, EventKind.MEMBER, new RoomChange.Member(user, false).body());
    }

    private static RoomEvent event(long seq, EventKind kind, MessageBody body) {
        return new RoomEvent(ROOM, new Cursor(1, seq), kind, ADA, new ClientId("c" + seq), 0, body);
    }

    @Test
    void ofMuchThatHappensTheNewestIsToldOnceASecond() {
        bumps.committed(List.of(message(1), message(2), message(3)));
        assertThat(ear.told).containsExactly(1L);
        time.advance(PAUSE);
        assertThat(ear.told).containsExactly(1L, 3L);
        assertThat(ear.asked).isZero();
    }

    @Test
    void whoWasRemovedIsNotToldOfWhatComesBehindThat() {
        bumps.committed(List.of(message(4)));
        ear.isMember = false;
        bumps.committed(List.of(removal(5, BOB), message(6)));
        time.advance(PAUSE);

        assertThat(ear.told).containsExactly(4L);
    }

    private static RoomEvent settings(long seq) {
        return event(seq, EventKind.ROOM, MessageBody.json("{\"kind\":\"private\"}"));
    }

    @Test
    void nothingIsToldWhileItIsAskedWhetherOneMayStillHear() {
        ear.isAnswered = false;
        bumps.committed(List.of(settings(5), message(6)));
        time.advance(PAUSE);
        assertThat(ear.told).isEmpty();
        bumps.committed(List.of(message(7)));
        time.advance(PAUSE);
        assertThat(ear.told).isEmpty();
        ear.unanswered.forEach(each -> each.complete(false));
        bumps.committed(List.of(message(8)));
        time.advance(PAUSE);
        ear.unanswered.forEach(each -> each.complete(false));
        assertThat(ear.told).as("a no stays a no").isEmpty();
    }

    @Test
    void anAnswerSaysNothingOfADoubtThatCameAfterTheQuestion() {
        ear.isAnswered = false;
        bumps.committed(List.of(settings(5), removal(6, BOB)));
        ear.unanswered.get(0).complete(true);
        assertThat(ear.told).containsExactly(5L);
        time.advance(PAUSE);
        bumps.committed(List.of(message(7)));
        time.advance(PAUSE);
        assertThat(ear.told).containsExactly(5L);
        ear.unanswered.forEach(each -> each.complete(true));
        bumps.committed(List.of(message(8)));
        time.advance(PAUSE);
        assertThat(ear.told).endsWith(8L);
        assertThat(ear.asked).as("sure again").isEqualTo(3);
    }

    @Test
    void whatWaitsToBeToldIsForgottenWhenTheInterestEnds() {
        bumps.committed(List.of(message(4), message(5)));
        interest.close();
        time.advance(PAUSE);

        assertThat(ear.told).containsExactly(4L);
    }

    @Test
    void anAnswerThatComesAfterTheEndIsNotHeard() {
        CompletableFuture<Boolean> may = new CompletableFuture<>();
        List<Signal> told = new ArrayList<>();
        Bumps.Interest asking = bumps.listen(ROOM, new Bumps.Ear() {
            @Override
            public UserId user() {
                return BOB;
            }

            @Override
            public void bump(Signal signal) {
                told.add(signal);
            }

            @Override
            public CompletionStage<Boolean> mayStill() {
                return may;
            }
        });
        bumps.committed(List.of(removal(5, BOB)));
        asking.close();
        may.complete(true);

        assertThat(told).isEmpty();
    }

    @Test
    void theRemovalOfSomebodyElseRaisesNoDoubt() {
        bumps.committed(List.of(removal(5, ADA), message(6)));
        time.advance(PAUSE);

        assertThat(ear.told).containsExactly(5L, 6L);
        assertThat(ear.asked).isZero();
    }

    @Test
    void aChangeOfANewerVersionRaisesDoubtAndHarmsNothing() {
        bumps.committed(List.of(
                event(5, EventKind.MEMBER, MessageBody.json("{\"user\":\"bob\",\"is\":\"muted\"}")), message(6)));
        time.advance(PAUSE);

        assertThat(ear.told).containsExactly(5L, 6L);
        assertThat(ear.asked).isEqualTo(1);
    }
}
