package io.natterjack.store.redis;

import io.natterjack.core.Cursor;
import io.natterjack.core.Message;
import io.natterjack.core.RoomId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Messages of a room as they were at one moment.
 *
 * @param trimmed up to where the room is trimmed
 * @param restBelow the next seq to be looked at, going down; of what changed, the rev up to which all is here; 0 for none
 * @param restAbove the next, going up
 * @param below newest first; of what changed, lowest rev first
 * @param above oldest first
 */
record MessagePage(
        Cursor head, long trimmed, long restBelow, long restAbove, List<Message> below, List<Message> above) {
    static MessagePage of(RoomId room, Reply reply) {
        return new MessagePage(
                new Cursor(reply.epoch(), reply.number(0)),
                reply.number(1),
                reply.number(2),
                reply.number(3),
                messages(room, reply, 4),
                messages(room, reply, 5));
    }

    private static List<Message> messages(RoomId room, Reply reply, int result) {
        List<Message> messages = new ArrayList<>();
        List<String> parts = reply.list(result);
        for (int i = 0; i < parts.size(); i += 3) {
            messages.add(Entries.message(
                    room, new Cursor(reply.epoch(), Long.parseLong(parts.get(i))), parts.get(i + 1), parts.get(i + 2)));
        }
        return messages;
    }

    /** Returns the rev up to which all changes are here, of a page that asked for {@code most} of both. */
    long completeUpTo(int most) {
        // The last group of those that one event changed may be cut.
        long changed = restBelow > 0
                ? restBelow
                : below.size() < most ? Long.MAX_VALUE : below.get(most - 1).rev() - 1;
        long came = restAbove > 0
                ? restAbove - 1
                : above.size() < most ? Long.MAX_VALUE : above.get(most - 1).seq();
        return Math.min(changed, came);
    }

    /** Returns what changed and what came, as far as that is complete, by rev. */
    List<Message> changes(int most) {
        long upto = completeUpTo(most);
        List<Message> changes = new ArrayList<>(below);
        // One that changed is among the others.
        above.stream().filter(message -> message.rev() == message.seq()).forEach(changes::add);
        changes.removeIf(message -> message.rev() > upto);
        changes.sort(Comparator.comparingLong(Message::rev).thenComparingLong(Message::seq));
        return changes;
    }
}
