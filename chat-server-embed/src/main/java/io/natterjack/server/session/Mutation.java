package io.natterjack.server.session;

import io.natterjack.core.ClientId;
import io.natterjack.core.Draft;
import io.natterjack.core.EventKind;
import io.natterjack.core.MessageBody;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomId;
import io.natterjack.core.RoomSettings;
import io.natterjack.core.Target;
import io.natterjack.core.Terms;
import io.natterjack.core.UserId;
import io.natterjack.core.wire.ClientFrame;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a client wants to change in a room: a message, or a change of one or of the room.
 *
 * @param id of the request, 0 for none
 * @param body of a message; of a change, that of its event
 * @param change nothing for a message
 */
record Mutation(
        int id,
        RoomId room,
        ClientId clientId,
        boolean resend,
        MessageBody body,
        Optional<Target> replyTo,
        @Nullable RoomChange change) {

    static Mutation of(ClientFrame.Send frame, RoomId room) {
        return new Mutation(frame.id(), room, frame.clientId(), frame.isResend(), frame.body(), frame.replyTo(), null);
    }

    static Mutation of(ClientFrame.Change frame, UserId user) {
        RoomChange change = frame.change();
        if (change instanceof RoomChange.Created created) {
            // Whoever makes a room owns it, and nobody else becomes a member without being asked.
            change = new RoomChange.Created(created.settings(), List.of(user));
        }
        return new Mutation(
                frame.id(), frame.room(), frame.clientId(), frame.isResend(), change.body(), Optional.empty(), change);
    }

    /** Returns the mutation that became the draft. */
    static Mutation of(Draft draft) {
        RoomChange change = draft.change().orElse(null);
        Optional<Target> replyTo = change == null ? draft.target() : Optional.empty();
        return new Mutation(0, draft.room(), draft.clientId(), true, draft.body(), replyTo, change);
    }

    EventKind kind() {
        return change == null ? EventKind.MESSAGE : change.kind();
    }

    Draft draft(UserId user, Terms terms) {
        if (change != null) {
            Draft draft = Draft.change(room, user, clientId, change);
            // What makes a room is checked by the store alone.
            return change instanceof RoomChange.Created ? draft : draft.under(terms);
        }
        return replyTo.isPresent()
                ? Draft.reply(room, user, clientId, body, replyTo.get()).under(terms)
                : new Draft(room, user, clientId, body, terms);
    }

    /** Tells whether the settings of a new room are those that a client may give one. */
    static boolean mayBeMade(RoomId room, RoomSettings settings) {
        return !room.isServersOwn() && settings.people().isEmpty();
    }
}
