package io.natterjack.client;

import io.natterjack.core.ClientId;
import io.natterjack.core.MessageBody;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomId;
import io.natterjack.core.Target;
import io.natterjack.core.wire.ClientFrame;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A message, or a change, on its way to a room. */
final class Outgoing {
    final RoomId room;
    final ClientId clientId;
    final MessageBody body;
    private final Optional<Target> replyTo;
    private final @Nullable RoomChange change;

    private Outgoing(
            RoomId room, ClientId clientId, MessageBody body, Optional<Target> replyTo, @Nullable RoomChange change) {
        this.room = room;
        this.clientId = clientId;
        this.body = body;
        this.replyTo = replyTo;
        this.change = change;
    }

    static Outgoing message(RoomId room, ClientId clientId, MessageBody body, Optional<Target> replyTo) {
        return new Outgoing(room, clientId, body, replyTo, null);
    }

    /**
     * Makes a change on its way.
     *
     * @throws IllegalArgumentException if it is one that only the server makes
     */
    static Outgoing change(RoomId room, ClientId clientId, RoomChange change) {
        Outgoing made = new Outgoing(room, clientId, change.body(), Optional.empty(), change);
        made.frame(0, false); // a mistake is told to who makes it, not found on the lane
        return made;
    }

    /** Tells whether the room must be joined before it can go out. */
    boolean needsJoin() {
        return change == null;
    }

    /** Tells whether this is about the message that was sent under {@code other}. */
    boolean isAbout(ClientId other) {
        Optional<Target> target = change == null ? replyTo : change.target();
        return target.flatMap(Target::own).filter(other::equals).isPresent();
    }

    ClientFrame frame(int id, boolean resend) {
        return change == null
                ? new ClientFrame.Send(id, room, clientId, body, replyTo, resend)
                : new ClientFrame.Change(id, room, clientId, change, resend);
    }
}
