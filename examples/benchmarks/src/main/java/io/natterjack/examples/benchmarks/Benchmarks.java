package io.natterjack.examples.benchmarks;

import java.io.IOException;
import java.util.List;

/**
 * Runs scenarios by name, or JMH: {@code java -jar natterjack-benchmarks.jar small-rooms big-room}, or {@code jmh} and behind it what JMH
 * takes. Needs Linux, two cores, and a machine that does nothing else.
 */
public final class Benchmarks {
    private static final List<String> ALL = List.of(
            "small-rooms",
            "big-room",
            "big-room-max",
            "closed",
            "ten-thousand",
            "growth",
            "slope",
            "connects",
            "slow-peers",
            "overload",
            "churn",
            "idle-heap",
            "silent-tls");

    private Benchmarks() {}

    /** Runs what is named, all if nothing is. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length > 0 && arguments[0].equals("jmh")) {
            org.openjdk.jmh.Main.main(
                    List.of(arguments).subList(1, arguments.length).toArray(String[]::new));
            return;
        }
        List<String> names = arguments.length == 0 ? ALL : List.of(arguments);
        // Before the first runs: each takes minutes.
        if (!ALL.containsAll(names)) {
            System.err.println("Usage: java -jar natterjack-benchmarks.jar [jmh JMH_OPTIONS | SCENARIO...]");
            System.err.println("Scenarios, all if none is named: " + String.join(" ", ALL));
            System.exit(names.contains("--help") ? 0 : 2);
        }
        for (String name : names) {
            System.out.println(name);
            run(name);
        }
    }

    private static void run(String name) throws IOException, InterruptedException {
        switch (name) {
            case "small-rooms" ->
                new Comparison(
                                name,
                                "--connections=1000",
                                "--room-size=10",
                                "--rate=2000",
                                "--warm-up=12",
                                "--duration=12")
                        .run(5);
            case "big-room" ->
                new Comparison(
                                name,
                                "--connections=1000",
                                "--room-size=1000",
                                "--rate=50",
                                "--warm-up=15",
                                "--duration=12")
                        .run(5);
            case "big-room-max" ->
                new Comparison(
                                name,
                                "--connections=1000",
                                "--room-size=1000",
                                "--in-flight=4",
                                "--warm-up=8",
                                "--duration=10")
                        .run(3);
            case "closed" ->
                new Comparison(
                                name,
                                "--connections=1000",
                                "--room-size=10",
                                "--in-flight=8",
                                "--warm-up=10",
                                "--duration=10")
                        .run(3);
            case "ten-thousand" ->
                new Comparison(
                                name,
                                "--connections=10000",
                                "--room-size=10",
                                "--rate=1000",
                                "--warm-up=10",
                                "--duration=12")
                        .run(3);
            case "connects" ->
                new Comparison(name, "--connections=5000", "--room-size=10", "--rate=10", "--warm-up=0", "--duration=1")
                        .run(5);
            case "growth" -> Scenarios.growth(2);
            case "slope" -> Scenarios.slope(2);
            case "slow-peers" -> Scenarios.slowPeers();
            case "overload" -> Scenarios.overload();
            case "churn" -> Scenarios.churn(200_000);
            case "idle-heap" -> Scenarios.idleHeap();
            case "silent-tls" -> Scenarios.silentTls();
            default -> throw new IllegalArgumentException("no scenario " + name);
        }
    }
}
