package io.natterjack.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

final class WhyTest {
    @Test
    void theRootIsSaidBehindWhatNoticedIt() {
        IOException refused = new ConnectException("Connection refused");
        assertThat(Why.of(away("The database can't be read", new RuntimeException("select 'hush'", refused))))
                .isEqualTo("The database can't be read (ConnectException: Connection refused)");
    }

    @Test
    void whatIsSaidAlreadyIsNotSaidTwice() {
        assertThat(Why.of(away("Connection refused: is it running?", new ConnectException("Connection refused"))))
                .isEqualTo("Connection refused: is it running?");
    }

    @Test
    void whatOthersSayIsNotRepeatedForItMayHoldWhatPeopleWrote() {
        assertThat(Why.of(away("The batch failed", new RuntimeException("Failing row contains (hush)"))))
                .isEqualTo("The batch failed (RuntimeException)");
        assertThat(Why.of(new RuntimeException("hush"))).isEqualTo("RuntimeException");
    }

    @Test
    void aWrapperIsLeftOut() {
        assertThat(Why.of(new CompletionException(away("Redis is away", new UnknownHostException("db")))))
                .isEqualTo("Redis is away (UnknownHostException: db)");
    }

    @Test
    void aClassThatALibraryMadeOfOneOfJavasIsCalledLikeThat() {
        assertThat(Why.of(new ConnectException("refused") {})).isEqualTo("ConnectException: refused");
    }

    @Test
    void onlyTheFirstLineIsShownAndNotMuchOfALongOne() {
        assertThat(Why.line("\nfirst\nsecond")).isEqualTo("first");
        assertThat(Why.line("x".repeat(5_000))).hasSize(301);
    }

    @Test
    void aRingOfCausesHasAnEnd() {
        RuntimeException one = new RuntimeException("one");
        one.initCause(new RuntimeException("two", one));
        assertThat(Why.of(one)).startsWith("RuntimeException");
    }

    private static StoreException away(String message, Throwable cause) {
        return new StoreException(StoreException.Kind.UNAVAILABLE, message, cause);
    }
}
