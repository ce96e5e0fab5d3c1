package io.natterjack.examples.benchmarks;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The same load on the chat server and on the stock one, in turn and each time on fresh processes; medians and their ratios. */
final class Comparison {
    private static final List<String> FIGURES =
            List.of("serverCpuMicrosPerDelivery", "p50Millis", "p99Millis", "deliveriesPerSecond", "connectsPerSecond");

    private final String name;
    private final String[] load;
    private final List<JsonObject> chat = new ArrayList<>();
    private final List<JsonObject> stock = new ArrayList<>();

    Comparison(String name, String... load) {
        this.name = name;
        this.load = load;
    }

    void run(int rounds) throws IOException {
        System.out.println(name + ": " + String.join(" ", load));
        for (int i = 0; i < rounds; i++) {
            try (ServerProcess server = ServerProcess.stock()) {
                stock.add(Load.run(server, true, load));
            }
            try (ServerProcess server = ServerProcess.chat()) {
                chat.add(Load.run(server, false, load));
            }
            System.out.println("  stock " + line(stock.get(i)) + "\n  chat  " + line(chat.get(i)));
        }
        for (String figure : FIGURES) {
            double ours = median(chat, figure);
            double theirs = median(stock, figure);
            System.out.printf(
                    Locale.ROOT,
                    "  %-28s stock %12.3f  chat %12.3f  ratio %.2f%n",
                    figure,
                    theirs,
                    ours,
                    ours / theirs);
        }
    }

    static String line(JsonObject outcome) {
        StringBuilder line = new StringBuilder();
        for (String figure : FIGURES) {
            if (outcome.has(figure)) {
                line.append(String.format(Locale.ROOT, "%s %.2f  ", figure, Load.number(outcome, figure)));
            }
        }
        for (String fault : List.of(
                "lost", "unanswered", "duplicates", "outOfOrder", "connectionsCut", "connectionsMissing", "heldBack")) {
            if (Load.number(outcome, fault) > 0) {
                line.append(fault).append(' ').append(outcome.get(fault)).append("  ");
            }
        }
        return line.append(outcome.get("refused")).toString();
    }

    static double median(List<JsonObject> outcomes, String figure) {
        double[] all = outcomes.stream()
                .filter(each -> each.has(figure))
                .mapToDouble(each -> Load.number(each, figure))
                .sorted()
                .toArray();
        return all.length == 0 ? Double.NaN : all[all.length / 2];
    }
}
