package io.natterjack.client;

import io.natterjack.core.RoomId;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.ServerFrame;
import java.util.ArrayList;
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
            before.offline();
        }
        if (link != null) {
            feed.join(link);
        }
    }

    /** Forgets a room without telling the server. */
    void remove(RoomFeed feed) {
        feed.offline();
        feeds.remove(feed.id(), feed);
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
            public void answered(ServerFrame answer) {}

            @Override
            public void refused(ServerFrame.Refused refusal) {
                refusal.retry()
                        .ifPresent(retry -> loop.after(retry, () -> {
                            if (on == link && !feeds.containsKey(room)) {
                                tellLeft(on, room);
                            }
                        }));
            }
        });
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
