package io.natterjack.client;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.HistoryQuery;
import io.natterjack.core.Page;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.ServerFrame;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * What the application has asked of its rooms and the server hasn't answered: messages and readings.
 *
 * <p><b>Threads.</b> What takes a {@link Room} is for any thread; all else for the lane.
 */
final class Requests {
    static final int MAX_READINGS = 100;
    private static final int MAX_QUESTIONS = 200;
    private static final int MESSAGE_BYTES = 512;
    private static final int ANSWER_BYTES = 1024;

    private final Settings settings;
    private final Loop loop;
    private final Promises promises;
    private final ClientIds ids;
    private final Rooms rooms;
    private final Runnable changed;
    private final Outbox outbox;
    private final Questions readings;
    private final Questions questions;

    /**
     * Makes one with nothing asked.
     *
     * @param changed run on the lane when {@link #pump} may have more to do
     */
    Requests(
            Settings settings,
            Loop loop,
            Deliveries deliveries,
            Promises promises,
            ClientIds ids,
            Rooms rooms,
            Runnable changed) {
        this.settings = settings;
        this.loop = loop;
        this.promises = promises;
        this.ids = ids;
        this.rooms = rooms;
        this.changed = changed;
        this.outbox = new Outbox(loop, deliveries, settings.maxOutboxMessages, settings.maxOutboxBytes, changed);
        this.readings = new Questions(MAX_READINGS, loop, deliveries, changed);
        this.questions = new Questions(MAX_QUESTIONS, loop, deliveries, changed);
    }

    ClientId newClientId() {
        return ids.next();
    }

    CompletionStage<Sent> send(Room room, Outgoing what) {
        if (room.isLeft()) {
            return Promises.failed(wasLeft(room));
        }
        if (!outbox.reserve(what.body)) {
            return Promises.failed(new LimitExceededException("the outbox is full"));
        }
        CompletableFuture<Sent> promise = promises.open();
        return whenTaken(room, promise, () -> outbox.add(what, promise));
    }

    /** Sends what needs no room to be joined. */
    CompletionStage<Sent> send(Outgoing what) {
        if (!outbox.reserve(what.body)) {
            return Promises.failed(new LimitExceededException("the outbox is full"));
        }
        CompletableFuture<Sent> promise = promises.open();
        loop.execute(() -> {
            outbox.add(what, promise);
            changed.run();
        });
        return Promises.copyOf(promise);
    }

    /** Asks the server something that needs no room to be joined, until it has answered. */
    <T> CompletionStage<T> ask(String what, IntFunction<ClientFrame> frame, Function<ServerFrame, Optional<T>> answer) {
        return ask(what, true, frame, answer);
    }

    /**
     * Asks the server something that needs no room to be joined.
     *
     * @param isAskedAgain whether it may be asked again after a lost connection
     * @throws IllegalArgumentException if there is no such frame: a value is out of its range
     */
    <T> CompletionStage<T> ask(
            String what,
            boolean isAskedAgain,
            IntFunction<ClientFrame> frame,
            Function<ServerFrame, Optional<T>> answer) {
        Objects.requireNonNull(frame.apply(1)); // bad arguments are the caller's mistake: now, and not on the lane
        if (!questions.reserve()) {
            return Promises.failed(new LimitExceededException("too many questions are open"));
        }
        CompletableFuture<T> promise = promises.open();
        loop.execute(() -> {
            questions.add(Optional.empty(), what, isAskedAgain, frame, answer, result -> ANSWER_BYTES, promise);
            changed.run();
        });
        return Promises.copyOf(promise);
    }

    CompletionStage<Page> history(Room room, OptionalLong epoch, HistoryQuery query) {
        if (room.isLeft()) {
            return Promises.failed(wasLeft(room));
        }
        if (!readings.reserve()) {
            return Promises.failed(new LimitExceededException("too many readings are open"));
        }
        CompletableFuture<Page> promise = promises.open();
        return whenTaken(
                room,
                promise,
                () -> readings.add(
                        Optional.of(room.id()),
                        "history of room " + room.id(),
                        true,
                        id -> new ClientFrame.History(id, epoch, query),
                        answer -> answer instanceof ServerFrame.Messages messages
                                ? Optional.of(messages.page())
                                : Optional.empty(),
                        page -> page.messages().size() * MESSAGE_BYTES,
                        promise));
    }

    private static IllegalStateException wasLeft(Room room) {
        return new IllegalStateException("room " + room.id() + " was left");
    }

    private <T> CompletionStage<T> whenTaken(Room room, CompletableFuture<T> promise, Runnable add) {
        loop.execute(() -> {
            add.run();
            if (rooms.has(room.id())) {
                changed.run();
            } else {
                giveUpOn(room.id(), ErrorCode.NOT_MEMBER); // the room was over before the application could know
            }
        });
        return Promises.copyOf(promise);
    }

    /** The application has left the room; the server is told when nothing waits for it any more. */
    void leave(Room room) {
        settings.rooms.remove(room.id(), room);
        loop.execute(changed);
    }

    /** Sends what may go out now. */
    void pump(Link link, int window) {
        readings.pump(link, rooms::isJoined);
        questions.pump(link, rooms::isJoined);
        outbox.pump(link, window, rooms::isJoined);
    }

    /** The server keeps what was sent for a store that is behind. */
    void queued(RoomId room, ClientId clientId) {
        outbox.queued(room, clientId);
    }

    /** Tells whether something of that room isn't answered. */
    boolean isBusy(RoomId room) {
        return outbox.has(room) || readings.has(room);
    }

    /** The connection is another one, or gone: what it didn't answer goes out again on the next. */
    void restart() {
        outbox.restart();
        readings.restart();
        questions.restart();
    }

    /** The room has what this user sent. */
    void shown(RoomEvent own) {
        outbox.shown(own);
    }

    /** What the room had above {@code base} is gone, what it has shown of this user's too. */
    void gone(RoomId room, Cursor base) {
        outbox.gone(room, base);
    }

    /** Fails all that was asked of the room, which is over; not what was sent and may have been kept. */
    void giveUpOn(RoomId room, ErrorCode code) {
        outbox.fail(room, clientId -> new SendRefusedException(room, clientId, code, ""));
        readings.fail(room, code);
    }
}
