package io.natterjack.client;

import io.natterjack.core.RoomId;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.ServerFrame;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The rooms of a client, those included that it is about to leave. Lane only. */
final class Rooms {
    private final Map<RoomId, RoomFeed> feeds = new LinkedHashMap<>();
    private final DueMarks marks = new DueMarks();

    /** Joins of the present connection that the server may leave unanswered, since another join or a leave has followed them. */
    private final Map<RoomId, List<Request>> overtaken = new HashMap<>();

    private final Loop loop;
    private @Nullable Link link;

    Rooms(Loop loop) {
        this.loop = loop;
    }

    /** Returns all of them, in the order in which they were joined first. */
    List<RoomFeed> all() {
        return new ArrayList<>(feeds.values());
    }

    boolean isJoined(RoomId room) {
        RoomFeed feed = feeds.get(room);
        return feed != null && feed.isJoined();
    }

    boolean has(RoomId room) {
        return feeds.containsKey(room);
    }

    /** Takes a room, and joins it if there is a connection. One of the same name that is being left gives way. */
    void add(RoomFeed feed) {
        @Nullable RoomFeed before = feeds.put(feed.id(), feed);
        if (before != null) {
            end(before);
        }
        if (link != null) {
            feed.join(link);
        }
    }

    /** Forgets a room without telling the server. */
    void remove(RoomFeed feed) {
        end(feed);
        feeds.remove(feed.id(), feed);
    }

    private void end(RoomFeed feed) {
        feed.unanswered().ifPresent(join -> overtaken(feed.id()).add(join));
        feed.offline();
    }

    private List<Request> overtaken(RoomId room) {
        return overtaken.computeIfAbsent(room, same -> new ArrayList<>());
    }

    /** The server has answered the last join of a room, or has ended it: what came before that isn't answered any more. */
    void settled(RoomId room) {
        @Nullable List<Request> joins = overtaken.remove(room);
        if (link != null && joins != null) {
            joins.forEach(link::forget);
        }
    }

    /** There is a new connection: its hello has asked for some rooms already, the others are joined now. */
    void online(Attempt attempt) {
        link = attempt.link();
        for (RoomFeed feed : all()) {
            if (!attempt.joinsByHello(feed)) {
                feed.join(attempt.link());
            }
        }
        for (RoomId room : attempt.unclaimed()) {
            if (!feeds.containsKey(room)) {
                tellLeft(attempt.link(), room);
            }
        }
    }

    /** There is no connection. */
    void offline() {
        link = null;
        overtaken.clear();
        marks.clear();
        feeds.values().forEach(RoomFeed::offline);
    }

    /** Leaves the rooms that the application has left and that nothing waits for any more. */
    void leaveIfDone(Predicate<RoomId> busy) {
        for (RoomFeed feed : all()) {
            if (feed.room().isLeft() && !busy.test(feed.id())) {
                remove(feed);
                if (link != null) {
                    tellLeft(link, feed.id());
                }
            }
        }
    }

    private void tellLeft(Link on, RoomId room) {
        on.request(id -> new ClientFrame.Leave(id, room), new Request() {
            @Override
            public void answered(ServerFrame answer) {
                settledUnlessJoined(on, room);
            }

            @Override
            public void refused(ServerFrame.Refused refusal) {
                if (!refusal.retry().isPresent()) {
                    settledUnlessJoined(on, room);
                    return;
                }
                loop.after(refusal.retry().get(), () -> {
                    if (on == link && !feeds.containsKey(room)) {
                        tellLeft(on, room);
                    }
                });
            }
        });
    }

    /** A leave has been answered. If the room was joined again meanwhile, the answer to that settles it. */
    private void settledUnlessJoined(Link on, RoomId room) {
        if (on == link && !feeds.containsKey(room)) {
            settled(room);
        }
    }

    /** There is something to say of how far the user is in a room. */
    void markDue(RoomSignals signals) {
        marks.add(signals);
        marks.say();
    }

    /** Says how far the user is where that is due, as far as the pace allows. */
    void sayMarks() {
        marks.say();
    }

    /** Says how far the user is wherever there is something new to say, due or not, as far as the pace allows. */
    void sayLastMarks() {
        feeds.values().forEach(feed -> marks.add(feed.signals()));
        marks.say();
    }

    void onEvents(ServerFrame.Ev frame) {
        with(frame.room(), feed -> feed.onEvents(frame));
    }

    void onJoined(ServerFrame.Joined frame) {
        with(frame.room(), feed -> feed.onJoinedByHello(frame));
    }

    /** Has the feed of that room, if there is one, do something. */
    void with(RoomId room, Consumer<RoomFeed> task) {
        RoomFeed feed = feeds.get(room);
        if (feed != null) {
            task.accept(feed);
        }
    }

    void onRefused(ServerFrame.Refused refusal) {
        RoomFeed feed = refusal.room().map(feeds::get).orElse(null);
        if (feed != null) {
            feed.onHelloRefused(refusal);
        }
    }
}
