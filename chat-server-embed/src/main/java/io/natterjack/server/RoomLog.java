package io.natterjack.server;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.Draft;
import io.natterjack.core.EventKind;
import io.natterjack.core.HistoryQuery;
import io.natterjack.core.InboxEntry;
import io.natterjack.core.Membership;
import io.natterjack.core.Mentions;
import io.natterjack.core.Message;
import io.natterjack.core.Notify;
import io.natterjack.core.Outcome;
import io.natterjack.core.Page;
import io.natterjack.core.Receipts;
import io.natterjack.core.Role;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.RoomSettings;
import io.natterjack.core.RoomView;
import io.natterjack.core.Standing;
import io.natterjack.core.Target;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.DraftDecisions;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.core.text.SearchWords;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * One room in memory.
 *
 * <p><b>Threads.</b> Every method holds this object's monitor.
 */
final class RoomLog {
    private static final Comparator<UserId> BY_BYTES = (a, b) -> Arrays.compareUnsigned(
            a.value().getBytes(StandardCharsets.UTF_8), b.value().getBytes(StandardCharsets.UTF_8));

    /** For how many events there is room at first: a list that begins without any can't be made to grow ahead. */
    static final int FIRST_ROOM = 10;

    /**
     * What happened, from seq 1 on: nothing where a message was sent, which has all that its event says; edits without
     * bodies, which are with the messages. What is kept twice would be copied twice by each young collection.
     */
    private final ArrayList<@Nullable RoomEvent> events = new ArrayList<>(FIRST_ROOM);

    private final RoomId room;
    private final long epoch;
    private final RoomMessages messages = new RoomMessages();
    private final Map<UserId, Map<ClientId, Sent>> sent = new HashMap<>();
    private final Map<UserId, Map<ClientId, Boolean>> cancelled = new HashMap<>();
    private final NavigableMap<UserId, Membership> members = new TreeMap<>(BY_BYTES);
    private RoomSettings settings = RoomSettings.NONE;
    private long lastTimestamp;
    private long accessRev;
    private boolean held;

    RoomLog(RoomId room, long epoch) {
        this.room = room;
        this.epoch = epoch;
    }

    synchronized void append(List<Draft> batch, List<Integer> places, long now, Outcome[] outcomes) {
        Decisions decisions = new Decisions(now);
        for (int place : places) {
            outcomes[place] = decisions.decide(batch.get(place));
        }
    }

    /** What a batch is decided by. The room's monitor is held. */
    private final class Decisions extends DraftDecisions {
        private final long now;

        Decisions(long now) {
            this.now = now;
        }

        @Override
        protected Optional<Outcome> earlier(Draft draft) {
            return RoomLog.this.find(draft.sender(), draft.clientId()).map(known -> known.answer(draft));
        }

        @Override
        protected long epoch() {
            return epoch;
        }

        @Override
        protected long lastSeq() {
            return events.size();
        }

        @Override
        protected long accessRev() {
            return accessRev;
        }

        @Override
        protected boolean isHeld() {
            return held;
        }

        @Override
        protected long time(Draft draft) {
            return Math.max(now, lastTimestamp);
        }

        @Override
        protected Optional<Message> find(Draft draft, Target target) {
            long seq = target.own()
                    .map(own -> RoomLog.this
                            .find(draft.sender(), own)
                            .map(known -> known.outcome().at().seq())
                            .orElse(0L))
                    .orElse(target.at()
                            .filter(at -> at.epoch() == epoch)
                            .map(Cursor::seq)
                            .orElse(0L));
            return Optional.ofNullable(messages.get(seq)).map(message -> messages.as(message, draft.sender()));
        }

        @Override
        protected boolean isFullOfPins() {
            return messages.pinned() >= RoomChange.Pinned.MAX;
        }

        @Override
        protected boolean isRevokedAhead(UserId sender, ClientId message) {
            return cancelled.getOrDefault(sender, Map.of()).containsKey(message);
        }

        @Override
        protected long openAhead(UserId sender) {
            return cancelled.getOrDefault(sender, Map.of()).values().stream()
                    .filter(open -> open)
                    .count();
        }

        @Override
        protected void revokeAhead(UserId sender, ClientId message) {
            cancelled.computeIfAbsent(sender, first -> new HashMap<>()).put(message, true);
        }

        @Override
        protected void hasCome(Draft message) {
            cancelled.computeIfPresent(message.sender(), (sender, revoked) -> {
                revoked.put(message.clientId(), false);
                return revoked;
            });
        }

        @Override
        protected void happened(Draft draft, Outcome.Accepted accepted) {
            keep(draft, accepted);
        }
    }

    private void keep(Draft draft, Outcome.Accepted accepted) {
        RoomEvent event = draft.accepted(accepted);
        Message message = event.kind() == EventKind.MESSAGE ? Message.of(event) : null;
        RoomEvent kept = event.kind() == EventKind.EDIT ? event.withoutBody() : event;
        Sent known = new Sent(event.seq(), draft.contentHash());
        Map<ClientId, Sent> ofSender = sent.computeIfAbsent(draft.sender(), first -> new HashMap<>());
        // If there is no memory left for a number and what must belong to it, it shows here, and nothing has happened.
        boolean hasRoom = false;
        try {
            ofSender.put(draft.clientId(), known);
            events.ensureCapacity(events.size() + 1);
            messages.makeRoom();
            hasRoom = true;
        } finally {
            if (!hasRoom) {
                ofSender.remove(draft.clientId());
            }
        }
        if (message == null) {
            events.add(kept);
        } else {
            events.add(null);
            messages.add(message);
        }
        lastTimestamp = event.timestamp();
        messages.apply(accepted.target(), event);
        draft.change().ifPresent(change -> apply(change, event));
    }

    private void apply(RoomChange change, RoomEvent event) {
        long seq = event.seq();
        accessRev = change.restricts() ? seq : accessRev;
        if (change instanceof RoomChange.Member member) {
            // Who goes and never had to do with the room isn't known to it now.
            if (member.standing() != Standing.OUT || members.containsKey(member.user())) {
                Membership before = members.getOrDefault(member.user(), Membership.none(room, member.user()));
                members.put(member.user(), before.after(member, seq));
            }
        } else if (change instanceof RoomChange.Settings changed) {
            settings = settings.after(changed);
        } else if (change instanceof RoomChange.Created created) {
            settings = created.settings();
            created.owners()
                    .forEach(owner -> members.put(
                            owner,
                            Membership.none(room, owner)
                                    .after(
                                            new RoomChange.Member(owner, Standing.IN, Optional.of(Role.OWNER), 0),
                                            seq)));
        } else if (change instanceof RoomChange.Reacted reaction) {
            messages.react(event.target(), event.sender(), reaction);
        } else if (change instanceof RoomChange.Erased erased) {
            erased.seqs().forEach(each -> messages.apply(each, event));
        } else if (change instanceof RoomChange.Trimmed trim) {
            messages.trim(Math.min(trim.upto(), seq - 1));
        }
    }

    /** Returns the event with the body that its message has now. */
    private RoomEvent event(long seq) {
        RoomEvent event = events.get((int) seq - 1);
        if (event == null) {
            Message message = Objects.requireNonNull(messages.get(seq));
            return new RoomEvent(
                    room,
                    message.at(),
                    EventKind.MESSAGE,
                    message.sender(),
                    message.clientId(),
                    message.timestamp(),
                    message.body(),
                    message.details().replyTo());
        }
        Message edited = event.kind() == EventKind.EDIT ? messages.get(event.target()) : null;
        return edited == null
                ? event
                : new RoomEvent(
                        room,
                        event.at(),
                        EventKind.EDIT,
                        event.sender(),
                        event.clientId(),
                        event.timestamp(),
                        edited.body(),
                        event.target());
    }

    RoomId room() {
        return room;
    }

    synchronized long lastTimestamp() {
        return lastTimestamp;
    }

    synchronized Cursor head() {
        return new Cursor(epoch, events.size());
    }

    synchronized void hold(boolean isHeld) {
        held = isHeld;
    }

    synchronized Optional<MessageStore.Known> find(UserId sender, ClientId clientId) {
        return Optional.ofNullable(sent.getOrDefault(sender, Map.of()).get(clientId))
                .map(before -> before.known(event(before.seq)));
    }

    synchronized List<RoomEvent> part(long seq, int maxEvents, int maxBytes) {
        List<RoomEvent> part = new ArrayList<>();
        long bytes = 0;
        for (long next = Math.max(0, seq) + 1; next <= events.size() && part.size() < maxEvents; next++) {
            RoomEvent event = event(next);
            bytes += event.size();
            if (bytes > maxBytes && !part.isEmpty()) {
                break;
            }
            part.add(event);
        }
        return part;
    }

    private long floor(UserId reader) {
        if (settings.showsAll()) {
            return messages.trimmed();
        }
        Membership member = members.get(reader);
        long before = member != null && member.isIn() ? member.joinedSeq() - 1 : events.size();
        return Math.max(messages.trimmed(), before);
    }

    /** Returns the room as {@code user} stands to it, who may have blocked, or be blocked by, the other of two. */
    synchronized RoomView view(UserId user, BiPredicate<UserId, UserId> areApart) {
        List<UserId> people = settings.people();
        boolean blocked = people.size() == 2 && areApart.test(people.get(0), people.get(1));
        return new RoomView(room, settings, members.get(user), head(), accessRev, floor(user), blocked);
    }

    synchronized Page history(HistoryQuery query, int maxBytes) {
        return messages.history(query, head(), maxBytes);
    }

    synchronized Page changes(UserId reader, long floor, long sinceRev, int limit, int maxBytes) {
        return messages.changes(reader, head(), floor, sinceRev, limit, maxBytes);
    }

    synchronized Optional<Membership> membership(UserId user) {
        return Optional.ofNullable(members.get(user));
    }

    synchronized List<Membership> members(Standing standing, Optional<UserId> after, int limit) {
        NavigableMap<UserId, Membership> rest = after.<NavigableMap<UserId, Membership>>map(
                        user -> members.tailMap(user, false))
                .orElse(members);
        return rest.values().stream()
                .filter(member -> member.standing() == standing)
                .limit(limit)
                .toList();
    }

    synchronized void mark(UserId user, long delivered, long read) {
        members.computeIfPresent(
                user, (same, member) -> member.isIn() ? member.marked(delivered, read, events.size()) : member);
    }

    synchronized void notifications(UserId user, Notify wanted) {
        members.computeIfPresent(user, (same, member) -> member.isIn() ? member.notified(wanted) : member);
    }

    synchronized Receipts receipts(long seq, UserId sender) {
        List<Membership> others = members.values().stream()
                .filter(member -> member.isIn() && !member.user().equals(sender))
                .toList();
        return new Receipts(
                others.size(),
                (int) others.stream()
                        .filter(member -> member.delivered() >= seq)
                        .count(),
                (int) others.stream().filter(member -> member.read() >= seq).count(),
                others.stream()
                        .filter(member -> member.read() >= seq)
                        .map(Membership::user)
                        .limit(Receipts.MAX_READERS)
                        .toList());
    }

    synchronized Optional<InboxEntry> inbox(UserId user) {
        Membership member = members.get(user);
        if (member == null || member.standing() != Standing.IN && member.standing() != Standing.INVITED) {
            return Optional.empty();
        }
        long floor = member.isIn() ? floor(user) : events.size();
        int unread = 0;
        int mentions = 0;
        @Nullable Message last = null;
        for (Message message : messages.newestFirst(floor)) {
            if (last != null && message.seq() <= member.read()) {
                break;
            }
            if (!message.body().isGone()) {
                last = last == null ? messages.as(message, user) : last;
                boolean counts =
                        message.seq() > member.read() && !message.sender().equals(user);
                unread += counts ? 1 : 0;
                mentions += counts && Mentions.orNone(message.body()).has(user) ? 1 : 0;
            }
        }
        return Optional.of(new InboxEntry(
                member,
                settings,
                head(),
                lastTimestamp,
                Math.min(unread, InboxEntry.MAX_UNREAD),
                Math.min(mentions, InboxEntry.MAX_UNREAD),
                last));
    }

    synchronized List<Message> search(UserId reader, SearchWords.Wanted wanted) {
        return messages.search(reader, floor(reader), wanted);
    }

    /** What a draft is known by when it comes again: as little as can be, since there is one for each. */
    private static final class Sent {
        private final long seq;

        // The 128 bits of the content hash: as text they would be two objects more.
        private final long hashHigh;
        private final long hashLow;

        Sent(long seq, String contentHash) {
            this.seq = seq;
            this.hashHigh = Long.parseUnsignedLong(contentHash, 0, 16, 16);
            this.hashLow = Long.parseUnsignedLong(contentHash, 16, 32, 16);
        }

        MessageStore.Known known(RoomEvent event) {
            return new MessageStore.Known(
                    HexFormat.of().toHexDigits(hashHigh) + HexFormat.of().toHexDigits(hashLow),
                    new Outcome.Accepted(event.at(), event.timestamp(), true, event.target()));
        }
    }
}
