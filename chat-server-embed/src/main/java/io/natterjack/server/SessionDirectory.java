package io.natterjack.server;

import io.natterjack.core.CloseReason;
import io.natterjack.core.DeviceId;
import io.natterjack.core.RoomId;
import io.natterjack.core.SessionId;
import io.natterjack.core.UserId;
import io.natterjack.server.node.NodeText;
import io.natterjack.server.node.Nodes;
import io.natterjack.server.session.SessionInfo;
import io.natterjack.server.session.Sessions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The sessions of all nodes: asked for when somebody wants to know, and kept nowhere, so none is ever listed that isn't there.
 *
 * <pre>
 *   sessions? (a question)   answered with one session a line: id user device since remote queued rooms
 *   end? (a question)        a session; answered with "ok" where it was
 *   out                      user: all sessions of theirs are to end
 *   revoked                  user before: those with tokens made before then are to end
 *   block                    by other: one person has blocked another, or does so no more
 * </pre>
 *
 * <p><b>Threads.</b> Any.
 */
final class SessionDirectory {
    private static final String SESSIONS = "sessions";
    private static final String END = "end";
    private static final String OUT = "out";
    private static final String REVOKED = "revoked";
    private static final String BLOCK = "block";
    private static final String OK = "ok";
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final int MAX_CHARS = 8 << 20;

    private final Sessions sessions;
    private final Nodes nodes;

    SessionDirectory(Sessions sessions, Nodes nodes) {
        this.sessions = sessions;
        this.nodes = nodes;
        nodes.answer(SESSIONS, nothing -> lines());
        nodes.answer(END, id -> sessions.end(new SessionId(id), CloseReason.DRAIN) ? OK : "");
        nodes.on(OUT, text -> sessions.end(new UserId(text.field(0)), CloseReason.AUTH));
        nodes.on(BLOCK, text -> sessions.blocked(new UserId(text.field(0)), new UserId(text.field(1))));
        nodes.on(REVOKED, text -> sessions.endRevoked(new UserId(text.field(0)), text.number(1)));
    }

    /** A list that would be too long to travel leaves the rooms out. */
    private String lines() {
        List<SessionInfo> all = sessions.list();
        String lines = lines(all, SessionInfo::rooms);
        return lines.length() <= MAX_CHARS ? lines : lines(all, info -> Set.of());
    }

    private static String lines(List<SessionInfo> all, Function<SessionInfo, Set<RoomId>> rooms) {
        return all.stream().map(info -> line(info, rooms.apply(info))).collect(Collectors.joining("\n"));
    }

    /** Returns those of this node, and those of the others that answer within two seconds. */
    CompletionStage<List<Session>> list() {
        List<Session> all = new ArrayList<>();
        sessions.list().forEach(info -> all.add(session(info)));
        return nodes.askAll(SESSIONS, "", PATIENCE).thenApply(answers -> {
            for (String answer : answers) {
                answer.lines().map(SessionDirectory::session).forEach(all::add);
            }
            return List.copyOf(all);
        });
    }

    private static Session session(SessionInfo info) {
        return new Session(
                info.id(),
                info.user(),
                info.device(),
                Instant.ofEpochMilli(info.since()),
                info.remote(),
                info.rooms(),
                info.queuedBytes());
    }

    private static String line(SessionInfo info, Set<RoomId> in) {
        String rooms = in.stream().map(RoomId::value).collect(Collectors.joining(","));
        return NodeText.of(
                        SESSIONS,
                        "",
                        info.id().value(),
                        info.user().value(),
                        info.device().value(),
                        String.valueOf(info.since()),
                        info.remote(),
                        String.valueOf(info.queuedBytes()),
                        rooms)
                .encoded()
                .stripTrailing();
    }

    private static Session session(String line) {
        NodeText text = NodeText.decode(line + "\n");
        Set<RoomId> rooms = Arrays.stream(text.field(6).split(","))
                .filter(room -> !room.isEmpty())
                .map(RoomId::new)
                .collect(Collectors.toSet());
        return new Session(
                new SessionId(text.field(0)),
                new UserId(text.field(1)),
                new DeviceId(text.field(2)),
                Instant.ofEpochMilli(text.number(3)),
                text.field(4),
                rooms,
                text.number(5));
    }

    /** Ends one session, wherever it is; completes with whether it was there. */
    CompletionStage<Boolean> end(SessionId session) {
        if (sessions.end(session, CloseReason.DRAIN)) {
            return CompletableFuture.completedFuture(true);
        }
        return nodes.askFirst(END, session.value(), PATIENCE)
                .thenApply(answer -> answer.filter(OK::equals).isPresent());
    }

    void end(UserId user) {
        sessions.end(user, CloseReason.AUTH);
        nodes.publish(user.value(), NodeText.of(OUT, "", user.value()));
    }

    /** Has other nodes learn that one person has blocked another, or does so no more. */
    void blocked(UserId by, UserId other) {
        nodes.publish(by.value(), NodeText.of(BLOCK, "", by.value(), other.value()));
    }

    void revoked(UserId user, long issuedBefore) {
        sessions.endRevoked(user, issuedBefore);
        nodes.publish(user.value(), NodeText.of(REVOKED, "", user.value(), String.valueOf(issuedBefore)));
    }
}
