package io.natterjack.server.session;

import io.natterjack.core.CloseReason;
import io.natterjack.core.lane.Budget;
import io.natterjack.core.lane.Lane;
import io.natterjack.core.spi.Connection;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * What a client has sent and its session hasn't looked at yet. Bounded by count and characters: beyond that the connection
 * isn't read, which the client feels as TCP's back-pressure; one read buffer may come on top. As long as it isn't known who that is,
 * little is taken.
 *
 * <p>What all clients together have sent is bounded too ({@link Budget}). Beyond that those who aren't let in are cut, and of the others
 * each is read again when its session has looked at all that it sent.
 *
 * <p><b>Threads.</b> {@link #received}: the transport's. All else: the session's lane.
 */
final class Inbox {
    private static final int MAX_FRAMES = 64;
    private static final int MAX_CHARACTERS = 256 << 10;
    private static final int TURN = 16;

    /** Enough for a hello and what a client says right behind it; a larger hello stops the reading until it was looked at. */
    private static final int MAX_FRAMES_OF_A_STRANGER = 8;

    private static final int MAX_CHARACTERS_OF_A_STRANGER = 16 << 10;

    /** Try again later. */
    private static final CloseReason TOO_MUCH = CloseReason.of(1013);

    private final Connection connection;
    private final Lane lane;
    private final Budget total;
    private final Consumer<String> reader;
    private final AtomicBoolean paused = new AtomicBoolean();
    private final Object lock = new Object();

    // Guarded by lock.
    private final Queue<String> frames = new ArrayDeque<>();
    private int characters;
    private boolean scheduled;
    private boolean isLetIn;
    private boolean closed;

    // Lane only.
    private boolean held;

    Inbox(Connection connection, Lane lane, Budget total, Consumer<String> reader) {
        this.connection = connection;
        this.lane = lane;
        this.total = total;
        this.reader = reader;
    }

    /** Returns about what a frame takes as it waits: most have characters of one byte, but they may have two. */
    private static long cost(String text) {
        return 64 + 2L * text.length();
    }

    void received(String text) {
        boolean taken;
        boolean full = false;
        boolean schedule = false;
        synchronized (lock) {
            if (closed) {
                return;
            }
            taken = isLetIn || total.hasRoomFor(cost(text));
            if (taken) {
                total.add(cost(text));
                frames.add(text);
                characters += text.length();
                full = isFull() || total.isUsedUp();
                schedule = !scheduled;
                scheduled = true;
            }
        }
        if (!taken) {
            connection.close(TOO_MUCH);
        }
        if (full) {
            // In this order: who sees that it is paused may set it going again.
            connection.setReading(false);
            paused.set(true);
            lane.execute(this::resumeIfDrained);
        }
        if (schedule) {
            lane.execute(this::read);
        }
    }

    /** Keeps what comes until {@link #release}. */
    void hold() {
        held = true;
    }

    /** Its client is let in: reads what was kept, and takes more from now on. */
    void release() {
        synchronized (lock) {
            isLetIn = true;
        }
        held = false;
        read();
    }

    /** Forgets what nobody has looked at, and whatever else comes. */
    void close() {
        synchronized (lock) {
            closed = true;
            frames.forEach(text -> total.give(cost(text)));
            frames.clear();
            characters = 0;
        }
    }

    private void read() {
        for (int i = 0; i < TURN && !held; i++) {
            String text;
            synchronized (lock) {
                text = frames.poll();
                if (text == null) {
                    scheduled = false;
                    break;
                }
                characters -= text.length();
                total.give(cost(text));
            }
            reader.accept(text);
            if (i == TURN - 1) {
                lane.execute(this::read);
            }
        }
        resumeIfDrained();
    }

    private void resumeIfDrained() {
        boolean drained;
        synchronized (lock) {
            drained = frames.isEmpty()
                    || frames.size() <= maxFrames() / 2 && characters <= maxCharacters() / 2 && !total.isUsedUp();
        }
        if (drained && paused.compareAndSet(true, false)) {
            connection.setReading(true);
        }
    }

    private boolean isFull() {
        return frames.size() >= maxFrames() || characters >= maxCharacters();
    }

    private int maxFrames() {
        return isLetIn ? MAX_FRAMES : MAX_FRAMES_OF_A_STRANGER;
    }

    private int maxCharacters() {
        return isLetIn ? MAX_CHARACTERS : MAX_CHARACTERS_OF_A_STRANGER;
    }
}
