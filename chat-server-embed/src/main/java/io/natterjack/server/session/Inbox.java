package io.natterjack.server.session;

import io.natterjack.core.lane.Lane;
import io.natterjack.core.spi.Connection;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * What a client has sent and its session hasn't looked at yet. Bounded by count and characters: beyond that the connection
 * isn't read, which the client feels as TCP's back-pressure; one read buffer may come on top.
 *
 * <p><b>Threads.</b> {@link #received}: the transport's. All else: the session's lane.
 */
final class Inbox {
    private static final int MAX_FRAMES = 64;
    private static final int MAX_CHARACTERS = 256 << 10;
    private static final int TURN = 16;

    private final Connection connection;
    private final Lane lane;
    private final Consumer<String> reader;
    private final AtomicBoolean paused = new AtomicBoolean();
    private final Object lock = new Object();

    // Guarded by lock.
    private final Queue<String> frames = new ArrayDeque<>();
    private int characters;
    private boolean scheduled;

    // Lane only.
    private boolean held;

    Inbox(Connection connection, Lane lane, Consumer<String> reader) {
        this.connection = connection;
        this.lane = lane;
        this.reader = reader;
    }

    void received(String text) {
        boolean full;
        boolean schedule;
        synchronized (lock) {
            frames.add(text);
            characters += text.length();
            full = isFull();
            schedule = !scheduled;
            scheduled = true;
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

    void release() {
        held = false;
        read();
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
            drained = frames.size() <= MAX_FRAMES / 2 && characters <= MAX_CHARACTERS / 2;
        }
        if (drained && paused.compareAndSet(true, false)) {
            connection.setReading(true);
        }
    }

    private boolean isFull() {
        return frames.size() >= MAX_FRAMES || characters >= MAX_CHARACTERS;
    }
}
