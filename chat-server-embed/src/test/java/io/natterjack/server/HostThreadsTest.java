package io.natterjack.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.testkit.ManualScheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class HostThreadsTest {
    private static final Duration LIMIT = Duration.ofSeconds(2);

    private final ManualScheduler time = new ManualScheduler();
    private final HostThreads threads = new HostThreads("chat-test-host", time);
    private final AtomicInteger begun = new AtomicInteger();
    private final CountDownLatch goOn = new CountDownLatch(1);

    @AfterEach
    void close() {
        goOn.countDown();
        threads.close();
    }

    @Test
    void onlyACallThatHadBegunLosesItsThread() throws Exception {
        CountDownLatch all = new CountDownLatch(8);
        for (int i = 0; i < 8; i++) {
            threads.execute(() -> hang(all));
        }
        all.await();
        List<CompletableFuture<Integer>> calls = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            calls.add(threads.call(begun::incrementAndGet, LIMIT));
        }
        time.advance(LIMIT);
        assertThat(calls).allMatch(CompletableFuture::isCompletedExceptionally);

        CompletableFuture<Integer> later = threads.call(begun::incrementAndGet, LIMIT);
        assertThat(threads.size()).isEqualTo(8);
        goOn.countDown();
        assertThat(later.join()).as("those given up never begin").isEqualTo(1);
    }

    @Test
    void anotherThreadTakesThePlaceOfOneThatHangs() throws Exception {
        CountDownLatch all = new CountDownLatch(8);
        for (int i = 0; i < 8; i++) {
            CompletableFuture<Boolean> unused = threads.call(
                    () -> {
                        hang(all);
                        return true;
                    },
                    LIMIT);
        }
        all.await();
        time.advance(LIMIT);

        assertThat(threads.call(begun::incrementAndGet, LIMIT).join()).isEqualTo(1);
    }

    private void hang(CountDownLatch isHanging) {
        isHanging.countDown();
        boolean isOver = false;
        while (!isOver) {
            try {
                goOn.await();
                isOver = true;
            } catch (InterruptedException deaf) {
                // It goes on, as such code does.
            }
        }
    }
}
