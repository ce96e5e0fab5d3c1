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
import io.natterjack.core.wire.WireFrame;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One session's place in a room: brings it what it missed, step by step as the client reads, and then what happens.
 *
 * <p><b>Threads.</b> {@link #events}, {@link #accessChanged}, {@link #reset}: the room's lane. All else: the session's lane.
 */
final class JoinedRoom implements RoomSink, PacedWork.Job {
    private static final Logger LOG = LoggerFactory.getLogger(JoinedRoom.class);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final int RESET_SPREAD_MILLIS = 1_000;

    private static final String GRANTS = "grants";

    /** Settings that may close a room to those who hear it. */
    private static final Set<String> HIDING = Set.of("kind", GRANTS);

    private static final long NOT_HELD = Long.MAX_VALUE;

    private final SessionContext context;
    private final Connection connection;
    private final Lane lane;
    private final RoomId room;
    private final Accesses accesses;
    private final int requestId;
    private final Optional<Cursor> cursor;
    private final int tail;
    private final Owner owner;
    private final KnownAccess known;
    private final AtomicBoolean leaving = new AtomicBoolean();
    private volatile boolean over;

    /** The seq of the event that removed the user, beyond which nothing is delivered. */
    private volatile long last = Long.MAX_VALUE;

    /** Whether the user has a role here, as far as is known: such people hear on when the kind of the room changes. */
    private volatile boolean hasRole;

    /**
     * The seq of an event that may have closed the room to the user: what lies beyond it is delivered only once that was asked. Lowered on
     * the room's lane, and lifted on the session's lane while the room isn't attached.
     */
    private volatile long heldAfter = NOT_HELD;

    /** Of somebody who isn't a member any more: up to here they are shown what happened; 0 of others. Set before anything is delivered. */
    private volatile long formerUpto;

    // Session lane only.
    /** Up to here the room shows nothing to this user. */
    private long floor;

    private long position = -1;
    private long epoch;

    /** Whether this follows the room without being asked to, and is no job any more. */
    private boolean isLive;

    /** Whether it is being asked if the user may hear more, until it is known. */
    private boolean asking;

    private @Nullable Access decided;
    private boolean refused;

    /** Hears of a place. Called on the session's lane. */
    interface Owner {
        /** The room is attached, or can't be: called once. */
        void decided(JoinedRoom joined);

        /** The room was followed without further work, and needs some again. */
        void held(JoinedRoom joined);

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
        this.known = new KnownAccess(context.scheduler());
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

    /** Returns what the user may do here. Any thread. */
    KnownAccess known() {
        return known;
    }

    /** Tells whether this is only what happened until the user was removed. */
    boolean isOfFormerMember() {
        return formerUpto > 0;
    }

    @Override
    public void events(List<RoomEvent> events, WireFrame frame) {
        long end = Math.min(last, held());
        if (events.get(events.size() - 1).seq() <= end) {
            offer(frame);
        } else if (events.get(0).seq() <= end) {
            List<RoomEvent> before =
                    events.stream().filter(event -> event.seq() <= end).toList();
            send(new ServerFrame.Ev(room, before.get(0).at().epoch(), before));
        }
        if (events.get(events.size() - 1).seq() >= last) {
            leaveAsRemoved();
        }
    }

    /**
     * {@inheritDoc} A removal of the user ends the delivery behind it, and at once what is being caught up with. Behind what may have closed
     * the room to them nothing is delivered until that was asked.
     */
    @Override
    public void accessChanged(RoomEvent event, Optional<RoomChange> change) {
        boolean own = change.map(this::isOwn).orElse(true);
        if (own || change.get().restricts()) {
            known.forget();
        }
        RoomChange what = change.orElse(null);
        if (own && what instanceof RoomChange.Member member && !member.isIn() && member.restricts()) {
            last = Math.min(last, event.seq());
            lane.execute(() -> {
                if (!isLive && isAttached()) {
                    leaveAsRemoved();
                }
            });
        } else if (own && what instanceof RoomChange.Member member) {
            if (member.isIn()) {
                hasRole = true;
            }
            lane.execute(this::askAgain);
        } else if (own && (!hasRole || change.map(JoinedRoom::isAboutGrants).orElse(true))) {
            heldAfter = Math.min(heldAfter, event.seq());
            lane.execute(this::hold);
        } else if (own) {
            lane.execute(this::askAgain);
        }
    }

    private static boolean isAboutGrants(RoomChange change) {
        return change instanceof RoomChange.Settings settings
                && settings.fields().contains(GRANTS);
    }

    /** Who followed the room catches up again, from the event on that they are held after: all before it was delivered. */
    private void hold() {
        if (!over && isLive && isHeld()) {
            isLive = false;
            position = held();
            owner.held(this);
        }
    }

    /** Returns the seq beyond which nothing is delivered until that was asked. Somebody who was removed gets what is theirs in any case. */
    private long held() {
        return formerUpto > 0 ? NOT_HELD : heldAfter;
    }

    private boolean isHeld() {
        return held() != NOT_HELD;
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
        known.forget();
        long spread = Math.floorMod(connection.id().hashCode(), RESET_SPREAD_MILLIS);
        context.scheduler().after(Duration.ofMillis(spread), () -> connection.close(CloseReason.DRAIN));
    }

    /** What the room is now may not be for this user any more. */
    private void askAgain() {
        if (over || !isAttached()) {
            return;
        }
        int generation = known.generation();
        accesses.load(room)
                .whenCompleteAsync(
                        (fresh, failure) -> {
                            if (fresh == null) {
                                context.scheduler().after(RETRY, () -> lane.execute(this::askAgain));
                                return;
                            }
                            known.take(fresh, generation);
                            if (!fresh.may(Permission.READ)) {
                                leaveAsRemoved();
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
        if (isAttached() && (asking || isHeld())) {
            return askBeforeMore();
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

    /**
     * Asks whether the user may hear what lies beyond. Detached meanwhile, so that it doesn't come by itself, and no change of what they may
     * do falls in between: it is asked after the room is attached anew.
     */
    private CompletionStage<Boolean> askBeforeMore() {
        asking = true;
        return context.router()
                .detach(room, this)
                .thenComposeAsync(
                        detached -> {
                            heldAfter = NOT_HELD;
                            known.forget(); // What happens before it is attached again isn't told.
                            return context.router().attach(room, this);
                        },
                        lane)
                .thenCompose(this::withAccess)
                .handleAsync(this::asked, lane)
                .thenCompose(done -> done);
    }

    private CompletionStage<Boolean> asked(@Nullable Cursor head, @Nullable Throwable failure) {
        if (over) {
            context.router().detach(room, this);
            return CompletableFuture.completedFuture(true);
        }
        if (head == null) {
            LOG.debug("{}: room {} is held, asking again: {}", connection.id(), room, cause(failure));
            return later();
        }
        asking = false;
        if (head.epoch() != epoch) {
            reset();
        } else if (!Objects.requireNonNull(decided).may(Permission.READ)) {
            leaveAsRemoved();
        }
        return CompletableFuture.completedFuture(over);
    }

    /** A client that has seen more than this process has: the store knows whether that can be. */
    private CompletionStage<Cursor> checkedHead(Cursor head) {
        if (!CatchUp.isAhead(cursor, head)) {
            return CompletableFuture.completedFuture(head);
        }
        context.router().changed(room);
        return context.store().read(store -> store.heads(List.of(room)).getOrDefault(room, head));
    }

    private CompletionStage<Cursor> withAccess(Cursor head) {
        int generation = known.generation();
        return accesses.load(room)
                .thenApplyAsync(
                        asked -> {
                            // What changed while it was asked is asked for again.
                            if (asked.view().accessRev() <= head.seq()) {
                                known.take(asked, generation);
                            }
                            decided = asked;
                            hasRole = asked.view().role().isPresent();
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
        epoch = head.epoch();
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
        if (CatchUp.isAhead(cursor, head)) {
            context.log().cursorAhead(connection, room, cursor.orElseThrow(), head);
        }
        CatchUp catchUp =
                CatchUp.of(cursor, tail, head, floor, context.settings().maxReplay());
        RoomView view = Objects.requireNonNull(decided).view();
        return new ServerFrame.Joined(
                requestId,
                room,
                catchUp.mode(),
                head,
                catchUp.after(),
                catchUp.base(),
                floor,
                formerUpto > 0 ? RoomSettings.NONE : view.settings(),
                view.membership().filter(Membership::isIn));
    }

    private CompletionStage<Boolean> followed(RoomRouter.@Nullable Progress progress, @Nullable Throwable failure) {
        if (progress != null) {
            long held = held();
            isLive = progress.isLive() && held == NOT_HELD;
            // Who is live has got all up to where they are held, though they may have become it before that event.
            position = progress.isLive() && !isLive ? held : Math.min(progress.seq(), held);
            if (last < Long.MAX_VALUE && (isLive ? position >= last : formerUpto == 0)) {
                leaveAsRemoved();
            }
            return CompletableFuture.completedFuture(isLive && formerUpto == 0);
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
        return later();
    }

    private CompletionStage<Boolean> later() {
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
