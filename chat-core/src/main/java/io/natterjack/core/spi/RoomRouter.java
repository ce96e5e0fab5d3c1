package io.natterjack.core.spi;

import io.natterjack.core.Cursor;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.StoreException;
import io.natterjack.core.Value;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Brings every room's committed events to whoever is attached to the room.
 *
 * <p><b>Delivery.</b> A sink that follows a room gets every event after its starting point once, in seq order, without a
 * hole, whoever committed it and however many publications were lost: what wasn't published is read from the store as
 * soon as a later event or {@link #changed} shows that it is there.
 *
 * <p><b>Threads.</b> Any thread may call any method, and none blocks. Stages complete on the router's lanes: what follows
 * them must hand the work on. They fail with {@link StoreException} if the store can't be read; the same call may be
 * repeated.
 *
 * <p>{@code RoomRouterContract} in chat-testkit tests what is promised here.
 */
public interface RoomRouter extends AutoCloseable {
    /**
     * Attaches {@code sink} to {@code room}, there or not yet. It gets nothing until it {@linkplain #follow follows}.
     *
     * @return the room's head; a sink that follows from it misses nothing
     */
    CompletionStage<Cursor> attach(RoomId room, RoomSink sink);

    /**
     * Delivers to an attached {@code sink} the next events after {@code seq}, a bounded part at a time: when there is more,
     * the caller goes on from where this left, as fast as its reader takes it. Live events aren't held back for a sink that
     * isn't live, so that a slow reader costs nothing. When nothing is left, the sink is live: it gets every later event by
     * itself. Not called for a sink that is live, nor while a call for the same sink is under way.
     *
     * @param seq the last one that the sink has, 0 to the room's head
     * @return where the sink is now; the events up to there were delivered before the stage completes
     */
    CompletionStage<Progress> follow(RoomId room, RoomSink sink, long seq);

    /** Takes {@code sink} out of {@code room}. When the stage completes it gets nothing more; also if it wasn't attached. */
    CompletionStage<Void> detach(RoomId room, RoomSink sink);

    /** Publishes what was committed here. Events of one room come in seq order and without a hole among them. */
    void committed(List<RoomEvent> events);

    /**
     * Has {@code observer} hear of what is committed, here or elsewhere, in every room that somebody here cares for: a hint, that may come
     * twice or never. It is called by any thread, and must not block or throw. Called before anything is committed.
     */
    default void observe(Consumer<List<RoomEvent>> observer) {}

    /** Tells that the room may have events that nobody published: the outcome of a commit isn't known. */
    void changed(RoomId room);

    /** Stops delivering. Closing twice does nothing. */
    @Override
    void close();

    /** How far a sink has come. */
    final class Progress extends Value {
        private final long seq;
        private final boolean live;

        /**
         * Makes progress.
         *
         * @param seq the last event delivered
         * @param live whether later ones come by themselves
         */
        public Progress(long seq, boolean live) {
            this.seq = seq;
            this.live = live;
        }

        public long seq() {
            return seq;
        }

        public boolean isLive() {
            return live;
        }

        @Override
        protected List<?> parts() {
            return List.of(seq, live);
        }
    }
}
