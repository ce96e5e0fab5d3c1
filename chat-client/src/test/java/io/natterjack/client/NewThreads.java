package io.natterjack.client;

import io.natterjack.testkit.Await;
import java.util.Set;
import java.util.stream.Collectors;

/** The threads that a test begins, by their names: those of whatever an earlier test has left behind aren't its fault. */
final class NewThreads {
    private final String prefix;
    private final Set<Thread> before;

    /** Makes one for threads that don't live yet. */
    NewThreads(String prefix) {
        this.prefix = prefix;
        this.before = alive();
    }

    private Set<Thread> alive() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith(prefix))
                .collect(Collectors.toSet());
    }

    /** Waits until none of them lives. */
    void awaitEnd() {
        Await.until("the end of threads " + prefix + "…", () -> before.containsAll(alive()));
    }
}
