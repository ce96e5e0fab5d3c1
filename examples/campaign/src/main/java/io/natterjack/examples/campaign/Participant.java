package io.natterjack.examples.campaign;

import io.natterjack.client.ChatClient;
import io.natterjack.client.LimitExceededException;
import io.natterjack.client.Room;
import io.natterjack.client.RoomListener;
import io.natterjack.client.SendRefusedException;
import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.Message;
import io.natterjack.core.MessageBody;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * A client in some rooms, from their first event on, that writes down in {@link Promises} what it sends, is told and sees.
 *
 * <p><b>Threads.</b> Any thread may call; what the client says arrives on its own.
 */
final class Participant implements AutoCloseable {
    private final String name;
    private final UserId user;
    private final Promises promises;
    private final ChatClient client;
    private final Map<RoomId, Room> rooms = new LinkedHashMap<>();
    private final AtomicInteger numbers = new AtomicInteger();
    private final AtomicInteger waiting = new AtomicInteger();

    /**
     * Connects.
     *
     * @param name unlike any other participant's
     * @param epoch a past that the store had, 1 if none is known: then the server says that it is another
     */
    Participant(
            String name, UserId user, ChatClient.Builder builder, List<RoomId> roomIds, long epoch, Promises promises) {
        this(name, user, builder, roomIds, epoch, promises, message -> {});
    }

    /**
     * Connects.
     *
     * @param seen hears of every message that the client sees, on the client's listener executor; each carries a {@link Stamp}
     */
    Participant(
            String name,
            UserId user,
            ChatClient.Builder builder,
            List<RoomId> roomIds,
            long epoch,
            Promises promises,
            Consumer<Message> seen) {
        this.name = name;
        this.user = user;
        this.promises = promises;
        this.client = builder.connect();
        for (RoomId id : roomIds) {
            rooms.put(id, client.join(id, new Cursor(epoch, 0), new Recorder(promises.view(name, id), seen)));
        }
    }

    /** Sends a message that says who wrote it, the how manieth it is, and when. */
    void send(RoomId id) {
        ClientId cid = new ClientId(name + "-" + numbers.incrementAndGet());
        MessageBody body = Stamp.body(cid.value());
        promises.sent(name, user, id, cid, body);
        waiting.incrementAndGet();
        Objects.requireNonNull(rooms.get(id)).send(cid, body).whenComplete((sent, failure) -> {
            waiting.decrementAndGet();
            if (sent != null) {
                promises.acked(user, id, cid, sent.at());
            } else if (cause(failure) instanceof SendRefusedException
                    || cause(failure) instanceof LimitExceededException) {
                promises.refused(user, id, cid);
            } else {
                promises.gaveUp(user, id, cid);
            }
        });
    }

    private static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    String name() {
        return name;
    }

    /** Returns how many messages it has sent that have no answer. */
    int waiting() {
        return waiting.get();
    }

    List<RoomId> rooms() {
        return List.copyOf(rooms.keySet());
    }

    ChatClient client() {
        return client;
    }

    UserId user() {
        return user;
    }

    /** Returns the seq of the last message of the room that this client saw. */
    long seen(RoomId room) {
        return promises.view(name, room).last();
    }

    /** Tells whether it has seen all that is in its rooms. */
    boolean hasSeenAll(Map<RoomId, List<RoomEvent>> logs) {
        return rooms.keySet().stream()
                .allMatch(
                        room -> seen(room) >= logs.getOrDefault(room, List.of()).size());
    }

    @Override
    public void close() {
        client.close();
    }

    private record Recorder(Promises.View view, Consumer<Message> seen) implements RoomListener {
        @Override
        public void onMessage(Message message) {
            view.message(message);
            seen.accept(message);
        }

        @Override
        public void onReset(Cursor base) {
            view.reset(base);
        }

        @Override
        public void onErased(List<Long> seqs) {
            view.erased(seqs);
        }

        @Override
        public void onTrimmed(long upto) {
            view.trimmed(upto);
        }

        @Override
        public void onSkipped(Cursor after, Cursor upto) {
            view.trouble("skipped from " + after + " to " + upto);
        }

        @Override
        public void onRefused(ErrorCode code) {
            view.trouble("refused: " + code);
        }
    }
}
