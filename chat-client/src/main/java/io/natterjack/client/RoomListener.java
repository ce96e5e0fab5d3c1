package io.natterjack.client;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.Membership;
import io.natterjack.core.Message;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomSettings;
import io.natterjack.core.UserId;
import java.util.List;
import java.util.Optional;

/**
 * Hears what happens in one room.
 *
 * <p><b>Order.</b> From the cursor that the room was joined with, each message comes once, in the order of seqs and without
 * a hole, whether it was live, missed while offline or fetched later. Where so much was missed that it is fetched by pages, messages come in
 * the order in which they were changed last. Where something can't be had, {@link #onSkipped} or {@link #onReset} says so in its place.
 *
 * <p><b>Threads.</b> Called on the client's listener executor, one call at a time. What a method throws is logged; the
 * event counts as delivered. A listener that falls behind makes the client stop reading from the server until it has caught
 * up; it should hand lengthy work on.
 */
@FunctionalInterface
public interface RoomListener {
    /** The room's next message, those of this client's user among them. */
    void onMessage(Message message);

    /**
     * The server brings the room's events from now on. Called after each (re)connection too.
     *
     * @param at the place from which on messages come: where the listener is, or for a room joined without a cursor, where
     *     the server begins
     */
    default void onJoined(Cursor at) {}

    /**
     * More was missed than the client fetches by itself: the messages above {@code after} up to and including {@code upto}
     * don't come. {@link Room#after} and {@link Room#before} bring them as pages.
     */
    default void onSkipped(Cursor after, Cursor upto) {}

    /**
     * The room's past isn't what this client was told before: a backup was restored, or a store in memory began anew. What
     * lies above {@code base} is gone and its seqs are given anew in the epoch of {@code base}; it is to be dropped. The
     * messages that follow continue from {@code base}.
     */
    default void onReset(Cursor base) {}

    /**
     * What this client sent under {@code clientId} waits where it is safe, for a store that is busy or away. The answer to the sending
     * comes later, and may still be a refusal.
     */
    default void onQueued(ClientId clientId) {}

    /**
     * The bodies of these messages were taken away for good: drop what you keep of them. The messages keep their places. Some may be
     * ones that this listener never saw.
     *
     * @param seqs not empty
     */
    default void onErased(List<Long> seqs) {}

    /**
     * The room shows nothing up to and including {@code upto}, or nothing any more: drop what you keep of it. May say the same again
     * after a reconnection.
     */
    default void onTrimmed(long upto) {}

    /**
     * Something happened that isn't a new message: an edit, a revocation, a reaction, a pin, a coming or going, another setting. {@link
     * Message#after} applies what is about a message to it, and {@link io.natterjack.core.RoomChange#of} says what it is. Comes in the same
     * order as messages do. A message that has lost its body since is one
     * too, of kind {@code MESSAGE}: a place where there was something.
     */
    default void onChange(RoomEvent event) {}

    /**
     * A message that this listener may have seen before stands like this now: it was changed while the client was away, for too long to
     * hear of each change.
     */
    default void onMessageChanged(Message message) {}

    /**
     * The room is set like this, and this user stands like that to it. Called with {@link #onJoined}; later changes come by {@link #onChange}.
     *
     * @param settings {@link RoomSettings#NONE} if nobody created the room
     * @param membership nothing if the user doesn't belong to it
     */
    default void onSettings(RoomSettings settings, Optional<Membership> membership) {}

    /**
     * A member, perhaps this user on another device, has everything up to {@code delivered} and has read up to {@code read}; 0 for no news.
     * May be left out.
     */
    default void onMark(UserId user, long delivered, long read) {}

    /** Another member is writing something, or is no more; that they have stopped is said after six seconds of silence too. */
    default void onTyping(UserId user, boolean on) {}

    /** This user may no longer hear what happens here: removed, banned, or the room isn't open any more. It is over as if it had been left. */
    default void onRemoved() {}

    /** The server doesn't let this user into the room, for good. The room is over as if it had been left. */
    default void onRefused(ErrorCode code) {}
}
