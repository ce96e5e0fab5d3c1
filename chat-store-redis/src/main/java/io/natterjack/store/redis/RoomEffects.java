package io.natterjack.store.redis;

import io.natterjack.core.EventKind;
import io.natterjack.core.Membership;
import io.natterjack.core.Message;
import io.natterjack.core.Role;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.RoomSettings;
import io.natterjack.core.Standing;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.Fence;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Gathers what the events of a room write, to be written in one go if what they were decided upon is still so.
 *
 * <p><b>Threads.</b> One.
 */
final class RoomEffects {
    /** Nobody's own reactions. */
    private static final UserId NOBODY = new UserId("?");

    private final Keys keys;
    private final RoomFacts facts;
    private final RoomId room;
    private final Batch batch;
    private final List<String> log = new ArrayList<>();
    private final List<String> sent = new ArrayList<>();
    private final List<String> cancelled = new ArrayList<>();
    private final Map<String, String> own = new LinkedHashMap<>();
    private final Map<UserId, String> membersBefore;
    private final Set<Long> touched = new TreeSet<>();
    private RoomSettings settings;
    private long trimmed;

    RoomEffects(Keys keys, RoomFacts facts, @Nullable Fence fence) {
        this.keys = keys;
        this.facts = facts;
        this.room = facts.room;
        this.batch = new Batch(keys, Keys.partition(room)).under(fence).in(facts.epoch);
        this.membersBefore = Map.copyOf(facts.members);
        this.settings = RoomFacts.settings(facts.own.settings());
        this.trimmed = facts.own.trimmed();
    }

    /** Notes a field of what was revoked before it came. */
    void cancelled(String field, String value) {
        cancelled.add(field);
        cancelled.add(value);
        own.put("c", "1");
    }

    /** Notes an event, and what it does. */
    void happened(String name, String first, RoomEvent event, @Nullable RoomChange change) {
        sent.add(name);
        sent.add(first);
        own.put("s", String.valueOf(event.seq()));
        own.put("t", String.valueOf(event.timestamp()));
        if (event.kind() == EventKind.MESSAGE) {
            Message message = Message.of(event);
            facts.messages.put(event.seq(), message);
            touched.add(event.seq());
            mention(message);
            if (event.target() > 0) {
                batch.add(
                        "ZADD", keys.replies(room), "0", Entries.padded(event.target()) + Entries.padded(event.seq()));
            }
        } else {
            log.add(String.valueOf(event.seq()));
            log.add(Entries.entry(event));
        }
        if (event.target() > 0) {
            happened(event.target(), event);
        }
        if (change != null) {
            apply(change, event);
            if (change.restricts()) {
                own.put("a", String.valueOf(event.seq()));
            }
        }
    }

    private void apply(RoomChange change, RoomEvent event) {
        if (change instanceof RoomChange.Member member) {
            member(member, event.seq());
        } else if (change instanceof RoomChange.Settings changed) {
            save(settings.after(changed));
        } else if (change instanceof RoomChange.Created created) {
            save(created.settings());
            for (UserId owner : created.owners()) {
                member(new RoomChange.Member(owner, Standing.IN, Optional.of(Role.OWNER), 0), event.seq());
            }
        } else if (change instanceof RoomChange.Reacted reaction) {
            react(Entries.reaction(event.target(), reaction.key(), event.sender()), reaction.isOn());
        } else if (change instanceof RoomChange.Erased erased) {
            erased.seqs().forEach(seq -> happened(seq, event));
        } else if (change instanceof RoomChange.Trimmed trim) {
            trim(Math.min(trim.upto(), event.seq() - 1));
        }
    }

    private void happened(long seq, RoomEvent event) {
        Message before = facts.messages.get(seq);
        if (before == null || before.seq() >= event.seq()) {
            return;
        }
        Message after = before.after(event, NOBODY);
        facts.messages.put(seq, after);
        touched.add(seq);
        if (!after.body().equals(before.body())) {
            forgetMentions(before);
            mention(after);
        }
        if (after.body().isGone() && !before.body().isGone()) {
            forgetReactions(seq);
        }
        boolean pinned = after.details().isPinned();
        if (pinned != before.details().isPinned()) {
            facts.pins += pinned ? 1 : -1;
            String text = String.valueOf(seq);
            if (pinned) {
                batch.add("ZADD", keys.pins(room), text, Entries.padded(seq));
            } else {
                batch.add("ZREM", keys.pins(room), Entries.padded(seq));
            }
        }
    }

    private void react(String reaction, boolean on) {
        if (on) {
            facts.reactions.add(reaction);
            batch.add("ZADD", keys.reactions(room), "0", reaction);
        } else {
            facts.reactions.remove(reaction);
            batch.add("ZREM", keys.reactions(room), reaction);
        }
    }

    private void forgetReactions(long seq) {
        String begin = Entries.padded(seq);
        facts.reactions.removeIf(reaction -> reaction.startsWith(begin));
        batch.add("ZREMRANGEBYLEX", keys.reactions(room), "[" + begin, "(" + Entries.padded(seq + 1));
    }

    private void mention(Message message) {
        if (!message.body().isGone()) {
            List<String> members = new ArrayList<>();
            Entries.mentions(message.seq(), message.sender(), message.body())
                    .forEach(each -> members.addAll(List.of("0", each)));
            batch.addAll("ZADD", keys.mentions(room), members);
        }
    }

    private void forgetMentions(Message message) {
        batch.addAll("ZREM", keys.mentions(room), Entries.mentions(message.seq(), message.sender(), message.body()));
    }

    private void trim(long upto) {
        if (upto <= trimmed) {
            return;
        }
        batch.add("TRIM", keys.bodies(room), String.valueOf(trimmed + 1), String.valueOf(upto));
        batch.add("ZREMRANGEBYSCORE", keys.pins(room), "-inf", String.valueOf(upto));
        batch.add("ZREMRANGEBYLEX", keys.reactions(room), "-", "(" + Entries.padded(upto + 1));
        facts.messages.replaceAll((seq, message) -> seq <= upto ? message.trimmed() : message);
        trimmed = upto;
        own.put("x", String.valueOf(upto));
    }

    private void save(RoomSettings newSettings) {
        settings = newSettings;
        own.put("n", settings.json());
        own.put("j", settings.showsAll() ? "0" : "1");
    }

    private void member(RoomChange.Member change, long seq) {
        UserId user = change.user();
        Optional<Membership> before = facts.member(user);
        if (before.isEmpty() && change.standing() == Standing.OUT) {
            return; // Who never had to do with the room isn't known to it now.
        }
        Membership after = before.orElseGet(() -> Membership.none(room, user)).after(change, seq);
        facts.members.put(user, Entries.membership(after));
        batch.add("HSET", keys.members(room), user.value(), Entries.membership(after));
        before.ifPresent(was -> batch.add("ZREM", keys.standings(room), Entries.letter(was.standing()) + user.value()));
        batch.add("ZADD", keys.standings(room), "0", Entries.letter(after.standing()) + user.value());
        String rooms = keys.roomsOf(Keys.partition(room), user);
        if (after.standing() == Standing.IN || after.standing() == Standing.INVITED) {
            batch.add("HSET", rooms, room.value(), Entries.letter(after.standing()));
        } else {
            batch.add("HDEL", rooms, room.value());
        }
    }

    /** Returns what writes all this; nothing if there is nothing to write. */
    Optional<Call> call() {
        if (own.isEmpty()) {
            return Optional.empty();
        }
        batch.check(keys.room(room), "s", facts.own.seq()).check(keys.room(room), "v", facts.own.version());
        membersBefore.forEach((user, text) -> batch.check(keys.members(room), user.value(), text));
        if (own.containsKey("s")) {
            tellOfEvents();
        }
        List<String> fields = new ArrayList<>();
        own.forEach((field, value) -> fields.addAll(List.of(field, value)));
        batch.add("HSET", keys.room(room), fields);
        batch.add("HINCRBY", keys.room(room), "v", "1");
        batch.addAll("HSET", keys.log(room), log);
        batch.addAll("HSET", keys.sent(room), sent);
        batch.addAll("HSET", keys.cancelled(room), cancelled);
        writeMessages();
        batch.add("DEL", keys.turn(room));
        return Optional.of(batch.call());
    }

    private void tellOfEvents() {
        int partition = Keys.partition(room);
        batch.add("CHANGED", keys.changedRooms(partition), room.value());
        batch.check(keys.listeners(partition), "", facts.listenersVersion);
        String before = String.valueOf(Reply.number(facts.own.seq()));
        for (String listener : facts.listeners) {
            String name = listener + "\0" + room.value();
            batch.add("ZADD", keys.behind(partition), "0", name);
            batch.add("HSETNX", keys.heard(partition), name, before);
        }
    }

    private void writeMessages() {
        List<String> entries = new ArrayList<>();
        List<String> bodies = new ArrayList<>();
        List<String> gone = new ArrayList<>();
        List<String> changed = new ArrayList<>();
        for (long seq : touched) {
            Message message = Objects.requireNonNull(facts.messages.get(seq));
            String place = String.valueOf(seq);
            entries.addAll(List.of(place, Entries.entry(message)));
            if (message.body().isGone()) {
                gone.add(place);
            } else {
                bodies.addAll(List.of(place, message.body().json()));
            }
            if (message.rev() > seq) {
                changed.addAll(List.of(String.valueOf(message.rev()), Entries.padded(seq)));
            }
        }
        batch.addAll("HSET", keys.log(room), entries);
        batch.addAll("HSET", keys.bodies(room), bodies);
        batch.addAll("HDEL", keys.bodies(room), gone);
        batch.addAll("ZADD", keys.changed(room), changed);
    }
}
