package io.natterjack.server.websocket;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What must have happened a fixed time after it was added. Since the time is the same for all, the first added is the first
 * due.
 *
 * <p><b>Threads.</b> One I/O thread only.
 */
final class Deadlines<T> {
    private final long nanos;
    private final Map<T, Long> dueAt = new LinkedHashMap<>();

    Deadlines(Duration time) {
        this.nanos = time.toNanos();
    }

    void add(T element, long now) {
        dueAt.put(element, now + nanos);
    }

    void remove(T element) {
        dueAt.remove(element);
    }

    /** Takes out what is due, and hands it to {@code action}, which may add and remove. */
    void expire(long now, Consumer<T> action) {
        while (!dueAt.isEmpty()) {
            Iterator<Map.Entry<T, Long>> entries = dueAt.entrySet().iterator();
            Map.Entry<T, Long> first = entries.next();
            if (first.getValue() - now > 0) {
                return;
            }
            T element = first.getKey();
            entries.remove();
            action.accept(element);
        }
    }

    /** Returns in how many nanoseconds the next is due, {@code most} at most and 0 at least. */
    long nanosToNext(long now, long most) {
        for (long due : dueAt.values()) {
            return Math.max(0, Math.min(most, due - now));
        }
        return most;
    }
}
