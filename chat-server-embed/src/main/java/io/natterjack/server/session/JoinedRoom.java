package io.natterjack.server.session;

import io.natterjack.core.CloseReason;
import io.natterjack.core.Cursor;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.Membership;
import io.natterjack.core.Permission;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.RoomSettings;
import io.natterjack.core.RoomView;
import io.natterjack.core.Standing;
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
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
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
    private static final int RESET_SPREAD_MILLIS = 1_000;
    private static final Duration TRUSTED = Duration.ofSeconds(2);

    /** Settings that may close a room to those who hear it. */
    private static final Set<String> HIDING = Set.of("kind", "grants");

    private final SessionContext context;
    private final Connection connection;
    private final Lane lane;
    private final RoomId room;
    private final Accesses accesses;
    private final int requestId;
    private final Optional<Cursor> cursor;
    private final int tail;
    private final Owner owner;
    private final AtomicBoolean leaving = new AtomicBoolean();
    private volatile boolean over;

    /** The seq of the event that removed the user, beyond which nothing is delivered. */
    private volatile long last = Long.MAX_VALUE;

    /** What the user may do here; null when that may have changed since it was asked. */
    private volatile @Nullable Access access;

    private volatile long askedAt;

    private final AtomicInteger accessGeneration = new AtomicInteger();

    // Session lane only.
    /** Up to here the room shows nothing to this user. */
    private long floor;

    private long position = -1;
    private boolean isLive;

    /** Of somebody who isn't a member any more: up to here they are shown what happened; 0 of others. */
    private long formerUpto;

    private @Nullable Access decided;
    private boolean refused;

    /** Hears of a place. Called on the session's lane. */
    interface Owner {
        /** The room is attached, or can't be: called once. */
        void decided(JoinedRoom joined);

        /** The user may no longer hear what happens here; nothing more is delivered. */
        void removed(JoinedRoom joined);
    }

    /**
     * Makes a place that is yet to be taken.
     *
     * @param requestId of the join or hello, 0 for none
     */
    JoinedRoom(
            SessionContext context,
            Connection connection,
            Lane lane,
            RoomId room,
            Accesses accesses,
            int requestId,
            Optional<Cursor> cursor,
            int tail,
            Owner owner) {
        this.context = context;
        this.connection = connection;
        this.lane = lane;
        this.room = room;
        this.accesses = accesses;
        this.requestId = requestId;
        this.cursor = cursor;
        this.tail = tail;
        this.owner = owner;
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

    /**
     * Returns what the user may do here; nothing if that must be asked anew. Between two people it is asked anew every few seconds: that one
     * has blocked the other is no event of the room, and news of it from another node may get lost.
     */
    Optional<Access> access() {
        Access known = access;
        boolean isOld = known != null
                && !known.view().settings().people().isEmpty()
                && context.scheduler().nanoTime() - askedAt > TRUSTED.toNanos();
        return isOld ? Optional.empty() : Optional.ofNullable(known);
    }

    /** Tells whether this is only what happened until the user was removed. */
    boolean isOfFormerMember() {
        return formerUpto > 0;
    }

    /** Returns a number that is another one after everything that may have changed what the user may do. */
    int accessGeneration() {
        return accessGeneration.get();
    }

    /** Takes what the user may do, unless that may have changed since {@code generation}, when it began to be asked. */
    void access(Access fresh, int generation) {
        askedAt = context.scheduler().nanoTime();
        access = fresh;
        if (accessGeneration.get() != generation) {
            access = null;
        }
    }

    void forgetAccess() {
        accessGeneration.incrementAndGet(); // first: whoever takes an older answer in between sees it, and forgets too
        access = null;
    }

    @Override
    public void events(List<RoomEvent> events, WireFrame frame) {
        long end = last;
        if (events.get(events.size() - 1).seq() <= end) {
            offer(frame);
        } else if (events.get(0).seq() <= end) {
            List<RoomEvent> before =
                    events.stream().filter(event -> event.seq() <= end).toList();
            send(new ServerFrame.Ev(room, before.get(0).at().epoch(), before));
        }
        if (events.get(events.size() - 1).seq() >= end) {
            leaveAsRemoved();
        }
    }

    /** {@inheritDoc} A removal of the user ends the delivery behind it, and at once what is being caught up with. */
    @Override
    public void accessChanged(RoomEvent event, Optional<RoomChange> change) {
        boolean own = change.map(this::isOwn).orElse(true);
        if (own || change.get().restricts()) {
            forgetAccess();
        }
        if (own && change.orElse(null) instanceof RoomChange.Member member && !member.isIn() && member.restricts()) {
            last = Math.min(last, event.seq());
            lane.execute(() -> {
                if (!isLive && isAttached()) {
                    leaveAsRemoved();
                }
            });
        } else if (own) {
            lane.execute(this::askAgain);
        }
    }

    /** Tells whether a change may be one of what this user may see. */
    private boolean isOwn(RoomChange change) {
        return change instanceof RoomChange.Member member
                ? member.user().equals(accesses.user())
                : !(change instanceof RoomChange.Settings settings)
                        || HIDING.stream().anyMatch(settings.fields()::contains);
    }

    /** {@inheritDoc} The client comes again, soon but not with all others at once, and is told from where on its past isn't ours. */
    @Override
    public void reset() {
        over = true;
        forgetAccess();
        long spread = Math.floorMod(connection.id().hashCode(), RESET_SPREAD_MILLIS);
        context.scheduler().after(Duration.ofMillis(spread), () -> connection.close(CloseReason.DRAIN));
    }

    /** What the room is now may not be for this user any more. */
    private void askAgain() {
        if (over || !isAttached()) {
            return;
        }
        int generation = accessGeneration();
        accesses.load(room)
                .whenCompleteAsync(
                        (fresh, failure) -> {
                            if (fresh != null) {
                                access(fresh, generation);
                                if (!fresh.may(Permission.READ)) {
                                    leaveAsRemoved();
                                }
                            }
                        },
                        lane);
    }

    /** What was offered before leaves first. Any thread. */
    private void leaveAsRemoved() {
        if (leaving.compareAndSet(false, true) && !over) {
            send(new ServerFrame.Left(room, ServerFrame.Left.Reason.KICKED));
            over = true;
            context.router().detach(room, this);
            lane.execute(() -> owner.removed(this));
        }
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
        if (formerUpto > 0 && position >= formerUpto) {
            leaveAsRemoved();
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
                        .thenCompose(this::withAccess)
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

    private CompletionStage<Cursor> withAccess(Cursor head) {
        int generation = accessGeneration();
        return accesses.load(room)
                .thenApplyAsync(
                        asked -> {
                            // What changed while it was asked is asked for again.
                            if (asked.view().accessRev() <= head.seq()) {
                                access(asked, generation);
                            }
                            decided = asked;
                            floor = Math.min(asked.view().floor(), head.seq());
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
            context.router().detach(room, this); // it may be attached, and what the user may do be unknown
            refuse(ErrorCode.UNAVAILABLE);
            return true;
        }
        Access asked = Objects.requireNonNull(decided);
        if (!asked.may(Permission.READ)) {
            Optional<Cursor> end = endOfFormerMember(asked, head);
            if (end.isEmpty()) {
                forbid(asked);
                return true;
            }
            head = end.get();
            formerUpto = head.seq();
            last = head.seq();
        }
        ServerFrame.Joined joined = joined(head);
        position = joined.after();
        send(joined);
        owner.decided(this);
        return false;
    }

    /** Who was removed while away gets what happened until then. */
    private Optional<Cursor> endOfFormerMember(Access asked, Cursor head) {
        return asked.view()
                .membership()
                .filter(member -> member.joinedSeq() > 0
                        && (member.standing() == Standing.OUT || member.standing() == Standing.BANNED))
                .map(member -> new Cursor(head.epoch(), member.rev()))
                .filter(end -> cursor.isPresent()
                        && cursor.get().epoch() == end.epoch()
                        && cursor.get().seq() < end.seq());
    }

    private void forbid(Access asked) {
        refused = true;
        send(new ServerFrame.Refused(
                requestId, asked.refusal(), Optional.empty(), Optional.empty(), Optional.of(room), Optional.empty()));
        over = true;
        context.router().detach(room, this);
        owner.decided(this);
        owner.removed(this);
    }

    /** Tells the client to join again a little later. */
    void refuse(ErrorCode code) {
        refused = true;
        send(new ServerFrame.Refused(
                requestId, code, Optional.empty(), Optional.of(RETRY), Optional.of(room), Optional.empty()));
        owner.decided(this);
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
        RoomView view = Objects.requireNonNull(decided).view();
        return new ServerFrame.Joined(
                requestId,
                room,
                mode,
                head,
                after,
                base,
                floor,
                formerUpto > 0 ? RoomSettings.NONE : view.settings(),
                view.membership().filter(Membership::isIn));
    }

    private CompletionStage<Boolean> followed(RoomRouter.@Nullable Progress progress, @Nullable Throwable failure) {
        if (progress != null) {
            position = progress.seq();
            isLive = progress.isLive();
            if (last < Long.MAX_VALUE && (isLive ? position >= last : formerUpto == 0)) {
                leaveAsRemoved();
            }
            return CompletableFuture.completedFuture(progress.isLive() && formerUpto == 0);
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
