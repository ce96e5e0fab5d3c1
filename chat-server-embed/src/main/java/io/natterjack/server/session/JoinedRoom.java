package io.natterjack.server.session;

import io.natterjack.core.CloseReason;
import io.natterjack.core.Cursor;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import io.natterjack.core.lane.Lane;
import io.natterjack.core.spi.Connection;
import io.natterjack.core.spi.RoomRouter;
import io.natterjack.core.spi.RoomSink;
import io.natterjack.core.wire.FrameCodec;
import io.natterjack.core.wire.ServerFrame;
import io.natterjack.core.wire.ServerFrame.Joined.Mode;
import io.natterjack.core.wire.WireFrame;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One session's place in a room: brings it what it missed, step by step as the client reads, and then what happens.
 *
 * <p><b>Threads.</b> {@link #events}: the room's lane. All else: the session's lane.
 */
final class JoinedRoom implements RoomSink, PacedWork.Job {
    private static final Logger LOG = LoggerFactory.getLogger(JoinedRoom.class);
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final SessionContext context;
    private final Connection connection;
    private final Lane lane;
    private final RoomId room;
    private final UserId user;
    private final int requestId;
    private final Optional<Cursor> cursor;
    private final int tail;
    private final Consumer<JoinedRoom> whenDecided;
    private volatile boolean over;

    // Session lane only.
    /** Up to here the room shows nothing to this user. */
    private long floor;

    private long position = -1;
    private boolean refused;

    /**
     * Makes a place that is yet to be taken.
     *
     * @param requestId of the join or hello, 0 for none
     * @param whenDecided called once, when the room is attached or can't be for now
     */
    JoinedRoom(
            SessionContext context,
            Connection connection,
            Lane lane,
            RoomId room,
            UserId user,
            int requestId,
            Optional<Cursor> cursor,
            int tail,
            Consumer<JoinedRoom> whenDecided) {
        this.context = context;
        this.connection = connection;
        this.lane = lane;
        this.room = room;
        this.user = user;
        this.requestId = requestId;
        this.cursor = cursor;
        this.tail = tail;
        this.whenDecided = whenDecided;
    }

    RoomId room() {
        return room;
    }

    /** Tells whether what happens in the room from now on will be delivered. */
    boolean isAttached() {
        return position >= 0;
    }

    /** Tells whether it is known if the room can be attached. */
    boolean isDecided() {
        return refused || isAttached();
    }

    @Override
    public void events(List<RoomEvent> events, WireFrame frame) {
        offer(frame);
    }

    private void offer(WireFrame frame) {
        if (over) {
            return;
        }
        try {
            if (!connection.offer(frame)) {
                // It resumes from its cursor; nothing is lost but time.
                connection.close(CloseReason.SLOW_CONSUMER);
            }
        } catch (RuntimeException fault) {
            LOG.error("{}: the connection failed to take a frame", connection.id(), fault);
            connection.close(CloseReason.INTERNAL);
        }
    }

    /** Gives the place up. When the stage completes, nothing more is delivered. */
    CompletionStage<Void> leave() {
        over = true;
        return context.router().detach(room, this);
    }

    @Override
    public CompletionStage<Boolean> step() {
        if (over) {
            return CompletableFuture.completedFuture(true);
        }
        return isAttached()
                ? context.router()
                        .follow(room, this, position)
                        .handleAsync(this::followed, lane)
                        .thenCompose(done -> done)
                : context.router()
                        .attach(room, this)
                        .thenCompose(this::checkedHead)
                        .thenCompose(this::withFloor)
                        .handleAsync(this::attached, lane);
    }

    /** A client that has seen more than this process has: the store knows whether that can be. */
    private CompletionStage<Cursor> checkedHead(Cursor head) {
        if (cursor.isEmpty()
                || cursor.get().epoch() != head.epoch()
                || cursor.get().seq() <= head.seq()) {
            return CompletableFuture.completedFuture(head);
        }
        context.router().changed(room);
        return context.store().read(store -> store.heads(List.of(room)).getOrDefault(room, head));
    }

    private CompletionStage<Cursor> withFloor(Cursor head) {
        return context.store()
                .read(store -> store.floor(room, user))
                .thenApplyAsync(
                        seq -> {
                            floor = Math.min(seq, head.seq());
                            return head;
                        },
                        lane);
    }

    private boolean attached(@Nullable Cursor head, @Nullable Throwable failure) {
        if (over) {
            // The room may have closed and opened anew meanwhile: then the detaching came before the attaching.
            context.router().detach(room, this);
            return true;
        }
        if (head == null) {
            LOG.debug("{}: room {} can't be joined: {}", connection.id(), room, cause(failure));
            refuse(ErrorCode.UNAVAILABLE);
            return true;
        }
        ServerFrame.Joined joined = joined(head);
        position = joined.after();
        send(joined);
        whenDecided.accept(this);
        return false;
    }

    /** Tells the client to join again a little later. */
    void refuse(ErrorCode code) {
        refused = true;
        send(new ServerFrame.Refused(
                requestId, code, Optional.empty(), Optional.of(RETRY), Optional.of(room), Optional.empty()));
        whenDecided.accept(this);
    }

    private ServerFrame.Joined joined(Cursor head) {
        if (cursor.isEmpty()) {
            long after = Math.max(floor, head.seq() - tail);
            return joined(after == head.seq() ? Mode.LIVE : Mode.REPLAY, head, after, OptionalLong.empty());
        }
        Cursor known = cursor.get();
        if (known.epoch() != head.epoch()) {
            return joined(Mode.GAP, head, head.seq(), OptionalLong.of(0));
        }
        if (known.seq() > head.seq()) {
            LOG.warn(
                    "{}: a client has seen seq {} of room {}, whose head is {}: has the store lost something?",
                    connection.id(),
                    known.seq(),
                    room,
                    head.seq());
            return joined(Mode.GAP, head, head.seq(), OptionalLong.of(head.seq()));
        }
        long missed = head.seq() - known.seq();
        // What isn't there any more, or not for this user, can't be replayed.
        if (missed > context.settings().maxReplay() || known.seq() < floor) {
            return joined(Mode.GAP, head, head.seq(), OptionalLong.empty());
        }
        return joined(missed == 0 ? Mode.LIVE : Mode.REPLAY, head, known.seq(), OptionalLong.empty());
    }

    private ServerFrame.Joined joined(Mode mode, Cursor head, long after, OptionalLong base) {
        return new ServerFrame.Joined(requestId, room, mode, head, after, base, floor);
    }

    private CompletionStage<Boolean> followed(RoomRouter.@Nullable Progress progress, @Nullable Throwable failure) {
        if (progress != null) {
            position = progress.seq();
            return CompletableFuture.completedFuture(progress.isLive());
        }
        if (over) {
            return CompletableFuture.completedFuture(true);
        }
        LOG.debug(
                "{}: room {} can't be read after {}, trying again: {}",
                connection.id(),
                room,
                position,
                cause(failure));
        CompletableFuture<Boolean> later = new CompletableFuture<>();
        context.scheduler().after(RETRY, () -> later.complete(false));
        return later;
    }

    private static String cause(@Nullable Throwable failure) {
        return String.valueOf(failure instanceof CompletionException wrapped ? wrapped.getCause() : failure);
    }

    private void send(ServerFrame frame) {
        offer(FrameCodec.encode(frame));
    }
}
