package io.natterjack.server;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.Draft;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.EventKind;
import io.natterjack.core.HistoryQuery;
import io.natterjack.core.InboxEntry;
import io.natterjack.core.Membership;
import io.natterjack.core.Message;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Outcome;
import io.natterjack.core.Page;
import io.natterjack.core.PagePart;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import io.natterjack.core.text.SearchWords;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One room in memory.
 *
 * <p><b>Threads.</b> Every method holds this object's monitor.
 */
final class RoomLog {
    private static final Comparator<UserId> BY_BYTES = (a, b) -> Arrays.compareUnsigned(
            a.value().getBytes(StandardCharsets.UTF_8), b.value().getBytes(StandardCharsets.UTF_8));

    /** By what a resend is told from another draft, and what it gets. */
    private record Sent(String contentHash, Outcome.Accepted outcome) {}

    private final RoomId room;
    private final long epoch;
    private final List<RoomEvent> events = new ArrayList<>();
    private final Map<UserId, Map<ClientId, Sent>> sent = new HashMap<>();
    /** The seqs of messages that later events changed, and by which last. */
    private final NavigableMap<Long, Long> revs = new TreeMap<>();

    private final NavigableMap<UserId, Membership> members = new TreeMap<>(BY_BYTES);
    private long trimmed;
    private boolean showsAll = true;
    private boolean held;

    RoomLog(RoomId room, long epoch) {
        this.room = room;
        this.epoch = epoch;
    }

    synchronized void append(List<Draft> batch, List<Integer> places, long now, Outcome[] outcomes) {
        for (int place : places) {
            outcomes[place] = append(batch.get(place), now);
        }
    }

    private Outcome append(Draft draft, long now) {
        Map<ClientId, Sent> bySender = sent.computeIfAbsent(draft.sender(), first -> new HashMap<>());
        Sent before = bySender.get(draft.clientId());
        if (before != null) {
            return before.contentHash.equals(draft.contentHash())
                    ? new Outcome.Accepted(before.outcome.at(), before.outcome.timestamp(), true)
                    : Outcome.Refused.forGood(ErrorCode.CID_CONFLICT);
        }
        if (held && (draft.kind() == EventKind.ERASED || draft.kind() == EventKind.TRIMMED)) {
            return Outcome.Refused.forGood(ErrorCode.FORBIDDEN);
        }
        Outcome.Accepted accepted =
                new Outcome.Accepted(new Cursor(epoch, events.size() + 1L), Math.max(now, lastTimestamp()), false);
        events.add(draft.accepted(accepted));
        bySender.put(draft.clientId(), new Sent(draft.contentHash(), accepted));
        draft.change().ifPresent(change -> apply(change, accepted.at().seq()));
        return accepted;
    }

    private void apply(RoomChange change, long seq) {
        if (change instanceof RoomChange.Member member) {
            applyMember(member, seq);
        } else if (change instanceof RoomChange.HistoryShown shown) {
            showsAll = shown.isAll();
        } else if (change instanceof RoomChange.Erased erased) {
            erased.seqs().stream()
                    .filter(each -> each >= 1
                            && each < seq
                            && isMessage(each)
                            && !event(each).body().isGone())
                    .forEach(each -> {
                        takeBody(each);
                        revs.put(each, seq);
                    });
        } else if (change instanceof RoomChange.Trimmed trim) {
            long upto = Math.min(trim.upto(), seq - 1);
            for (long each = trimmed + 1; each <= upto; each++) {
                if (isMessage(each)) {
                    takeBody(each);
                }
            }
            trimmed = Math.max(trimmed, upto);
        }
    }

    private void applyMember(RoomChange.Member change, long seq) {
        Membership before = members.get(change.user());
        boolean was = before != null && before.isIn();
        if (change.isIn() && !was) {
            // What was there before they came counts as read.
            members.put(change.user(), new Membership(room, change.user(), seq, true, seq, seq));
        } else if (!change.isIn() && before != null && was) {
            members.put(
                    change.user(),
                    new Membership(room, change.user(), before.joinedSeq(), false, before.delivered(), before.read()));
        }
    }

    private void takeBody(long seq) {
        RoomEvent old = event(seq);
        events.set(
                (int) seq - 1,
                new RoomEvent(
                        room, old.at(), old.kind(), old.sender(), old.clientId(), old.timestamp(), MessageBody.GONE));
    }

    private RoomEvent event(long seq) {
        return events.get((int) seq - 1);
    }

    private boolean isMessage(long seq) {
        return event(seq).kind() == EventKind.MESSAGE;
    }

    private Message message(long seq) {
        RoomEvent event = event(seq);
        return new Message(
                room,
                event.at(),
                revs.getOrDefault(seq, seq),
                event.sender(),
                event.clientId(),
                event.timestamp(),
                event.body());
    }

    private long lastTimestamp() {
        return events.isEmpty() ? 0 : event(events.size()).timestamp();
    }

    synchronized Cursor head() {
        return new Cursor(epoch, events.size());
    }

    synchronized void hold(boolean isHeld) {
        held = isHeld;
    }

    synchronized List<RoomEvent> part(long seq, int maxEvents, int maxBytes) {
        List<RoomEvent> part = new ArrayList<>();
        long bytes = 0;
        for (long next = Math.max(0, seq) + 1; next <= events.size() && part.size() < maxEvents; next++) {
            bytes += event(next).size();
            if (bytes > maxBytes && !part.isEmpty()) {
                break;
            }
            part.add(event(next));
        }
        return part;
    }

    synchronized long floor(UserId reader) {
        if (showsAll) {
            return trimmed;
        }
        Membership member = members.get(reader);
        long before = member != null && member.isIn() ? member.joinedSeq() - 1 : events.size();
        return Math.max(trimmed, before);
    }

    synchronized Page history(HistoryQuery query, int maxBytes) {
        long floor = Math.max(trimmed, query.floor());
        long seq = Math.min(query.seq(), events.size() + 1L);
        int limit = query.limit();
        return switch (query.direction()) {
            case BEFORE -> page(below(seq, floor, limit, maxBytes), new PagePart(0, 0), floor);
            case AFTER -> page(new PagePart(0, 0), above(seq + 1, floor, limit, maxBytes), floor);
            case AROUND ->
                page(
                        below(seq, floor, limit / 2, maxBytes / 2),
                        above(seq, floor, limit - limit / 2, maxBytes / 2),
                        floor);
        };
    }

    private PagePart below(long seq, long floor, int limit, int maxBytes) {
        PagePart part = new PagePart(limit, maxBytes);
        for (long next = seq - 1; next > floor; next--) {
            if (isMessage(next) && !part.offer(message(next))) {
                break;
            }
        }
        return part;
    }

    private PagePart above(long seq, long floor, int limit, int maxBytes) {
        PagePart part = new PagePart(limit, maxBytes);
        for (long next = Math.max(seq, floor + 1); next <= events.size(); next++) {
            if (next >= 1 && isMessage(next) && !part.offer(message(next))) {
                break;
            }
        }
        return part;
    }

    private Page page(PagePart below, PagePart above, long floor) {
        List<Message> messages = InMemoryStore.reversed(below.messages());
        messages.addAll(above.messages());
        return new Page(messages, below.isFull() || above.isFull(), head(), floor);
    }

    synchronized Page changes(long floor, long sinceRev, int limit, int maxBytes) {
        List<Message> changed = new ArrayList<>();
        long lowest = Math.max(trimmed, floor);
        for (long seq = Math.max(lowest, sinceRev) + 1; seq <= events.size(); seq++) {
            if (isMessage(seq) && !revs.containsKey(seq)) {
                changed.add(message(seq));
            }
        }
        revs.tailMap(lowest, false).forEach((seq, rev) -> {
            if (rev > sinceRev) {
                changed.add(message(seq));
            }
        });
        changed.sort(Comparator.comparingLong(Message::rev).thenComparingLong(Message::seq));
        PagePart part = new PagePart(limit, maxBytes);
        for (Message message : changed) {
            if (!part.offerChange(message)) {
                break;
            }
        }
        return new Page(part.messages(), part.isFull(), head(), lowest);
    }

    synchronized Optional<Membership> membership(UserId user) {
        return Optional.ofNullable(members.get(user));
    }

    synchronized List<Membership> members(Optional<UserId> after, int limit) {
        NavigableMap<UserId, Membership> rest = after.<NavigableMap<UserId, Membership>>map(
                        user -> members.tailMap(user, false))
                .orElse(members);
        return rest.values().stream().filter(Membership::isIn).limit(limit).toList();
    }

    synchronized void mark(UserId user, long delivered, long read) {
        Membership before = members.get(user);
        if (before == null || !before.isIn()) {
            return;
        }
        long head = events.size();
        long newRead = Math.max(before.read(), Math.min(read, head));
        long newDelivered = Math.max(Math.max(before.delivered(), Math.min(delivered, head)), newRead);
        members.put(user, new Membership(room, user, before.joinedSeq(), true, newDelivered, newRead));
    }

    synchronized Optional<InboxEntry> inbox(UserId user) {
        return membership(user).filter(Membership::isIn).map((Function<Membership, InboxEntry>) member -> {
            long floor = floor(user);
            int unread = 0;
            @Nullable Message last = null;
            for (long seq = events.size(); seq > floor && (last == null || seq > member.read()); seq--) {
                if (isMessage(seq) && !event(seq).body().isGone()) {
                    last = last == null ? message(seq) : last;
                    boolean others = !event(seq).sender().equals(user);
                    unread += seq > member.read() && others && unread < InboxEntry.MAX_UNREAD ? 1 : 0;
                }
            }
            return new InboxEntry(member, head(), lastTimestamp(), unread, last);
        });
    }

    synchronized List<Message> search(UserId reader, SearchWords.Wanted wanted) {
        List<Message> found = new ArrayList<>();
        for (long seq = floor(reader) + 1; seq <= events.size(); seq++) {
            if (isMessage(seq) && event(seq).body().text().filter(wanted::isIn).isPresent()) {
                found.add(message(seq));
            }
        }
        return found;
    }
}
