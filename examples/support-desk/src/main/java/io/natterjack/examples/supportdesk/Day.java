package io.natterjack.examples.supportdesk;

import static io.natterjack.examples.supportdesk.SupportDesk.done;

import io.natterjack.client.ChatClient;
import io.natterjack.client.Timeline;
import io.natterjack.client.TimelineEntry;
import io.natterjack.core.MessageBody;
import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import io.natterjack.server.InMemoryStore;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A day at the desk: a customer, two agents, and what they say. */
final class Day implements AutoCloseable {
    private final SupportDesk desk;

    private Day(SupportDesk desk) {
        this.desk = desk;
    }

    static String run() throws Exception {
        SupportDesk desk = new SupportDesk(new InMemoryStore(), List.of(new UserId("alice"), new UserId("bob")));
        try (Day day = new Day(desk)) {
            return day.play();
        }
    }

    private String play() throws Exception {
        RoomId room = desk.open(new UserId("ada"));
        try (ChatClient ada = client("ada");
                ChatClient alice = client("alice");
                ChatClient bob = client("bob")) {
            Timeline customer = show(ada, room);
            Timeline queue = show(alice, SupportDesk.QUEUE);
            Timeline bobsQueue = show(bob, SupportDesk.QUEUE);
            customer.send(MessageBody.text("My frog is green."));
            await(queue, t -> says(t, "~desk-ada: My frog is green."));
            queue.send(MessageBody.text("take ~desk-ada"));
            await(customer, t -> says(t, "alice is here for you."));

            Timeline agent = show(alice, room);
            await(agent, t -> says(t, "alice is here for you."));
            customer.room().typing(true);
            await(agent, t -> t.typing().contains(new UserId("ada")));
            agent.send(MessageBody.text("Frogs are. Is it ill?"));
            await(customer, t -> says(t, "Frogs are. Is it ill?"));
            customer.markRead();
            await(agent, t -> t.entries().stream().anyMatch(entry -> entry.state() == TimelineEntry.State.READ));

            queue.send(MessageBody.text("hand ~desk-ada"));
            await(queue, t -> says(t, "I don't understand that, alice."));
            queue.send(MessageBody.text("hand ~desk-ada bob"));
            await(agent, Timeline::isRemoved);
            Timeline next = show(bob, room);
            await(next, t -> says(t, "alice hands over to bob."));
            next.send(MessageBody.text("Give it a fly."));
            await(customer, t -> says(t, "Give it a fly."));
            bobsQueue.send(MessageBody.text("close ~desk-ada"));
            await(customer, t -> t.settings().isArchived());
        }
        for (int i = 0; desk.transcripts().isEmpty() && i < 100; i++) {
            TimeUnit.MILLISECONDS.sleep(50);
        }
        return desk.transcripts().get(0);
    }

    private ChatClient client(String user) throws Exception {
        ChatClient client = ChatClient.builder(
                        URI.create("ws://127.0.0.1:" + desk.port() + "/chat"),
                        () -> CompletableFuture.completedFuture(user))
                .connect();
        done(client.ready());
        return client;
    }

    private static Timeline show(ChatClient client, RoomId room) {
        return Timeline.join(client, room, 50, timeline -> {
            synchronized (timeline) {
                timeline.notifyAll();
            }
        });
    }

    private static boolean says(Timeline timeline, String text) {
        return timeline.messages().stream()
                .anyMatch(message -> message.body().text().filter(text::equals).isPresent());
    }

    /** Waits until the room looks so. */
    private static void await(Timeline timeline, Predicate<Timeline> state) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        synchronized (timeline) {
            while (!state.test(timeline)) {
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (left <= 0) {
                    throw new IllegalStateException("it doesn't come to that: " + timeline.entries());
                }
                timeline.wait(left);
            }
        }
    }

    @Override
    public void close() {
        desk.close();
    }
}
