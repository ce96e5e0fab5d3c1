package io.natterjack.server;

import io.natterjack.core.Cursor;
import io.natterjack.core.HistoryQuery;
import io.natterjack.core.Message;
import io.natterjack.core.Page;
import io.natterjack.core.PagePart;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.UserId;
import io.natterjack.core.text.SearchWords;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one room in memory, as they are now, and pages of them.
 *
 * <p><b>Threads.</b> Whoever holds the monitor of the {@link RoomLog} that has them.
 */
final class RoomMessages {
    /** Nobody's own reactions. */
    private static final UserId NOBODY = new UserId("?");

    /** Lowest seq first. */
    private final ArrayList<Message> messages = new ArrayList<>(RoomLog.FIRST_ROOM);

    private final Map<Long, Map<String, Set<UserId>>> reactions = new HashMap<>();
    private long trimmed;

    @Nullable
    Message get(long seq) {
        int place = firstAbove(seq) - 1;
        return place >= 0 && messages.get(place).seq() == seq ? messages.get(place) : null;
    }

    /** Returns the place of the first message above {@code seq}; behind all if there is none. */
    private int firstAbove(long seq) {
        int low = 0;
        int high = messages.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (messages.get(middle).seq() <= seq) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private List<Message> above(long seq) {
        return messages.subList(firstAbove(seq), messages.size());
    }

    /** Returns the seq up to which they were trimmed; 0 if they weren't. */
    long trimmed() {
        return trimmed;
    }

    long pinned() {
        return messages.stream().filter(each -> each.details().isPinned()).count();
    }

    /** Has room for one more, so that {@link #add} can't fail. */
    void makeRoom() {
        messages.ensureCapacity(messages.size() + 1);
    }

    void add(Message message) {
        messages.add(message);
    }

    /** Does to a message, if there is one, what an event says. */
    void apply(long target, RoomEvent event) {
        Message message = get(target);
        if (message != null) {
            messages.set(firstAbove(target) - 1, message.after(event, NOBODY));
        }
    }

    /** Remembers whose reactions there are: messages only count them. */
    void react(long target, UserId user, RoomChange.Reacted reaction) {
        Set<UserId> who = reactions
                .computeIfAbsent(target, first -> new HashMap<>())
                .computeIfAbsent(reaction.key(), first -> new HashSet<>());
        if (reaction.isOn()) {
            who.add(user);
        } else {
            who.remove(user);
        }
    }

    void trim(long upto) {
        trimmed = Math.max(trimmed, upto);
        messages.subList(0, firstAbove(trimmed)).replaceAll(Message::trimmed);
    }

    /** Returns the message as a reader sees it, whose own reactions are told from others'. */
    Message as(Message message, UserId reader) {
        Map<String, Set<UserId>> who = reactions.getOrDefault(message.seq(), Map.of());
        return message.seenWith(key -> who.getOrDefault(key, Set.of()).contains(reader));
    }

    /** Returns what is above {@code floor}. */
    Iterable<Message> newestFirst(long floor) {
        return newestFirst(above(floor));
    }

    List<Message> search(UserId reader, long floor, SearchWords.Wanted wanted) {
        return above(floor).stream()
                .filter(message -> message.body().text().filter(wanted::isIn).isPresent())
                .map(message -> as(message, reader))
                .toList();
    }

    /** Returns a page of the room whose head is {@code head}. */
    Page history(HistoryQuery query, Cursor head, int maxBytes) {
        long floor = Math.max(trimmed, query.floor());
        long seq = Math.min(query.seq(), head.seq() + 1);
        int limit = query.limit();
        return switch (query.direction()) {
            case BEFORE -> page(below(query, seq, floor, limit, maxBytes), new PagePart(0, 0), head, floor);
            case AFTER -> page(new PagePart(0, 0), above(query, seq + 1, floor, limit, maxBytes), head, floor);
            case AROUND ->
                page(
                        below(query, seq, floor, limit / 2, maxBytes / 2),
                        above(query, seq, floor, limit - limit / 2, maxBytes / 2),
                        head,
                        floor);
        };
    }

    private static boolean isWanted(HistoryQuery query, Message message) {
        return (query.thread() == 0 || message.details().replyTo() == query.thread())
                && (!query.isPinnedOnly() || message.details().isPinned());
    }

    private PagePart below(HistoryQuery query, long seq, long floor, int limit, int maxBytes) {
        int end = firstAbove(seq - 1);
        List<Message> below = messages.subList(Math.min(firstAbove(floor), end), end);
        return part(query, newestFirst(below), limit, maxBytes);
    }

    private PagePart above(HistoryQuery query, long seq, long floor, int limit, int maxBytes) {
        return part(query, above(Math.max(seq - 1, floor)), limit, maxBytes);
    }

    private PagePart part(HistoryQuery query, Iterable<Message> from, int limit, int maxBytes) {
        PagePart part = new PagePart(limit, maxBytes);
        for (Message message : from) {
            if (isWanted(query, message)
                    && !part.offer(as(message, query.reader().orElse(NOBODY)))) {
                break;
            }
        }
        return part;
    }

    /** Without a copy: of a long room only the end is looked at. */
    private static Iterable<Message> newestFirst(List<Message> messages) {
        return () -> IntStream.iterate(messages.size() - 1, place -> place >= 0, place -> place - 1)
                .mapToObj(messages::get)
                .iterator();
    }

    private Page page(PagePart below, PagePart above, Cursor head, long floor) {
        List<Message> page = InMemoryStore.reversed(below.messages());
        page.addAll(above.messages());
        return new Page(page, below.isFull() || above.isFull(), head, floor);
    }

    Page changes(UserId reader, Cursor head, long floor, long sinceRev, int limit, int maxBytes) {
        long lowest = Math.max(trimmed, floor);
        List<Message> changed = above(lowest).stream()
                .filter(message -> message.rev() > sinceRev)
                .sorted(Comparator.comparingLong(Message::rev).thenComparingLong(Message::seq))
                .toList();
        PagePart part = new PagePart(limit, maxBytes);
        for (Message message : changed) {
            if (!part.offerChange(as(message, reader))) {
                break;
            }
        }
        return new Page(part.messages(), part.isFull(), head, lowest);
    }
}
