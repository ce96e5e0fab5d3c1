package io.natterjack.client;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.EventKind;
import io.natterjack.core.Membership;
import io.natterjack.core.Message;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Page;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.RoomSettings;
import io.natterjack.core.Target;
import io.natterjack.core.UserId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * What a room looks like to this user: its newest messages with all that happened to them, and those of this user's that are on their way.
 * A message shows at once as {@link TimelineEntry.State#PENDING}, and is then sent, delivered, read, or failed with a reason.
 *
 * <pre>{@code
 * Timeline timeline = Timeline.join(client, new RoomId("lobby"), 50, t -> show(t.entries()));
 * timeline.send(MessageBody.text("hello"));
 * }</pre>
 *
 * <p>It is usable at once, also before the client was online for the first time. {@code timeline.room().leave()} ends it.
 *
 * <p><b>Threads.</b> Any thread may call any method; changes come on the client's listener executor. The listener is called there and
 * nowhere else, one call at a time, also for what {@link #send}, {@link #retry} and {@link #discard} change; not any more once the
 * client has ended.
 *
 * <p><b>Bounded.</b> The {@value #MAX_MESSAGES} newest messages that it has seen, and what is on its way or has failed.
 */
public final class Timeline implements RoomListener {
    /** The most messages that are kept. */
    public static final int MAX_MESSAGES = 1_000;

    /** How many changes are kept while a page is under way, which may be older than they are. */
    private static final int MAX_CHANGES = 1_000;

    private static final int MAX_MARKS = 100;

    /** Hears that something is otherwise than before. */
    @FunctionalInterface
    public interface Listener {
        /**
         * Something in {@code timeline} has changed. Called on the client's listener executor, once for several changes if they come
         * quickly.
         */
        void onTimeline(Timeline timeline);
    }

    /** A message on its way. */
    private static final class Echo {
        final MessageBody body;
        final Optional<Target> replyTo;

        @Nullable
        ErrorCode failure;

        String reason = "";
        boolean queued;

        TimelineEntry.State state() {
            if (failure != null) {
                return TimelineEntry.State.FAILED;
            }
            return queued ? TimelineEntry.State.QUEUED : TimelineEntry.State.PENDING;
        }

        Echo(MessageBody body, Optional<Target> replyTo) {
            this.body = body;
            this.replyTo = replyTo;
        }
    }

    /** How far a member is. */
    private static final class Mark {
        long delivered;
        long read;
    }

    private final ChatClient client;
    private final RoomId id;
    private final Listener listener;
    private final AtomicBoolean isToldSoon = new AtomicBoolean();
    private final Object lock = new Object();

    // Guarded by lock.
    private final TreeMap<Long, Message> messages = new TreeMap<>();
    private final Map<ClientId, Echo> echoes = new LinkedHashMap<>();
    private final Map<UserId, Mark> marks = new HashMap<>();
    private final Set<UserId> typing = new HashSet<>();
    private final Deque<RoomEvent> changes = new ArrayDeque<>();
    private int pages;

    /** Whose bodies were taken away while a page is under way. */
    private final Set<Long> takenAway = new HashSet<>();

    /** Whether more happened while a page is under way than is kept. */
    private boolean isOverflown;

    /** Nothing up to this seq is shown any more. */
    private long trimmed;

    /** How often the timeline has begun anew. */
    private int beginnings;

    /** Whether {@link #marks} are known: in a large room nobody is told. */
    private boolean isSmall;

    /** All messages from this seq on are here, or will be. */
    private long since = Long.MAX_VALUE;

    private RoomSettings settings = RoomSettings.NONE;
    private Optional<Membership> membership = Optional.empty();
    private boolean removed;
    private @Nullable Room room;

    private Timeline(ChatClient client, RoomId id, Listener listener) {
        this.client = client;
        this.id = id;
        this.listener = listener;
    }

    /**
     * Joins a room and shows it.
     *
     * @param tail how many of the room's last events to begin with, 0 to 100
     */
    public static Timeline join(ChatClient client, RoomId room, int tail, Listener listener) {
        Timeline timeline = new Timeline(client, room, listener);
        synchronized (timeline.lock) { // what comes at once waits until it is known to which room
            timeline.room = client.join(room, tail, timeline);
        }
        return timeline;
    }

    /** Returns the room. */
    public Room room() {
        synchronized (lock) {
            if (room == null) {
                throw new IllegalStateException("the room isn't joined");
            }
            return room;
        }
    }

    // What it looks like.

    /**
     * Returns the messages, the oldest first; those on their way come last. A copy of up to {@value #MAX_MESSAGES}, made anew with
     * each call.
     */
    public List<TimelineEntry> entries() {
        synchronized (lock) {
            List<TimelineEntry> entries = new ArrayList<>(messages.size() + echoes.size());
            for (Message message : messages.values()) {
                entries.add(TimelineEntry.of(message, state(message)));
            }
            echoes.forEach((clientId, echo) -> entries.add(TimelineEntry.echo(
                    clientId, client.user(), echo.body, echo.state(), Optional.ofNullable(echo.failure), echo.reason)));
            return entries;
        }
    }

    /** Guarded by lock. */
    private TimelineEntry.State state(Message message) {
        if (!client.user().filter(message.sender()::equals).isPresent()) {
            return TimelineEntry.State.RECEIVED;
        }
        boolean delivered = !marks.isEmpty();
        boolean read = delivered;
        for (Mark mark : marks.values()) {
            delivered &= mark.delivered >= message.seq();
            read &= mark.read >= message.seq();
        }
        return read ? TimelineEntry.State.READ : delivered ? TimelineEntry.State.DELIVERED : TimelineEntry.State.SENT;
    }

    /** Returns this user, for what only happens to a client that is or was online. */
    private UserId me() {
        return client.user().orElseThrow(() -> new IllegalStateException("the client hasn't been online yet"));
    }

    /** Returns the messages as the server has them, the oldest first. */
    public List<Message> messages() {
        synchronized (lock) {
            return new ArrayList<>(messages.values());
        }
    }

    /** Returns who is writing something. */
    public Set<UserId> typing() {
        synchronized (lock) {
            return new HashSet<>(typing);
        }
    }

    /** Returns how the room is set. */
    public RoomSettings settings() {
        synchronized (lock) {
            return settings;
        }
    }

    /** Returns how this user stands to the room; nothing if they don't belong to it. */
    public Optional<Membership> membership() {
        synchronized (lock) {
            return membership;
        }
    }

    /** Tells whether this user was taken out of the room, or may not come in again. */
    public boolean isRemoved() {
        synchronized (lock) {
            return removed;
        }
    }

    // What this user does.

    /**
     * Sends a message, which shows at once.
     *
     * @return as {@link Room#send(ClientId, MessageBody)} does; a message that fails stays here as {@link TimelineEntry.State#FAILED}
     */
    public CompletionStage<Sent> send(MessageBody body) {
        return send(client.newClientId(), new Echo(body, Optional.empty()));
    }

    /** Sends a reply, which shows at once. See {@link #send(MessageBody)}. */
    public CompletionStage<Sent> reply(Target to, MessageBody body) {
        return send(client.newClientId(), new Echo(body, Optional.of(to)));
    }

    private CompletionStage<Sent> send(ClientId clientId, Echo echo) {
        synchronized (lock) {
            echoes.put(clientId, echo);
        }
        CompletionStage<Sent> sending = echo.replyTo.isPresent()
                ? room().reply(clientId, echo.replyTo.get(), echo.body)
                : room().send(clientId, echo.body);
        whenDone(sending, (sent, failure) -> {
            if (failure != null) {
                failed(clientId, failure);
            }
            return failure != null;
        });
        tell();
        return sending;
    }

    private void failed(ClientId clientId, Throwable failure) {
        synchronized (lock) {
            Echo echo = echoes.get(clientId);
            if (echo != null) {
                echo.failure =
                        failure instanceof RequestRefusedException refused ? refused.code() : ErrorCode.UNAVAILABLE;
                echo.reason = failure instanceof SendRefusedException refused ? refused.reason() : "";
            }
        }
    }

    /**
     * Has {@code change} made when a stage ends, and the listener called if that says so. Stages end on the listener executor, but
     * for one that fails at once: that is on the caller's thread.
     */
    private <T> CompletionStage<T> whenDone(
            CompletionStage<T> stage, BiPredicate<@Nullable T, @Nullable Throwable> change) {
        Thread caller = Thread.currentThread();
        AtomicBoolean isCalling = new AtomicBoolean(true);
        CompletionStage<T> after = stage.whenComplete((result, failure) -> {
            if (change.test(result, failure)) {
                if (isCalling.get() && Thread.currentThread() == caller) {
                    tell();
                } else {
                    listener.onTimeline(this);
                }
            }
        });
        isCalling.set(false);
        return after;
    }

    /** Has the listener called on its executor, soon. */
    private void tell() {
        if (isToldSoon.compareAndSet(false, true)) {
            client.engine().tell(() -> {
                isToldSoon.set(false);
                listener.onTimeline(this);
            });
        }
    }

    /** Sends a message that has failed once more, under a new client id. Does nothing if there is no such. */
    public void retry(ClientId failed) {
        Echo echo;
        synchronized (lock) {
            echo = echoes.get(failed);
            if (echo == null || echo.failure == null) {
                return;
            }
            echoes.remove(failed);
        }
        send(client.newClientId(), new Echo(echo.body, echo.replyTo));
    }

    /** Shows a message that has failed no more. Does nothing if there is no such. */
    public void discard(ClientId failed) {
        synchronized (lock) {
            Echo echo = echoes.get(failed);
            if (echo != null && echo.failure != null) {
                echoes.remove(failed);
            }
        }
        tell();
    }

    /** Says that this user has read all that is here. */
    public void markRead() {
        Cursor last;
        synchronized (lock) {
            if (messages.isEmpty()) {
                return;
            }
            last = messages.lastEntry().getValue().at();
        }
        room().markRead(last);
    }

    /**
     * Loads messages before the oldest that is here. They are kept beyond {@value #MAX_MESSAGES} too; each new message then takes the
     * oldest away.
     *
     * @param limit the most messages, 1 to 100
     * @return completes with whether there are still older ones; fails as {@link Room#latest} does
     */
    public CompletionStage<Boolean> loadOlder(int limit) {
        Cursor oldest;
        int beginning;
        synchronized (lock) {
            oldest =
                    messages.isEmpty() ? null : messages.firstEntry().getValue().at();
            pages++;
            beginning = beginnings;
        }
        CompletionStage<Page> page;
        try {
            page = oldest == null ? room().latest(limit) : room().before(oldest, limit);
        } catch (RuntimeException mistake) {
            synchronized (lock) {
                pageIsOver();
            }
            throw mistake;
        }
        return whenDone(page, (loaded, failure) -> {
                    synchronized (lock) {
                        // What is older than the timeline's beginning, or than changes that weren't kept, isn't true
                        // any more.
                        if (loaded != null && beginning == beginnings && !isOverflown) {
                            loaded.messages().forEach(this::take);
                        }
                        pageIsOver();
                    }
                    return true;
                })
                .thenApply(Page::hasMore);
    }

    /** Guarded by lock. */
    private void pageIsOver() {
        pages--;
        if (pages == 0) {
            changes.clear();
            takenAway.clear();
            isOverflown = false;
        }
    }

    /** Takes a message of a page, with the changes that came while it was under way. Guarded by lock. */
    private void take(Message message) {
        arrived(message);
        if (message.seq() <= trimmed) {
            return;
        }
        Message now = takenAway.contains(message.seq()) ? message.withoutBody() : message;
        for (RoomEvent change : changes) {
            now = now.after(change, me());
        }
        Message known = messages.get(now.seq());
        if (known == null || known.rev() < now.rev()) {
            messages.put(now.seq(), now);
        }
        since = Math.min(since, now.seq());
    }

    // What happens.

    /** What has arrived isn't on its way any more. Guarded by lock. */
    private void arrived(Message message) {
        if (message.sender().equals(me())) {
            echoes.remove(message.clientId());
        }
    }

    @Override
    public void onJoined(Cursor at) {
        synchronized (lock) {
            since = Math.min(since, at.seq() + 1);
        }
    }

    @Override
    public void onMessage(Message message) {
        synchronized (lock) {
            arrived(message);
            typing.remove(message.sender());
            messages.put(message.seq(), message);
            if (messages.size() > MAX_MESSAGES) {
                messages.pollFirstEntry();
                since = messages.firstKey();
            }
            if (message.details().replyTo() > 0 && message.rev() == message.seq()) {
                change(new RoomEvent(
                        message.room(),
                        message.at(),
                        EventKind.MESSAGE,
                        message.sender(),
                        message.clientId(),
                        message.timestamp(),
                        message.body(),
                        message.details().replyTo()));
            }
        }
        listener.onTimeline(this);
    }

    /** Guarded by lock. */
    private void change(RoomEvent event) {
        messages.computeIfPresent(event.target(), (seq, message) -> message.after(event, me()));
        if (pages > 0) {
            isOverflown |= changes.size() >= MAX_CHANGES;
            if (!isOverflown) {
                changes.add(event);
            }
        }
    }

    @Override
    public void onChange(RoomEvent event) {
        synchronized (lock) {
            if (event.kind().changesAccess()) {
                changeRoom(RoomChange.of(event), event.seq());
            } else {
                if (event.kind() == EventKind.MESSAGE && event.seq() >= since) {
                    arrived(Message.of(event));
                    messages.put(event.seq(), Message.of(event));
                }
                change(event);
            }
        }
        listener.onTimeline(this);
    }

    /** Guarded by lock. */
    private void changeRoom(RoomChange change, long seq) {
        if (change instanceof RoomChange.Settings changed) {
            settings = settings.after(changed);
        } else if (change instanceof RoomChange.Created created) {
            settings = created.settings();
        } else if (change instanceof RoomChange.Member member) {
            if (member.user().equals(me())) {
                Membership before = membership.orElseGet(() -> Membership.none(id, me()));
                membership = Optional.of(before.after(member, seq)).filter(Membership::isIn);
            } else if (member.isIn()) {
                if (isSmall && marks.size() < MAX_MARKS && !marks.containsKey(member.user())) {
                    Mark mark = new Mark(); // what was there before they came counts as read
                    mark.delivered = seq;
                    mark.read = seq;
                    marks.put(member.user(), mark);
                }
            } else {
                marks.remove(member.user());
                typing.remove(member.user());
            }
        }
    }

    @Override
    public void onMessageChanged(Message message) {
        synchronized (lock) {
            arrived(message);
            Message known = messages.get(message.seq());
            // It may be one that never came: it was gone by then, or was changed while a gap was filled that was broken
            // off.
            if (message.seq() >= since && (known == null || known.rev() < message.rev())) {
                messages.put(message.seq(), message);
            }
        }
        listener.onTimeline(this);
    }

    @Override
    public void onErased(List<Long> seqs) {
        synchronized (lock) {
            for (long seq : seqs) {
                messages.computeIfPresent(seq, (same, message) -> message.withoutBody());
            }
            if (pages > 0) {
                isOverflown |= takenAway.size() + seqs.size() > MAX_CHANGES;
                if (!isOverflown) {
                    takenAway.addAll(seqs);
                }
            }
        }
        listener.onTimeline(this);
    }

    @Override
    public void onTrimmed(long upto) {
        synchronized (lock) {
            messages.headMap(upto, true).clear();
            trimmed = Math.max(trimmed, upto);
        }
        listener.onTimeline(this);
    }

    /** {@inheritDoc} What is here would have a hole: it begins anew with the newest. */
    @Override
    public void onSkipped(Cursor after, Cursor upto) {
        synchronized (lock) {
            messages.clear();
            beginnings++;
            since = upto.seq() + 1;
        }
        loadOlder(50);
    }

    @Override
    public void onQueued(ClientId clientId) {
        synchronized (lock) {
            Echo echo = echoes.get(clientId);
            if (echo != null) {
                echo.queued = true;
            }
        }
        listener.onTimeline(this);
    }

    @Override
    public void onReset(Cursor base) {
        synchronized (lock) {
            messages.clear();
            beginnings++;
            trimmed = 0;
            since = base.seq() + 1;
        }
        listener.onTimeline(this);
    }

    @Override
    public void onSettings(RoomSettings newSettings, Optional<Membership> newMembership) {
        synchronized (lock) {
            settings = newSettings;
            membership = newMembership;
        }
        if (newMembership.isPresent()) {
            askForMarks();
        }
        listener.onTimeline(this);
    }

    /** In a small room, how far each member is; in a large one nobody is told. */
    private void askForMarks() {
        client.members(id, Optional.empty(), MAX_MARKS).thenAccept(members -> {
            synchronized (lock) {
                marks.clear();
                isSmall = members.size() < MAX_MARKS;
                if (members.size() < MAX_MARKS) {
                    for (Membership member : members) {
                        if (!member.user().equals(me())) {
                            Mark mark = new Mark();
                            mark.delivered = member.delivered();
                            mark.read = member.read();
                            marks.put(member.user(), mark);
                        }
                    }
                }
            }
            listener.onTimeline(this);
        });
    }

    @Override
    public void onMark(UserId user, long delivered, long read) {
        synchronized (lock) {
            Mark mark = marks.get(user);
            if (mark != null) {
                mark.delivered = Math.max(mark.delivered, delivered);
                mark.read = Math.max(mark.read, read);
            } else if (user.equals(me())) {
                membership = membership.map(own -> own.marked(delivered, read, Long.MAX_VALUE));
            }
        }
        listener.onTimeline(this);
    }

    @Override
    public void onTyping(UserId user, boolean on) {
        synchronized (lock) {
            if (on) {
                typing.add(user);
            } else {
                typing.remove(user);
            }
        }
        listener.onTimeline(this);
    }

    @Override
    public void onRefused(ErrorCode code) {
        onRemoved();
    }

    @Override
    public void onRemoved() {
        synchronized (lock) {
            removed = true;
            membership = Optional.empty();
        }
        listener.onTimeline(this);
    }
}
