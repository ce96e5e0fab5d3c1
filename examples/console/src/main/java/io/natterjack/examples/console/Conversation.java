package io.natterjack.examples.console;

import io.natterjack.client.ChatClient;
import io.natterjack.client.ClientClosedException;
import io.natterjack.client.ClientListener;
import io.natterjack.client.ClientState;
import io.natterjack.client.RequestRefusedException;
import io.natterjack.client.Room;
import io.natterjack.client.RoomListener;
import io.natterjack.client.Sent;
import io.natterjack.core.ChatException;
import io.natterjack.core.ClientId;
import io.natterjack.core.CloseReason;
import io.natterjack.core.Cursor;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.Message;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Page;
import io.natterjack.core.RoomId;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The chat client and the rooms that the user is in: what happens goes to the screen and to the log.
 *
 * <p><b>Threads.</b> One thread, that of the user's input, calls the methods; the client calls the listeners on its own.
 *
 * <p><b>Bounded.</b> {@value #MAX_PENDING} messages may wait for their acknowledgement; then {@link #send} waits.
 */
final class Conversation implements AutoCloseable {
    private static final int MAX_PENDING = 500;
    private static final long MAX_PENDING_BYTES = 64L << 20;

    private final Screen screen;
    private final FactLog log;
    private final int tail;
    private final ChatClient client;
    private final Semaphore free = new Semaphore(MAX_PENDING);
    private final Map<String, Room> rooms = new ConcurrentSkipListMap<>();
    private volatile @Nullable Room current;

    Conversation(Settings settings, Screen screen, FactLog log) {
        this.screen = screen;
        this.log = log;
        this.tail = settings.tail();
        ChatClient.Builder builder = ChatClient.builder(settings.url(), settings.tokens())
                .maxOutbox(MAX_PENDING, MAX_PENDING_BYTES)
                .listener(new States());
        settings.device().ifPresent(builder::device);
        screen.note("connecting to " + settings.url());
        client = builder.connect();
        settings.rooms().forEach(this::join);
    }

    /** Returns a stage that completes when the client has ended, whoever wanted it. */
    CompletionStage<CloseReason> closed() {
        return client.closed();
    }

    /** Joins a room, if that isn't done yet, and makes it the one that is spoken in. */
    void join(RoomId id) {
        Room room = rooms.get(id.value());
        if (room == null) {
            room = client.join(id, tail, new Listening(id));
            rooms.put(id.value(), room);
        }
        current = room;
    }

    /** Makes a room that was joined the one that is spoken in. */
    void switchTo(RoomId id) {
        Room room = rooms.get(id.value());
        if (room == null) {
            screen.note("you aren't in " + id + ": /join " + id);
        } else {
            current = room;
            screen.note("now in " + id);
        }
    }

    /** Leaves the current room. */
    void leave() {
        currentRoom().ifPresent(room -> {
            room.leave();
            rooms.remove(room.id().value());
            current = rooms.values().stream().findFirst().orElse(null);
            screen.note("left " + room.id()
                    + currentRoom().map(next -> ", now in " + next.id()).orElse(""));
        });
    }

    /** Shows the current room's last messages. */
    void history(int count) {
        currentRoom().ifPresent(room -> room.latest(count).whenComplete(this::show));
    }

    private void show(@Nullable Page page, @Nullable Throwable failure) {
        if (page == null) {
            screen.note("no history: " + failure);
        } else {
            page.messages().forEach(message -> screen.message(message, rooms.size() > 1));
            screen.note(page.messages().size() + " messages" + (page.hasMore() ? ", there are more" : ""));
        }
    }

    /** Sends a text to the current room. */
    void send(String text) throws InterruptedException {
        Optional<Room> room = currentRoom();
        if (room.isPresent()) {
            try {
                send(room.get(), MessageBody.text(text));
            } catch (IllegalArgumentException notSendable) {
                screen.note("not sent: " + notSendable.getMessage());
            }
        }
    }

    private void send(Room room, MessageBody body) throws InterruptedException {
        ClientId id = client.newClientId();
        free.acquire();
        log.sent(room.id(), id);
        room.send(id, body).whenComplete((sent, failure) -> {
            try {
                settled(room.id(), id, sent, failure);
            } finally {
                free.release();
            }
        });
    }

    private void settled(RoomId room, ClientId id, @Nullable Sent sent, @Nullable Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (sent != null) {
            log.ack(room, id, sent.at(), sent.isDuplicate());
            screen.note("kept as #" + sent.at().seq() + " of " + room);
        } else if (cause instanceof RequestRefusedException refused) {
            log.refused(room, id, refused.code().wireName());
            screen.note("not sent: " + refused.getMessage());
        } else if (cause instanceof ClientClosedException) {
            log.unknown(room, id);
        } else {
            log.refused(room, id, "not_sent");
            screen.note("not sent: " + cause);
        }
    }

    /**
     * Waits until the server has answered all that was sent.
     *
     * @return how many messages have no answer when the time is over
     */
    int drain(Duration timeout) throws InterruptedException {
        boolean drained = free.tryAcquire(MAX_PENDING, timeout.toMillis(), TimeUnit.MILLISECONDS);
        return drained ? 0 : MAX_PENDING - free.availablePermits();
    }

    @Override
    public void close() {
        client.close();
    }

    private Optional<Room> currentRoom() {
        Room room = current;
        if (room == null) {
            screen.note("you are in no room: /join ROOM");
        }
        return Optional.ofNullable(room);
    }

    /** How the client is doing. */
    private final class States implements ClientListener {
        private boolean online;

        @Override
        public void onState(ClientState state) {
            log.state(state);
            switch (state) {
                case ONLINE -> {
                    online = true;
                    screen.note(
                            "online" + client.user().map(user -> " as " + user).orElse(""));
                }
                case WAITING -> {
                    screen.note((online ? "connection lost" : "no connection") + ", trying again");
                    online = false;
                }
                default -> {}
            }
        }

        @Override
        public void onAlarm(ChatException alarm) {
            screen.note(String.valueOf(alarm.getMessage()));
        }
    }

    /** What happens in one room. */
    private final class Listening implements RoomListener {
        private final RoomId room;
        private boolean joined;

        Listening(RoomId room) {
            this.room = room;
        }

        @Override
        public void onMessage(Message message) {
            log.event(message);
            screen.message(message, rooms.size() > 1);
        }

        @Override
        public void onJoined(Cursor at) {
            log.joined(room, at);
            if (!joined) {
                screen.note("joined " + room);
            }
            joined = true;
        }

        @Override
        public void onSkipped(Cursor after, Cursor upto) {
            log.skipped(room, after, upto);
            screen.note("messages #" + (after.seq() + 1) + " to #" + upto.seq() + " of " + room
                    + " are left out: /history shows the last of them");
        }

        @Override
        public void onReset(Cursor base) {
            log.reset(room, base);
            screen.note("the server of " + room + " has forgotten what came after #" + base.seq());
        }

        @Override
        public void onRefused(ErrorCode code) {
            rooms.remove(room.value());
            screen.note("not let into " + room + ": " + code.wireName());
        }
    }
}
