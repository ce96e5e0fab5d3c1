package io.natterjack.server.engine;

import io.natterjack.core.RoomId;
import io.natterjack.core.SessionId;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.Signal;
import io.natterjack.core.spi.Signals;
import io.natterjack.core.wire.FrameCodec;
import io.natterjack.server.node.NodeText;
import io.natterjack.server.node.Nodes;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * {@link Signals} to the sessions of all nodes.
 *
 * <pre>
 *   user   user kind except?      the frame
 *   room   room kind except?      the frame
 *   device user kind session      the frame
 *   present? (a question)         the room; answered with people, one a line, or with their number if they are many
 * </pre>
 *
 * <p><b>Threads.</b> Any.
 */
public final class SharedSignals implements Signals {
    private static final String USER = "user";
    private static final String ROOM = "room";
    private static final String DEVICE = "device";
    private static final String PRESENT = "present";
    private static final Duration PATIENCE = Duration.ofMillis(500);

    /** So many people are named; of more it is only said how many. */
    private static final int MAX_NAMED = 200;

    private final LocalSignals local;
    private final Nodes nodes;

    /** Puts the other nodes behind {@code local}. */
    public SharedSignals(LocalSignals local, Nodes nodes) {
        this.local = local;
        this.nodes = nodes;
        nodes.on(USER, text -> {
            UserId user = new UserId(text.field(0));
            if (local.isHeard(user)) {
                take(text, signal -> local.toUser(user, signal, session(text.field(2))));
            }
        });
        nodes.on(ROOM, text -> {
            RoomId room = new RoomId(text.field(0));
            if (local.isHeard(room)) {
                take(text, signal -> local.toRoom(room, signal, session(text.field(2))));
            }
        });
        nodes.on(DEVICE, text -> {
            UserId user = new UserId(text.field(0));
            if (local.isHeard(user)) {
                take(text, signal -> local.toSession(user, new SessionId(text.field(2)), signal));
            }
        });
        nodes.answer(PRESENT, room -> named(local.people(new RoomId(room))));
    }

    private static Optional<SessionId> session(String id) {
        return id.isEmpty() ? Optional.empty() : Optional.of(new SessionId(id));
    }

    private static void take(NodeText text, Consumer<Signal> sink) {
        FrameCodec.decodeServer(text.payload()).ifPresent(frame -> sink.accept(new Signal(frame, text.field(1))));
    }

    @Override
    public Listening listen(UserId user, SessionId session, Sink sink) {
        return local.listen(user, session, sink);
    }

    @Override
    public Listening listen(RoomId room, UserId user, SessionId session, Sink sink) {
        return local.listen(room, user, session, sink);
    }

    @Override
    public void toUser(UserId user, Signal signal, Optional<SessionId> except) {
        local.toUser(user, signal, except);
        publish(USER, user.value(), signal, except.map(SessionId::value).orElse(""));
    }

    @Override
    public void toRoom(RoomId room, Signal signal, Optional<SessionId> except) {
        local.toRoom(room, signal, except);
        publish(ROOM, room.value(), signal, except.map(SessionId::value).orElse(""));
    }

    @Override
    public void toSession(UserId user, SessionId session, Signal signal) {
        local.toSession(user, session, signal);
        publish(DEVICE, user.value(), signal, session.value());
    }

    private void publish(String word, String to, Signal signal, String session) {
        if (nodes.isConnected()) {
            nodes.publish(to, NodeText.of(word, signal.encoded().text(), to, signal.kind(), session));
        }
    }

    @Override
    public CompletionStage<Integer> present(RoomId room) {
        Set<UserId> here = local.people(room);
        return nodes.askAll(PRESENT, room.value(), PATIENCE).thenApply(answers -> count(here, answers));
    }

    private static String named(Set<UserId> people) {
        if (people.isEmpty()) {
            return "";
        }
        return people.size() > MAX_NAMED
                ? "#" + people.size()
                : people.stream().map(person -> "=" + person).collect(Collectors.joining("\n"));
    }

    private static int count(Collection<UserId> here, List<String> answers) {
        Set<String> named = new HashSet<>();
        here.forEach(person -> named.add("=" + person));
        int unnamed = 0;
        for (String answer : answers) {
            for (String line : answer.split("\n", -1)) {
                if (line.startsWith("#")) {
                    unnamed += Integer.parseInt(line.substring(1));
                } else {
                    named.add(line);
                }
            }
        }
        return named.size() + unnamed;
    }
}
