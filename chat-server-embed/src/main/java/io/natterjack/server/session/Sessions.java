package io.natterjack.server.session;

import io.natterjack.core.CloseReason;
import io.natterjack.core.Principal;
import io.natterjack.core.RoomId;
import io.natterjack.core.SessionId;
import io.natterjack.core.UserId;
import io.natterjack.core.lane.Budget;
import io.natterjack.core.spi.Connection;
import io.natterjack.core.spi.ConnectionHandler;
import io.natterjack.core.spi.ConnectionListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The sessions of a server.
 *
 * <p><b>Threads.</b> Any.
 */
public final class Sessions implements ConnectionHandler {
    /** The part of the heap that what clients sent may take, as long as nobody has looked at it, and then without an answer. */
    private static final int A_TENTH = 10;

    private final SessionContext context;
    private final Heartbeats heartbeats;
    private final Budget unread = new Budget(Runtime.getRuntime().maxMemory() / A_TENTH);
    private final Budget unanswered = new Budget(Runtime.getRuntime().maxMemory() / A_TENTH);
    private final Map<SessionId, ClientSession> open = new ConcurrentHashMap<>();
    /** The same, by who they are of: what concerns one person is no work for the sessions of others. */
    private final Map<UserId, Set<ClientSession>> byUser = new ConcurrentHashMap<>();

    private final Set<ClientSession> connected = ConcurrentHashMap.newKeySet();
    private final LatestRevocations revocations;

    /** Makes a server's sessions: none yet. */
    public Sessions(SessionContext context) {
        this.context = context.alsoTellingOfBlocks(this::blocked);
        SessionSettings settings = context.settings();
        this.revocations = new LatestRevocations(context.scheduler(), settings.authTimeout());
        this.heartbeats = new Heartbeats(context.scheduler(), settings.heartbeat(), settings.pongTimeout());
    }

    @Override
    public ConnectionListener opened(Connection connection) {
        ClientSession session = new ClientSession(context, this, connection);
        connected.add(session);
        session.start();
        return session;
    }

    Heartbeats heartbeats() {
        return heartbeats;
    }

    /** Returns what all clients have sent and nobody has looked at yet. */
    Budget unread() {
        return unread;
    }

    /** Returns what the changes take that all clients have sent and that have no answer yet. */
    Budget unanswered() {
        return unanswered;
    }

    /** The connection of {@code session} is gone. */
    void disconnected(ClientSession session) {
        connected.remove(session);
        synchronized (connected) {
            connected.notifyAll();
        }
    }

    void opened(ClientSession session, UserId user) {
        open.put(session.id(), session);
        byUser.compute(user, (same, present) -> {
            Set<ClientSession> sessions = present == null ? ConcurrentHashMap.newKeySet() : present;
            sessions.add(session);
            return sessions;
        });
    }

    /** Tells whether the token was revoked since {@code nanoTime}, when it began to be verified: it may have been looked at before. */
    boolean isRevokedSince(long nanoTime, Principal principal) {
        return revocations.isRevokedSince(nanoTime, principal);
    }

    void closed(ClientSession session, UserId user) {
        open.remove(session.id(), session);
        byUser.computeIfPresent(user, (same, sessions) -> {
            sessions.remove(session);
            return sessions.isEmpty() ? null : sessions;
        });
    }

    private Set<ClientSession> of(UserId user) {
        return byUser.getOrDefault(user, Set.of());
    }

    void replace(SessionId former, UserId by) {
        ClientSession session = open.get(former);
        if (session != null) {
            session.replaceBy(by);
        }
    }

    /** Returns how many clients are let in. */
    public int count() {
        return open.size();
    }

    /** Returns the sessions that are open. */
    public List<SessionInfo> list() {
        List<SessionInfo> sessions = new ArrayList<>();
        open.values().forEach(session -> session.info().ifPresent(sessions::add));
        return sessions;
    }

    /** Ends the session of that id; false if there is none. */
    public boolean end(SessionId id, CloseReason reason) {
        ClientSession session = open.get(id);
        if (session != null) {
            session.close(reason);
        }
        return session != null;
    }

    /** Ends all sessions of the user. */
    public void end(UserId user, CloseReason reason) {
        of(user).forEach(session -> session.close(reason));
    }

    /** Ends the sessions of the user whose tokens were made until then, and those whose tokens don't say when they were. */
    public void endRevoked(UserId user, long issuedBefore) {
        // First: who is let in meanwhile is either among the open ones or looks here.
        revocations.add(user, issuedBefore);
        of(user).forEach(session -> session.endIfRevoked(user, issuedBefore));
    }

    /** One person has blocked another, or does so no more. */
    public void blocked(UserId by, UserId other) {
        RoomId room = DirectRooms.between(by, other);
        of(by).forEach(session -> session.blocked(room, other));
        of(other).forEach(session -> session.blocked(room, other));
    }

    /** Tells every client to connect anew, at a random moment between {@code after} and {@code after + spread}. */
    public void drain(Duration after, Duration spread) {
        open.values().forEach(session -> session.drain(after, spread));
    }

    /** Ends all sessions, and connections that were yet to become one. */
    public void close(CloseReason reason) {
        connected.forEach(session -> session.close(reason));
    }

    /** Waits until all connections are gone, {@code timeout} at most. */
    public void awaitNone(Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        synchronized (connected) {
            long left = timeout.toMillis();
            while (!connected.isEmpty() && left > 0) {
                try {
                    connected.wait(left);
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                    return;
                }
                left = (deadline - System.nanoTime()) / 1_000_000;
            }
        }
    }
}
