package io.natterjack.examples.integration;

import io.natterjack.client.ChatClient;
import io.natterjack.client.Room;
import io.natterjack.client.RoomListener;
import io.natterjack.client.Sent;
import io.natterjack.core.Cursor;
import io.natterjack.core.Message;
import io.natterjack.core.MessageBody;
import io.natterjack.core.RoomId;
import io.natterjack.testkit.Await;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A client in one room that remembers what its listener was told. Any thread. */
final class Listener implements AutoCloseable {
    /** Below what an outbox holds. */
    private static final int BATCH = 500;

    /** Pauses before an attempt to connect are a hundredth of what they are otherwise. */
    private static final double HURRY = 0.01;

    private final ChatClient client;
    private final Room room;

    // Guarded by this.
    private final List<Message> messages = new ArrayList<>();
    private final List<String> troubles = new ArrayList<>();
    private int joins;

    Listener(String user, int port, RoomId room) {
        client = ChatClient.builder(
                        URI.create("ws://127.0.0.1:" + port + "/chat"), () -> CompletableFuture.completedFuture(user))
                .random(new Random() {
                    @Override
                    public double nextDouble() {
                        return HURRY * super.nextDouble();
                    }
                })
                .connect();
        this.room = client.join(room, 0, new Recorder());
        Await.until(user + " has joined", () -> joins() > 0);
    }

    /** Sends messages and waits until the server has them. */
    void say(int count) {
        for (int left = count; left > 0; left -= BATCH) {
            List<CompletionStage<Sent>> sent = new ArrayList<>();
            for (int i = 0; i < Math.min(left, BATCH); i++) {
                sent.add(say());
            }
            sent.forEach(Await::result);
        }
    }

    /** Sends a message. */
    CompletionStage<Sent> say() {
        return room.send(MessageBody.text("a word"));
    }

    synchronized int joins() {
        return joins;
    }

    synchronized List<Message> messages() {
        return List.copyOf(messages);
    }

    synchronized int count() {
        return messages.size();
    }

    /** Returns what the client couldn't get over without a word. */
    synchronized List<String> troubles() {
        return List.copyOf(troubles);
    }

    @Override
    public void close() {
        client.close();
    }

    private final class Recorder implements RoomListener {
        @Override
        public void onMessage(Message message) {
            synchronized (Listener.this) {
                messages.add(message);
            }
        }

        @Override
        public void onJoined(Cursor at) {
            synchronized (Listener.this) {
                joins++;
            }
        }

        @Override
        public void onSkipped(Cursor after, Cursor upto) {
            synchronized (Listener.this) {
                troubles.add("skipped " + after + " to " + upto);
            }
        }

        @Override
        public void onReset(Cursor base) {
            synchronized (Listener.this) {
                troubles.add("reset to " + base);
            }
        }
    }
}
