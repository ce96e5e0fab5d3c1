package io.natterjack.examples.quickstart;

import io.natterjack.client.ChatClient;
import io.natterjack.client.ClientListener;
import io.natterjack.client.ClientState;
import io.natterjack.client.Room;
import io.natterjack.client.Sent;
import io.natterjack.core.Message;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Page;
import io.natterjack.core.RoomId;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Somebody who talks in one room and remembers all that they heard there.
 *
 * <p><b>Threads.</b> Any; the client's listener thread fills the memory.
 */
final class Person implements AutoCloseable {
    private static final int TAIL = 100;

    private final String name;
    private final ChatClient client;
    private final Room room;
    private final Object lock = new Object();

    // Guarded by lock, which is notified of every change.
    private final List<Message> heard = new ArrayList<>();

    Person(String name, URI server, RoomId room) {
        this.name = name;
        this.client = ChatClient.builder(server, () -> CompletableFuture.completedFuture("token-of-" + name))
                .listener(new ClientListener() {
                    @Override
                    public void onState(ClientState state) {
                        System.out.println(
                                "    (" + name + " is " + state.name().toLowerCase(Locale.ROOT) + ")");
                    }
                })
                .connect();
        this.room = client.join(room, TAIL, this::hear);
    }

    private void hear(Message message) {
        System.out.println("    " + name + " sees " + line(message));
        synchronized (lock) {
            heard.add(message);
            lock.notifyAll();
        }
    }

    /** Says something: now, or as soon as there is a connection. The stage completes when the server has stored it. */
    CompletionStage<Sent> say(String text) {
        System.out.println(name + " says: " + text);
        return room.send(MessageBody.text(text));
    }

    /** Returns the room's last messages as the server has them. */
    Page history(Duration timeout) throws Exception {
        return room.latest(TAIL).toCompletableFuture().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Waits until {@code count} messages were heard, and returns them. */
    List<Message> awaitHeard(int count, Duration timeout) throws InterruptedException, TimeoutException {
        long deadline = System.nanoTime() + timeout.toNanos();
        synchronized (lock) {
            while (heard.size() < count) {
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (left <= 0) {
                    throw new TimeoutException(name + " has heard " + heard.size() + " of " + count + " messages");
                }
                lock.wait(left);
            }
            return List.copyOf(heard);
        }
    }

    /** Returns a message as one line. */
    static String line(Message message) {
        return "#" + message.seq() + " " + message.sender() + ": "
                + message.body().text().orElse("");
    }

    @Override
    public void close() {
        client.close();
    }
}
