package io.natterjack.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.Outcome;
import io.natterjack.core.spi.Flow;
import io.natterjack.testkit.ManualScheduler;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class SendOrderTest {
    private static final ClientId A = new ClientId("a");
    private static final ClientId B = new ClientId("b");
    private static final ClientId C = new ClientId("c");
    private static final Outcome.Refused AWAY =
            Outcome.Refused.retryAfter(ErrorCode.UNAVAILABLE, Duration.ofSeconds(1));
    private static final Outcome STORED = new Outcome.Accepted(new Cursor(1, 1), 0, false);

    private final ManualScheduler time = new ManualScheduler();
    private final SendOrder order = new SendOrder(time);

    @Test
    void sendsPassWhileNoneWasRefused() {
        assertThat(order.check(A)).isEmpty();
        order.settled(order.submitted(), A, STORED);
        assertThat(order.check(B)).isEmpty();
    }

    @Test
    void laterSendsAreRefusedUntilTheRefusedOneIsBack() {
        order.settled(order.submitted(), A, AWAY);
        assertThat(order.check(B)).contains(AWAY);
        assertThat(order.check(A)).isEmpty();
        assertThat(order.check(B)).isEmpty();
    }

    @Test
    void itWaitsForTheOneThatWasRefusedUntilThatIsGivenUp() {
        assertThat(order.waitsFor(A)).isFalse();
        order.settled(order.submitted(), A, AWAY);
        assertThat(order.waitsFor(A)).isTrue();
        assertThat(order.waitsFor(B)).isFalse();

        time.advance(Duration.ofSeconds(30));
        assertThat(order.waitsFor(A)).isFalse();
    }

    @Test
    void aFinalRefusalHoldsNothingBack() {
        order.settled(order.submitted(), A, Outcome.Refused.forGood(ErrorCode.CID_CONFLICT));
        assertThat(order.check(B)).isEmpty();
    }

    @Test
    void theOneThatWasSentFirstMustComeBackFirstWhicheverWasRefusedFirst() {
        long a = order.submitted();
        order.refuse(B, AWAY);
        assertThat(order.check(B)).as("a may still fail").isNotEmpty();
        order.settled(a, A, AWAY);
        assertThat(order.check(B)).isNotEmpty();
        assertThat(order.check(A)).isEmpty();
    }

    @Test
    void aNewFlowBeginsWhenTheRefusedOneIsBack() {
        Flow first = order.flow();
        first.breakWith(AWAY);
        order.settled(order.submitted(), A, AWAY);
        assertThat(order.check(A)).isEmpty();
        assertThat(order.flow()).isNotSameAs(first);
        assertThat(order.flow().broken()).isEmpty();
    }

    @Test
    void whoSendsTooMuchDoesNotLoseTheTurnOfWhatIsUnderWay() {
        order.submitted();
        order.refuse(B, AWAY);
        assertThat(order.flow().broken()).isEmpty();
    }

    @Test
    void itIsClearOnlyWhenNothingIsUnderWayOrRefused() {
        assertThat(order.isClear()).isTrue();
        long a = order.submitted();
        assertThat(order.isClear()).isFalse();
        order.settled(a, A, AWAY);
        assertThat(order.isClear()).isFalse();
        order.check(A);
        order.settled(order.submitted(), A, STORED);
        assertThat(order.isClear()).isTrue();
    }

    @Test
    void aRefusedOneThatNeverComesBackIsGivenUp() {
        order.refuse(A, AWAY);
        time.advance(SendOrder.GIVEN_UP.minusMillis(1));
        assertThat(order.check(C)).isNotEmpty();
        time.advance(Duration.ofMillis(1));
        assertThat(order.check(C)).isEmpty();
    }
}
