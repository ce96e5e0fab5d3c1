package io.natterjack.store.redis;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.Draft;
import io.natterjack.core.EventKind;
import io.natterjack.core.Message;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomId;
import io.natterjack.core.Target;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.Fence;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Asks for what the drafts of a room depend on: in two steps, since only the first tells which messages some of them are about.
 *
 * <p><b>Threads.</b> One.
 */
final class FactsQuery {
    private static final String TURN_MILLIS = "30";
    private static final int FIRST_LISTS = 5;

    private final Keys keys;
    private final RoomId room;
    private final List<Draft> drafts;
    private final @Nullable Fence fence;
    private final Set<String> sent = new LinkedHashSet<>();
    private final Set<String> cancelled = new LinkedHashSet<>();
    private final Set<UserId> members = new LinkedHashSet<>();

    FactsQuery(Keys keys, RoomId room, List<Draft> drafts, @Nullable Fence fence) {
        this.keys = keys;
        this.room = room;
        this.drafts = drafts;
        this.fence = fence;
        drafts.forEach(this::look);
    }

    private void look(Draft draft) {
        UserId sender = draft.sender();
        sent.add(Entries.sent(sender, draft.clientId()));
        if (draft.kind() == EventKind.MESSAGE) {
            cancelled.add("c" + Entries.sent(sender, draft.clientId()));
            cancelled.add("n" + sender.value());
        }
        draft.target().flatMap(Target::own).ifPresent(own -> {
            sent.add(Entries.sent(sender, own));
            cancelled.add("c" + Entries.sent(sender, own));
            cancelled.add("n" + sender.value());
        });
        RoomChange change = draft.change().orElse(null);
        if (change instanceof RoomChange.Member member) {
            members.add(member.user());
        } else if (change instanceof RoomChange.Created created) {
            members.addAll(created.owners());
        }
    }

    /** The first step; {@code urgent} keeps plain messages from getting in the way for {@value #TURN_MILLIS} milliseconds. */
    Call first(boolean urgent) {
        Batch batch = new Batch(keys, Keys.partition(room)).under(fence);
        String listeners = keys.listeners(Keys.partition(room));
        batch.add("HMGET", keys.room(room), RoomFacts.Own.FIELDS);
        batch.time();
        batch.add("HKEYS", listeners);
        batch.add("HGET", listeners, "");
        batch.add("ZCARD", keys.pins(room));
        batch.addAll("HMGET", keys.sent(room), new ArrayList<>(sent));
        batch.addAll("HMGET", keys.cancelled(room), new ArrayList<>(cancelled));
        batch.addAll(
                "HMGET", keys.members(room), members.stream().map(UserId::value).toList());
        if (urgent) {
            batch.add("SET", keys.turn(room), "1", "PX", TURN_MILLIS);
        }
        return batch.call();
    }

    RoomFacts first(Reply reply) {
        List<String> listeners = new ArrayList<>(reply.list(2));
        listeners.remove("");
        RoomFacts facts = new RoomFacts(
                room, reply.epoch(), reply.millis(1), RoomFacts.Own.of(reply.list(0)), listeners, reply.text(3));
        facts.pins = reply.number(4);
        List<String> rest = new ArrayList<>();
        for (int i = FIRST_LISTS; i < reply.size(); i++) {
            rest.addAll(reply.list(i));
        }
        int at = 0;
        for (String each : sent) {
            facts.sent.put(each, rest.get(at++));
        }
        for (String each : cancelled) {
            facts.cancelled.put(each, rest.get(at++));
        }
        for (UserId each : members) {
            facts.members.put(each, rest.get(at++));
        }
        facts.sent.values().removeIf(String::isEmpty);
        facts.cancelled.values().removeIf(String::isEmpty);
        return facts;
    }

    /** Returns the seqs of the messages that the drafts are about. */
    List<String> seqs(RoomFacts facts) {
        Set<String> seqs = new LinkedHashSet<>();
        for (Draft draft : drafts) {
            draft.target().ifPresent(target -> seqs.add(String.valueOf(seq(facts, draft.sender(), target))));
            if (draft.change().orElse(null) instanceof RoomChange.Erased erased) {
                erased.seqs().forEach(seq -> seqs.add(String.valueOf(seq)));
            }
        }
        seqs.remove("0");
        return new ArrayList<>(seqs);
    }

    /** Returns the seq that a target has by what is known; 0 if none. */
    static long seq(RoomFacts facts, UserId sender, Target target) {
        if (target.at().isPresent()) {
            Cursor at = target.at().get();
            return at.epoch() == facts.epoch ? at.seq() : 0;
        }
        ClientId own = target.own().get();
        String known = facts.sent.getOrDefault(Entries.sent(sender, own), "");
        return known.isEmpty()
                ? 0
                : Entries.known(facts.epoch, known).outcome().at().seq();
    }

    /** The second step: what was known by then must still be so. */
    Call second(RoomFacts facts, List<String> seqs) {
        Batch batch = new Batch(keys, Keys.partition(room)).in(facts.epoch);
        batch.check(keys.room(room), "s", facts.own.seq()).check(keys.room(room), "v", facts.own.version());
        batch.addAll("HMGET", keys.log(room), seqs);
        batch.addAll("HMGET", keys.bodies(room), seqs);
        batch.addAll("ZMSCORE", keys.reactions(room), reactions(facts));
        return batch.call();
    }

    private List<String> reactions(RoomFacts facts) {
        Set<String> reactions = new LinkedHashSet<>();
        for (Draft draft : drafts) {
            if (draft.change().orElse(null) instanceof RoomChange.Reacted reaction) {
                long seq = seq(facts, draft.sender(), draft.target().get());
                reactions.add(Entries.reaction(seq, reaction.key(), draft.sender()));
            }
        }
        return new ArrayList<>(reactions);
    }

    void second(RoomFacts facts, List<String> seqs, Reply reply) {
        List<String> values = new ArrayList<>();
        for (int i = 0; i < reply.size(); i++) {
            values.addAll(reply.list(i));
        }
        int count = seqs.size();
        for (int i = 0; i < count; i++) {
            String entry = values.get(i);
            long seq = Long.parseLong(seqs.get(i));
            if (Entries.isMessage(entry)) {
                Message message = Entries.message(room, new Cursor(facts.epoch, seq), entry, values.get(count + i));
                facts.messages.put(seq, seq <= facts.own.trimmed() ? message.trimmed() : message);
            }
        }
        List<String> reactions = reactions(facts);
        for (int i = 0; i < reactions.size(); i++) {
            if (!values.get(2 * count + i).isEmpty()) {
                facts.reactions.add(reactions.get(i));
            }
        }
    }
}
