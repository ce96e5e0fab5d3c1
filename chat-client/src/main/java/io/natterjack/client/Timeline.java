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
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
public final class Timeline {
    /** The most messages that are kept. */
    public static final int MAX_MESSAGES = 1_000;

    /** Hears that something is otherwise than before. */
    @FunctionalInterface
    public interface Listener {
        /**
         * Something in {@code timeline} has changed. Called on the client's listener executor, once for several changes if they come
         * quickly.
         */
        void onTimeline(Timeline timeline);
    }

    private final ChatClient client;
    private final RoomId id;
    private final Listener listener;
    private final AtomicBoolean isToldSoon = new AtomicBoolean();
    private final Object lock = new Object();

    // Guarded by lock.
    private final ShownMessages messages = new ShownMessages(MAX_MESSAGES, this::me);
    private final Echoes echoes = new Echoes();
    private final MemberMarks marks = new MemberMarks();
    private final Set<UserId> typing = new HashSet<>();
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
            timeline.room = client.join(room, tail, timeline.new Events());
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
            dropPassed(cursor());
            List<TimelineEntry> entries = new ArrayList<>();
            for (Message message : messages.all()) {
                entries.add(TimelineEntry.of(message, state(message)));
            }
            entries.addAll(echoes.entries(client.user()));
            return entries;
        }
    }

    /** Guarded by lock. */
    private TimelineEntry.State state(Message message) {
        boolean isOwn = client.user().filter(message.sender()::equals).isPresent();
        return isOwn ? marks.stateOf(message.seq()) : TimelineEntry.State.RECEIVED;
    }

    /** Returns this user, for what only happens to a client that is or was online. */
    private UserId me() {
        return client.user().orElseThrow(() -> new IllegalStateException("the client hasn't been online yet"));
    }

    /** Returns the messages as the server has them, the oldest first. */
    public List<Message> messages() {
        synchronized (lock) {
            return messages.all();
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
        return send(client.newClientId(), new Echoes.Echo(body, Optional.empty()));
    }

    /** Sends a reply, which shows at once. See {@link #send(MessageBody)}. */
    public CompletionStage<Sent> reply(Target to, MessageBody body) {
        return send(client.newClientId(), new Echoes.Echo(body, Optional.of(to)));
    }

    private CompletionStage<Sent> send(ClientId clientId, Echoes.Echo echo) {
        synchronized (lock) {
            echoes.add(clientId, echo);
        }
        CompletionStage<Sent> sending = echo.replyTo.isPresent()
                ? room().reply(clientId, echo.replyTo.get(), echo.body)
                : room().send(clientId, echo.body);
        whenDone(sending, (sent, failure) -> {
            synchronized (lock) {
                if (sent != null) {
                    echoes.sent(clientId, sent.at());
                    return dropPassed(cursor());
                }
                if (failure != null) {
                    echoes.failed(clientId, failure);
                }
                return failure != null;
            }
        });
        tell();
        return sending;
    }

    /** Drops what was sent and won't be shown by a room that is at that place. Guarded by lock. */
    private boolean dropPassed(Optional<Cursor> reached) {
        return echoes.dropPassed(reached, messages.trimmed());
    }

    /** Returns how far the listener has got. Guarded by lock. */
    private Optional<Cursor> cursor() {
        return room == null ? Optional.empty() : room.cursor();
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
        Optional<Echoes.Echo> echo;
        synchronized (lock) {
            echo = echoes.takeFailed(failed);
        }
        echo.ifPresent(again -> send(client.newClientId(), new Echoes.Echo(again.body, again.replyTo)));
    }

    /** Shows a message that has failed no more. Does nothing if there is no such. */
    public void discard(ClientId failed) {
        synchronized (lock) {
            echoes.takeFailed(failed);
        }
        tell();
    }

    /** Says that this user has read all that is here. */
    public void markRead() {
        Optional<Cursor> last;
        synchronized (lock) {
            last = messages.newest();
        }
        last.ifPresent(at -> room().markRead(at));
    }

    /**
     * Loads messages before the oldest that is here. They are kept beyond {@value #MAX_MESSAGES} too; each new message then takes the
     * oldest away.
     *
     * @param limit the most messages, 1 to 100
     * @return completes with whether there are still older ones; fails as {@link Room#latest} does
     */
    public CompletionStage<Boolean> loadOlder(int limit) {
        Optional<Cursor> oldest;
        int beginning;
        synchronized (lock) {
            oldest = messages.oldest();
            beginning = messages.beginPage();
        }
        CompletionStage<Page> page;
        try {
            page = oldest.isPresent() ? room().before(oldest.get(), limit) : room().latest(limit);
        } catch (RuntimeException mistake) {
            synchronized (lock) {
                messages.endPage();
            }
            throw mistake;
        }
        return whenDone(page, (loaded, failure) -> {
                    synchronized (lock) {
                        if (loaded != null && messages.isStillTrue(beginning)) {
                            for (Message message : loaded.messages()) {
                                arrived(message);
                                messages.take(message);
                            }
                        }
                        messages.endPage();
                    }
                    return true;
                })
                .thenApply(Page::hasMore);
    }

    /** What has arrived isn't on its way any more. Guarded by lock. */
    private void arrived(Message message) {
        if (message.sender().equals(me())) {
            echoes.arrived(message.clientId());
        }
    }

    /** Takes what the room's listener hears. Listener executor only. */
    private final class Events implements RoomListener {
        @Override
        public void onJoined(Cursor at) {
            synchronized (lock) {
                messages.joined(at);
            }
        }

        @Override
        public void onMessage(Message message) {
            synchronized (lock) {
                arrived(message);
                typing.remove(message.sender());
                messages.add(message);
            }
            listener.onTimeline(Timeline.this);
        }

        @Override
        public void onChange(RoomEvent event) {
            synchronized (lock) {
                if (event.kind().changesAccess()) {
                    changeRoom(RoomChange.of(event), event.seq());
                } else {
                    if (event.kind() == EventKind.MESSAGE && messages.reachesTo(event.seq())) {
                        arrived(Message.of(event));
                    }
                    messages.change(event);
                }
            }
            listener.onTimeline(Timeline.this);
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
                    marks.came(member.user(), seq);
                } else {
                    marks.left(member.user());
                    typing.remove(member.user());
                }
            }
        }

        @Override
        public void onMessageChanged(Message message) {
            synchronized (lock) {
                arrived(message);
                messages.update(message);
            }
            listener.onTimeline(Timeline.this);
        }

        @Override
        public void onErased(List<Long> seqs) {
            synchronized (lock) {
                messages.erase(seqs);
            }
            listener.onTimeline(Timeline.this);
        }

        @Override
        public void onTrimmed(long upto) {
            synchronized (lock) {
                messages.trim(upto);
                dropPassed(cursor());
            }
            listener.onTimeline(Timeline.this);
        }

        /** {@inheritDoc} What is here would have a hole: it begins anew with the newest. */
        @Override
        public void onSkipped(Cursor after, Cursor upto) {
            synchronized (lock) {
                messages.skip(upto);
                dropPassed(Optional.of(upto));
            }
            loadOlder(50);
        }

        @Override
        public void onQueued(ClientId clientId) {
            synchronized (lock) {
                echoes.queued(clientId);
            }
            listener.onTimeline(Timeline.this);
        }

        @Override
        public void onReset(Cursor base) {
            synchronized (lock) {
                messages.reset(base);
                dropPassed(Optional.of(base));
            }
            listener.onTimeline(Timeline.this);
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
            listener.onTimeline(Timeline.this);
        }

        /** In a small room, how far each member is; in a large one nobody is told. */
        private void askForMarks() {
            client.membersPage(id, MemberMarks.MAX).thenAccept(page -> {
                synchronized (lock) {
                    marks.reset(page.members(), !page.isMore(), me());
                }
                listener.onTimeline(Timeline.this);
            });
        }

        @Override
        public void onMark(UserId user, long delivered, long read) {
            synchronized (lock) {
                if (!marks.marked(user, delivered, read) && user.equals(me())) {
                    membership = membership.map(own -> own.marked(delivered, read, Long.MAX_VALUE));
                }
            }
            listener.onTimeline(Timeline.this);
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
            listener.onTimeline(Timeline.this);
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
            listener.onTimeline(Timeline.this);
        }
    }
}
