package io.natterjack.store.redis;

import io.natterjack.core.Membership;
import io.natterjack.core.Message;
import io.natterjack.core.RoomId;
import io.natterjack.core.RoomSettings;
import io.natterjack.core.UserId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What Redis has of a room that drafts for it depend on, at one moment; a plan makes it what it will be after them.
 *
 * <p><b>Threads.</b> One.
 */
final class RoomFacts {
    /** Of the room's own fields, see {@link Keys#room}. */
    record Own(String seq, String version, long lastTime, long accessRev, boolean held, long trimmed, String settings) {
        static final List<String> FIELDS = List.of("s", "v", "t", "a", "h", "x", "n");

        static Own of(List<String> values) {
            return new Own(
                    values.get(0),
                    values.get(1),
                    Reply.number(values.get(2)),
                    Reply.number(values.get(3)),
                    values.get(4).equals("1"),
                    Reply.number(values.get(5)),
                    values.get(6));
        }
    }

    final RoomId room;
    final long epoch;
    final long now;
    final Own own;
    final List<String> listeners;
    final String listenersVersion;

    /** First results by {@link Entries#sent}. */
    final Map<String, String> sent = new HashMap<>();

    /** By field of {@link Keys#cancelled}. */
    final Map<String, String> cancelled = new HashMap<>();

    /** As Redis has them, those that may change; empty for who isn't known to the room. */
    final Map<UserId, String> members = new HashMap<>();

    /** Those that the drafts are about, and those that they bring. */
    final Map<Long, Message> messages = new HashMap<>();

    /** Of those that may change, by {@link Entries#reaction}. */
    final Set<String> reactions = new HashSet<>();

    /** How many messages are pinned. */
    long pins;

    RoomFacts(RoomId room, long epoch, long now, Own own, List<String> listeners, String listenersVersion) {
        this.room = room;
        this.epoch = epoch;
        this.now = now;
        this.own = own;
        this.listeners = listeners;
        this.listenersVersion = listenersVersion;
    }

    static RoomSettings settings(String json) {
        return json.isEmpty() ? RoomSettings.NONE : RoomSettings.json(json);
    }

    Optional<Membership> member(UserId user) {
        String text = members.getOrDefault(user, "");
        return text.isEmpty() ? Optional.empty() : Optional.of(Entries.membership(room, user, text));
    }
}
