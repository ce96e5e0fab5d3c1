package io.natterjack.store.redis;

import io.natterjack.core.Cursor;
import io.natterjack.core.Message;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.SearchPage;
import io.natterjack.core.SearchQuery;
import io.natterjack.core.spi.SearchPlace;
import io.natterjack.core.text.SearchWords;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * Searches by looking at each message, the newest first, until a page is full or so many were looked at: then the page is short, and the
 * next one goes on. What a search costs grows with how far back it has to look.
 *
 * <p>Rooms in which nothing has happened for long are only looked into when the search has got that far back. What was read ahead is
 * bounded in bytes; where there is too much of it, it is dropped and read again when it is wanted.
 *
 * <p><b>Threads.</b> Any thread may call, and waits for Redis.
 */
final class Searches {
    private static final int MOST_LOOKED_AT = 10_000;
    private static final int FIRST_PART = 20;
    private static final int PART = 200;
    private static final int ROOMS_AT_ONCE = 50;
    private static final int FIRST_BYTES = 32 * 1024;
    private static final int PART_BYTES = 256 * 1024;
    private static final long MOST_BYTES_AHEAD = 8L << 20;

    private final Calls calls;
    private final Keys keys;
    private final RoomReads rooms;
    private final InboxReads inbox;
    private final Reads reads;

    Searches(Calls calls, Keys keys, RoomReads rooms, InboxReads inbox, Reads reads) {
        this.calls = calls;
        this.keys = keys;
        this.rooms = rooms;
        this.inbox = inbox;
        this.reads = reads;
    }

    SearchPage search(SearchQuery query) {
        SearchWords.Wanted wanted = new SearchWords.Wanted(query.text());
        if (wanted.isEmpty()) {
            return new SearchPage(List.of(), null);
        }
        SearchPlace after = query.after().map(SearchPlace::of).orElse(SearchPlace.BEFORE_ALL);
        Walks walks = new Walks(query, after);
        List<Message> found = new ArrayList<>();
        SearchPlace last = after;
        for (int looked = 0; walks.hasNext(); looked++) {
            if (found.size() == query.limit() || looked == MOST_LOOKED_AT) {
                return new SearchPage(seen(query, found), last.cursor());
            }
            Message message = walks.next();
            last = SearchPlace.of(message);
            if (message.body().text().filter(wanted::isIn).isPresent()) {
                found.add(message);
            }
        }
        return new SearchPage(seen(query, found), null);
    }

    private List<Message> seen(SearchQuery query, List<Message> found) {
        Map<RoomId, List<Message>> byRoom = new HashMap<>();
        found.forEach(message -> byRoom.computeIfAbsent(message.room(), first -> new ArrayList<>())
                .add(message));
        Map<SearchPlace, Message> seen = new HashMap<>();
        byRoom.forEach((room, messages) -> reads.own(room, query.reader(), messages)
                .forEach(message -> seen.put(SearchPlace.of(message), message)));
        return found.stream()
                .map(message -> seen.getOrDefault(SearchPlace.of(message), message))
                .toList();
    }

    /** Ways through the rooms of a search, as one: each message below a place, the newest first. One thread. */
    private final class Walks {
        private final SearchQuery query;
        private final Deque<InboxReads.Listed> closed = new ArrayDeque<>();
        private final PriorityQueue<Walk> open = new PriorityQueue<>();
        private SearchPlace last;
        private long bytesAhead;

        Walks(SearchQuery query, SearchPlace after) {
            this.query = query;
            this.last = after;
            List<RoomId> searched =
                    query.rooms().isEmpty() ? inbox.rooms(query.reader(), false) : List.copyOf(query.rooms());
            List<InboxReads.Listed> listed =
                    inbox.listed(searched.stream().distinct().toList());
            listed.sort(InboxReads.Listed.LATEST_FIRST);
            closed.addAll(listed);
        }

        boolean hasNext() {
            while (true) {
                Walk first = open.peek();
                if (!closed.isEmpty()
                        && (first == null
                                || first.next.timestamp() <= closed.element().timestamp())) {
                    openSome();
                } else if (first != null && first.ahead.isEmpty()) {
                    open.remove();
                    again(first, first.read());
                } else {
                    return first != null;
                }
            }
        }

        /** Returns the next message; {@link #hasNext} must have been asked. */
        Message next() {
            Walk walk = open.remove();
            Message message = walk.ahead.remove();
            last = SearchPlace.of(message);
            bytesAhead -= RoomEvent.size(message.body());
            again(walk, walk.ahead.isEmpty() ? walk.read() : 0);
            return message;
        }

        private void openSome() {
            List<RoomId> some = new ArrayList<>();
            while (some.size() < ROOMS_AT_ONCE && !closed.isEmpty()) {
                some.add(closed.remove().room());
            }
            List<RoomReads.Seen> seen = rooms.seen(some, query.reader());
            List<PageQuery> asked = new ArrayList<>();
            List<Call> first = new ArrayList<>();
            for (int i = 0; i < some.size(); i++) {
                RoomId room = some.get(i);
                PageQuery page = PageQuery.all(keys, room, seen.get(i).floor());
                asked.add(page);
                first.add(page.before(below(last, room), notAfter(last, room), FIRST_PART, FIRST_BYTES));
            }
            List<Reply> replies = calls.all(first);
            for (int i = 0; i < some.size(); i++) {
                Walk walk = new Walk(asked.get(i));
                long bytes = walk.take(MessagePage.of(some.get(i), replies.get(i)), FIRST_PART);
                again(walk, walk.ahead.isEmpty() ? walk.read() : bytes);
            }
        }

        /** Goes on with a walk that has read so many bytes more. */
        private void again(Walk walk, long more) {
            bytesAhead += more;
            if (!walk.ahead.isEmpty()) {
                walk.next = SearchPlace.of(walk.ahead.element());
                open.add(walk);
            }
            if (bytesAhead > MOST_BYTES_AHEAD) {
                // That which comes next stays, or nothing would go on.
                Walk first = open.peek();
                open.stream().filter(each -> each != first).forEach(Walk::drop);
                bytesAhead = first == null ? 0 : first.bytes();
            }
        }
    }

    /** A way through the messages of a room, newest first. One thread. */
    private final class Walk implements Comparable<Walk> {
        private final PageQuery query;
        private final Deque<Message> ahead = new ArrayDeque<>();
        private long goesOnBelow;

        /** Where the next message is, also while it isn't ahead; the order of walks goes by it. */
        private SearchPlace next = SearchPlace.BEFORE_ALL;

        Walk(PageQuery query) {
            this.query = query;
        }

        /** Takes a page; returns how many bytes it has. */
        long take(MessagePage page, int asked) {
            ahead.addAll(page.below());
            if (page.restBelow() > 0) {
                goesOnBelow = page.restBelow() + 1;
            } else {
                goesOnBelow = page.below().size() < asked
                        ? 0
                        : page.below().get(asked - 1).seq();
            }
            return bytes();
        }

        /** Reads on; returns how many bytes that brought, of no message if there is none left. */
        long read() {
            while (ahead.isEmpty() && goesOnBelow > 0) {
                take(reads.read(query.room(), query.at(goesOnBelow, PART, 0, PART_BYTES)), PART);
            }
            return bytes();
        }

        long bytes() {
            return ahead.stream()
                    .mapToLong(message -> RoomEvent.size(message.body()))
                    .sum();
        }

        /** Forgets what is ahead, but not where it is. */
        void drop() {
            if (!ahead.isEmpty()) {
                goesOnBelow = ahead.element().seq() + 1;
                ahead.clear();
            }
        }

        @Override
        public int compareTo(Walk other) {
            return SearchPlace.NEWEST_FIRST.compare(next, other.next);
        }
    }

    /** Returns below which seq of a room the messages come later in the order than a place. */
    private static long below(SearchPlace place, RoomId room) {
        return room.value().equals(place.room()) ? place.seq() : Cursor.MAX;
    }

    /** Returns the time that messages of a room which come later in the order than a place don't exceed. */
    private static long notAfter(SearchPlace place, RoomId room) {
        return room.value().compareTo(place.room()) > 0 ? place.timestamp() - 1 : place.timestamp();
    }
}
