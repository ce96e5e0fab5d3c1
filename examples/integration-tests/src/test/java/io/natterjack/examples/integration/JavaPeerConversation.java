package io.natterjack.examples.integration;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The conversation of src/test/peers for clients that are written in Java. */
@Timeout(60)
abstract class JavaPeerConversation {
    /** A client's connection. */
    interface Peer {
        void send(String text);

        void close(int code);
    }

    /** What has come: texts, and {@code close CODE}. */
    static final class Inbox {
        private final BlockingQueue<String> came = new LinkedBlockingQueue<>();

        void text(String text) {
            came.add(text);
        }

        void closed(int code) {
            came.add("{\"t\":\"closed\",\"code\":" + code + "}");
        }

        JsonObject until(String type) throws InterruptedException {
            return all(type).get(type);
        }

        /** Returns frames of these types, in whatever order they come. */
        Map<String, JsonObject> all(String... types) throws InterruptedException {
            Map<String, JsonObject> found = new HashMap<>();
            while (!found.keySet().containsAll(Set.of(types))) {
                String text = came.poll(20, TimeUnit.SECONDS);
                if (text == null) {
                    throw new AssertionError("nothing came while waiting for " + String.join(", ", types));
                }
                JsonObject frame = JsonParser.parseString(text).getAsJsonObject();
                found.put(frame.get("t").getAsString(), frame);
            }
            return found;
        }
    }

    private PeerServer server;
    private final List<String> lines = new ArrayList<>();

    /** Connects, offering the protocol's subprotocol. */
    abstract Peer connect(URI address, Inbox inbox) throws Exception;

    @BeforeEach
    void start() {
        server = new PeerServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aWholeConversationIsUnderstood() throws Exception {
        Inbox inbox = new Inbox();
        Peer ada = connect(server.address(), inbox);
        ada.send("{\"t\":\"hello\",\"id\":1,\"token\":\"ada\",\"device\":\"d\"}");
        lines.add("welcome " + inbox.until("welcome").get("user").getAsString());
        ada.send("{\"t\":\"join\",\"id\":2,\"room\":\"peers\"}");
        JsonObject joined = inbox.until("joined");
        lines.add("joined at " + joined.get("s"));
        for (String text : List.of("Gr\u00fc\u00dfe \ud83d\udc38", "x".repeat(30_000))) {
            ada.send("{\"t\":\"send\",\"id\":3,\"room\":\"peers\",\"cid\":\"c" + text.length() + "\",\"b\":{\"text\":\""
                    + text + "\"}}");
            Map<String, JsonObject> answers = inbox.all("ack", "ev");
            lines.add("acked " + answers.get("ack").get("s"));
            JsonObject event = answers.get("ev").getAsJsonArray("events").get(0).getAsJsonObject();
            String heard = event.getAsJsonObject("b").get("text").getAsString();
            lines.add("heard " + event.get("s") + " " + heard.length() + " "
                    + heard.substring(0, Math.min(8, heard.length())));
        }
        ada.close(1000);
        lines.add("closed " + inbox.until("closed").get("code"));
        resume(joined);
        refused();

        PeerServer.assertConversation(lines);
    }

    private static JsonArray events(Inbox inbox) throws InterruptedException {
        return inbox.until("ev").getAsJsonArray("events");
    }

    private void resume(JsonObject joined) throws Exception {
        Inbox inbox = new Inbox();
        Peer again = connect(server.address(), inbox);
        again.send("{\"t\":\"hello\",\"id\":1,\"token\":\"ada\",\"device\":\"d\",\"rooms\":[{\"room\":\"peers\",\"e\":"
                + joined.get("e") + ",\"s\":1}]}");
        List<String> seqs = new ArrayList<>();
        events(inbox).forEach(event -> seqs.add(event.getAsJsonObject().get("s").toString()));
        lines.add("replayed " + String.join(",", seqs));
        again.send("{\"t\":\"bye\"}");
        lines.add("closed " + inbox.until("closed").get("code"));
    }

    private void refused() throws Exception {
        Inbox inbox = new Inbox();
        connect(server.address(), inbox).send("{\"t\":\"hello\",\"id\":1,\"token\":\"mallory\",\"device\":\"d\"}");
        lines.add("refused " + inbox.until("error").get("code").getAsString());
        lines.add("closed " + inbox.until("closed").get("code"));
    }
}
