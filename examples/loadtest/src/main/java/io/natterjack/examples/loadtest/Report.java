package io.natterjack.examples.loadtest;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** An outcome for people, and for programs. */
final class Report {
    private static final double MILLIS = 1e6;

    private final LoadRun.Outcome outcome;
    private final Tally tally;

    Report(LoadRun.Outcome outcome) {
        this.outcome = outcome;
        this.tally = outcome.tally();
    }

    /** Tells whether all that was sent was answered, nothing was lost, doubled or out of order, and everybody was there at the end. */
    boolean isClean() {
        return tally.lost + tally.unanswered + tally.missing + tally.duplicates + tally.outOfOrder == 0;
    }

    private Map<String, Number> numbers() {
        Map<String, Number> numbers = new LinkedHashMap<>();
        numbers.put("connections", outcome.plan().connections());
        numbers.put("connectsPerSecond", round(outcome.plan().connections() / outcome.connectSeconds()));
        numbers.put("seconds", round(outcome.seconds()));
        numbers.put("sent", tally.sent);
        numbers.put("acked", tally.acked);
        numbers.put("heldBack", tally.heldBack);
        numbers.put("deliveries", tally.delivered);
        numbers.put("deliveriesPerSecond", round(tally.delivered / outcome.seconds()));
        latencies(numbers);
        numbers.put("lost", tally.lost);
        numbers.put("unanswered", tally.unanswered);
        numbers.put("duplicates", tally.duplicates);
        numbers.put("outOfOrder", tally.outOfOrder);
        numbers.put("connectionsCut", tally.cut);
        numbers.put("connectionsResumed", tally.resumed);
        numbers.put("connectionsMissing", tally.missing);
        numbers.put("gaps", tally.gaps);
        if (!outcome.plan().serverPids().isEmpty() && tally.delivered > 0) {
            numbers.put("serverCpuMicrosPerDelivery", round((double) outcome.serverMicros() / tally.delivered));
            numbers.put("serverCpuCores", round(outcome.serverMicros() / 1e6 / outcome.seconds()));
        }
        return numbers;
    }

    private void latencies(Map<String, Number> numbers) {
        Histogram latency = tally.latency;
        numbers.put("p50Millis", round(latency.getValueAtPercentile(50) / MILLIS));
        numbers.put("p90Millis", round(latency.getValueAtPercentile(90) / MILLIS));
        numbers.put("p99Millis", round(latency.getValueAtPercentile(99) / MILLIS));
        numbers.put("p999Millis", round(latency.getValueAtPercentile(99.9) / MILLIS));
        numbers.put("maxMillis", round(latency.getMaxValue() / MILLIS));
    }

    private static double round(double number) {
        return Math.round(number * 1_000) / 1_000.0;
    }

    String json() {
        StringWriter text = new StringWriter();
        try {
            JsonWriter json = new JsonWriter(text);
            json.beginObject();
            for (Map.Entry<String, Number> each : numbers().entrySet()) {
                json.name(each.getKey()).value(each.getValue());
            }
            json.name("refused").beginObject();
            for (Map.Entry<String, Long> each : tally.refused.entrySet()) {
                json.name(each.getKey()).value(each.getValue());
            }
            json.endObject().endObject();
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
        return text.toString();
    }

    void print(PrintStream out) {
        numbers().forEach((name, number) -> out.printf("%-28s %,15.3f%n", name, number.doubleValue()));
        tally.refused.forEach((code, count) -> out.printf("%-28s %,15d%n", "refused: " + code, count));
        out.println(
                isClean()
                        ? "nothing lost, nothing twice, all in order"
                        : "SOMETHING OR SOMEBODY WAS LOST, OR SOMETHING CAME TWICE OR OUT OF ORDER");
    }
}
