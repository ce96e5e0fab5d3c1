package io.natterjack.client;

import io.natterjack.core.Cursor;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.Message;
import io.natterjack.core.RoomEvent;
import java.util.List;
import java.util.function.Consumer;

/**
 * The calls to one room's listener, and with them the cursor that the application sees: it moves when the listener has
 * returned, so that what an application keeps is never ahead of what it was given.
 *
 * <p><b>Threads.</b> The lane calls; the listener is called on the listener executor.
 */
final class RoomCalls {
    private static final int OVERHEAD_BYTES = 256;

    private final Room room;
    private final RoomListener listener;
    private final Deliveries deliveries;

    RoomCalls(Room room, RoomListener listener, Deliveries deliveries) {
        this.room = room;
        this.listener = listener;
        this.deliveries = deliveries;
    }

    void message(Message message, Cursor reached) {
        int size = OVERHEAD_BYTES + 2 * message.body().json().length();
        deliver(size, () -> listener.onMessage(message), reached);
    }

    void skipped(Cursor after, Cursor upto) {
        deliver(0, () -> listener.onSkipped(after, upto), upto);
    }

    void reset(Cursor base) {
        deliver(0, () -> listener.onReset(base), base);
    }

    void erased(List<Long> seqs, Cursor reached) {
        deliver(0, () -> listener.onErased(seqs), reached);
    }

    void trimmed(long upto, Cursor reached) {
        deliver(0, () -> listener.onTrimmed(upto), reached);
    }

    void change(RoomEvent event) {
        int size = OVERHEAD_BYTES + 2 * event.body().json().length();
        deliver(size, () -> listener.onChange(event), event.at());
    }

    void changed(Message message, Cursor reached) {
        int size = OVERHEAD_BYTES + 2 * message.body().json().length();
        deliver(size, () -> listener.onMessageChanged(message), reached);
    }

    /** What doesn't move the cursor. */
    void tell(Consumer<RoomListener> call) {
        deliveries.deliver(OVERHEAD_BYTES, () -> {
            if (!room.isLeft()) {
                call.accept(listener);
            }
        });
    }

    void removed() {
        deliveries.deliver(0, () -> {
            if (!room.isLeft()) {
                room.end();
                listener.onRemoved();
            }
        });
    }

    /** Something happened that has nothing to show. */
    void reached(Cursor at) {
        deliver(0, () -> {}, at);
    }

    void joined(Cursor at) {
        deliveries.deliver(0, () -> {
            if (!room.isLeft()) {
                listener.onJoined(at);
            }
        });
    }

    void refused(ErrorCode code) {
        deliveries.deliver(0, () -> {
            if (!room.isLeft()) {
                room.end();
                listener.onRefused(code);
            }
        });
    }

    private void deliver(int size, Runnable call, Cursor reached) {
        deliveries.deliver(size, () -> {
            if (!room.isLeft()) {
                try {
                    call.run();
                } finally {
                    room.delivered(reached);
                }
            }
        });
    }
}
