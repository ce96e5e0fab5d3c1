package io.natterjack.examples.campaign;

import io.natterjack.client.ChatClient;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import io.natterjack.testkit.FaultProxy;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A server whose database is away for a while under load. One thread; a probe speaks the protocol by itself. */
final class OutageRun {
    private static final Duration WARM_UP = Duration.ofSeconds(10);
    private static final RoomId ROOM = new RoomId("room");
    private static final RoomId PROBED = new RoomId("probed");
    private static final Pattern USED = Pattern.compile("used (\\d+)K");

    /**
     * What was seen.
     *
     * @param sent messages, all in all
     * @param slowestError how long the slowest error took that told of the outage
     * @param errors how many of those there were
     * @param heapBefore what the server's objects took before the outage, in MiB
     * @param heapDuring and at its end
     * @param delivered how long after the database's return everybody had everything
     */
    record Report(
            int sent,
            Duration slowestError,
            int errors,
            long heapBefore,
            long heapDuring,
            Duration delivered,
            List<String> violations) {
        List<String> lines() {
            List<String> lines = new ArrayList<>();
            lines.add(sent + " messages; " + errors + " errors unavailable during the outage, the slowest after "
                    + slowestError.toMillis() + " ms; live heap " + heapBefore + " MiB before, " + heapDuring
                    + " MiB at its end; all delivered " + delivered.toMillis() + " ms after the database was back");
            lines.addAll(violations);
            lines.add(violations.isEmpty() ? "0 lost, 0 twice, 0 out of order, 0 holes" : "promises were broken");
            return lines;
        }
    }

    private final Path serverJar;
    private final Path folder;
    private final int senders;
    private final int rate;
    private final int seconds;
    private final Promises promises = new Promises();
    private int sent;

    OutageRun(Path serverJar, Path folder, int senders, int rate, int seconds) {
        this.serverJar = serverJar;
        this.folder = folder;
        this.senders = senders;
        this.rate = rate;
        this.seconds = seconds;
    }

    Report run() throws Exception {
        List<Participant> participants = new ArrayList<>();
        int port = Ports.free();
        try (PostgresServer database = PostgresServer.start(folder);
                FaultProxy door = FaultProxy.to("127.0.0.1", database.port());
                ChatProcess server = new ChatProcess(
                        serverJar, folder, "server", port, List.of("--jdbc-url=" + database.url(door.port())))) {
            long epoch = Stores.epoch(database.url(database.port()));
            URI address = URI.create("ws://127.0.0.1:" + port + "/chat");
            for (int i = 0; i < senders; i++) {
                UserId user = new UserId("u" + i);
                ChatClient.Builder builder = ChatClient.builder(
                                address, () -> CompletableFuture.completedFuture("dev:" + user.value()))
                        .maxOutbox(10_000, 16 << 20);
                participants.add(new Participant("c" + i, user, builder, List.of(ROOM), epoch, promises));
            }
            Probe probe = new Probe(address);
            talk(participants, WARM_UP);
            long heapBefore = heap(server);
            door.refuse();
            door.cut();
            Thread asking = new Thread(probe::askAgainAndAgain, "outage-probe");
            asking.start();
            talk(participants, Duration.ofSeconds(seconds));
            probe.enough = true;
            asking.join();
            long heapDuring = heap(server);
            long back = System.nanoTime();
            door.accept();
            Waiting.until("all is delivered", () -> promises.unanswered() == 0 && haveSeenAll(participants));
            Duration delivered = Duration.ofNanos(System.nanoTime() - back);
            Map<RoomId, List<RoomEvent>> logs = Stores.logs(database.url(database.port()), List.of(ROOM));
            List<String> violations = new ArrayList<>(promises.violations(logs));
            violations.addAll(probe.surprises);
            participants.forEach(Participant::close);
            return new Report(
                    sent,
                    Duration.ofNanos(probe.slowestNanos),
                    probe.errors,
                    heapBefore,
                    heapDuring,
                    delivered,
                    violations);
        }
    }

    private boolean haveSeenAll(List<Participant> participants) {
        return participants.stream().allMatch(each -> each.seen(ROOM) >= sent);
    }

    /** Everybody writes at the rate. */
    private void talk(List<Participant> participants, Duration time) {
        long start = System.nanoTime();
        long pause = 1_000_000_000L / ((long) rate * participants.size());
        for (long n = 0; n * pause < time.toNanos(); n++) {
            participants.get((int) (n % participants.size())).send(ROOM);
            sent++;
            LockSupport.parkNanos(start + n * pause - System.nanoTime());
        }
    }

    /** Returns what the server's live objects take, in MiB. */
    private static long heap(ChatProcess server) throws IOException, InterruptedException {
        jcmd(server, "GC.run");
        Matcher used = USED.matcher(jcmd(server, "GC.heap_info"));
        long kib = 0;
        // The collector's two generations; what comes behind them is about classes.
        for (int i = 0; i < 2 && used.find(); i++) {
            kib += Long.parseLong(used.group(1));
        }
        return kib >> 10;
    }

    private static String jcmd(ChatProcess server, String command) throws IOException, InterruptedException {
        Process jcmd = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        String.valueOf(server.pid()),
                        command)
                .redirectErrorStream(true)
                .start();
        String text = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        jcmd.waitFor(30, TimeUnit.SECONDS);
        return text;
    }

    /** A client that sends a message and times the answer. Asks on a thread of its own; is looked at when that has ended. */
    private static final class Probe {
        final List<String> surprises = new ArrayList<>();
        long slowestNanos;
        int errors;
        volatile boolean enough;
        private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
        private final WebSocket socket;
        private int asked;

        Probe(URI address) throws Exception {
            socket = HttpClient.newHttpClient()
                    .newWebSocketBuilder()
                    .subprotocols("chat.v1.json")
                    .buildAsync(address, new WebSocket.Listener() {
                        private final StringBuilder text = new StringBuilder();

                        @Override
                        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
                            text.append(part);
                            if (last) {
                                answers.add(text.toString());
                                text.setLength(0);
                            }
                            from.request(1);
                            return null;
                        }
                    })
                    .get(10, TimeUnit.SECONDS);
            say("{\"t\":\"hello\",\"id\":1,\"token\":\"dev:probe\",\"device\":\"probe\"}");
            until("welcome");
            say("{\"t\":\"join\",\"id\":2,\"room\":\"" + PROBED + "\"}");
            until("joined");
        }

        void askAgainAndAgain() {
            while (!enough) {
                ask();
                LockSupport.parkNanos(200_000_000);
            }
        }

        private void ask() {
            try {
                long start = System.nanoTime();
                // The same again: one that is refused for now bounds those behind it.
                say("{\"t\":\"send\",\"id\":3,\"room\":\"" + PROBED
                        + "\",\"cid\":\"probe\",\"re\":1,\"b\":{\"text\":\"hi\"}}");
                String answer = until("error", "ack");
                long nanos = System.nanoTime() - start;
                if (answer.contains("\"unavailable\"") && answer.contains("\"retry\"")) {
                    errors++;
                    slowestNanos = Math.max(slowestNanos, nanos);
                } else {
                    surprises.add("the probe was told " + answer);
                }
                asked++;
            } catch (Exception failure) {
                surprises.add("the probe failed at its question " + asked + ": " + failure);
            }
        }

        private void say(String text) throws Exception {
            socket.sendText(text, true).get(10, TimeUnit.SECONDS);
        }

        private String until(String... types) throws InterruptedException {
            while (true) {
                String text = answers.poll(20, TimeUnit.SECONDS);
                if (text == null) {
                    throw new IllegalStateException("no answer");
                }
                for (String type : types) {
                    if (text.contains("\"t\":\"" + type + "\"")) {
                        return text;
                    }
                }
            }
        }
    }
}
