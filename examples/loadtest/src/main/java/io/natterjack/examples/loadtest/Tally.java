package io.natterjack.examples.loadtest;

import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** What is counted. Latencies and numbers are of the time that is measured; what went wrong is of all the time. */
final class Tally {
    private static final int DIGITS = 3;

    final Histogram latency = new Histogram(DIGITS);
    final Map<String, Long> refused = new TreeMap<>();
    long sent;
    long acked;
    long delivered;
    long heldBack;

    long lost;
    /** Messages that were sent, and neither taken nor refused for good when the run no longer waited. */
    long unanswered;
    /** Peers that weren't in their room then. */
    long missing;

    long duplicates;
    long outOfOrder;
    long cut;
    long resumed;
    long gaps;
    long failedConnects;

    /** Forgets what was counted while warming up. */
    void begin() {
        latency.reset();
        sent = 0;
        acked = 0;
        delivered = 0;
        heldBack = 0;
        refused.clear();
    }

    void refused(String code) {
        refused.merge(code, 1L, Long::sum);
    }
}
