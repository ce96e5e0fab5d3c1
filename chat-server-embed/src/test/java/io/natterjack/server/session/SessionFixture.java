package io.natterjack.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.ClientId;
import io.natterjack.core.CloseReason;
import io.natterjack.core.Cursor;
import io.natterjack.core.DeviceId;
import io.natterjack.core.Draft;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Principal;
import io.natterjack.core.RoomId;
import io.natterjack.core.SessionId;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.AccessPolicy;
import io.natterjack.core.spi.AuthRequest;
import io.natterjack.core.spi.AuthResult;
import io.natterjack.core.spi.ConnectionListener;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.FrameCodec;
import io.natterjack.core.wire.Limits;
import io.natterjack.core.wire.Pong;
import io.natterjack.core.wire.ServerFrame;
import io.natterjack.server.InMemoryStore;
import io.natterjack.server.RolePolicy;
import io.natterjack.server.engine.GroupCommitQueue;
import io.natterjack.server.engine.LocalRouter;
import io.natterjack.server.engine.StoreReads;
import io.natterjack.testkit.FaultyStore;
import io.natterjack.testkit.ManualScheduler;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** Sessions over a real engine on manual time: token {@code ada} is user ada, {@code ada@60} expires in 60 seconds. */
abstract class SessionFixture {
    static final RoomId LOBBY = new RoomId("lobby");
    static final Limits LIMITS = new Limits(64 << 10, MessageBody.MAX_BYTES, 64, 20, 40);

    final ManualScheduler time = new ManualScheduler();
    final FaultyStore store = new FaultyStore(new InMemoryStore());
    final AtomicInteger sessionIds = new AtomicInteger();
    Function<AuthRequest, CompletionStage<AuthResult>> auth = this::byName;
    final StoreReads reads = new StoreReads(store, time);
    final LocalRouter router = new LocalRouter(new StoreReads(store, time), time, time, LocalRouter.Bounds.DEFAULT);
    Services services = Services.plain(new RolePolicy().clock(time::wallMillis), time);
    private final GroupCommitQueue queue =
            new GroupCommitQueue(store, router, time, time, GroupCommitQueue.Bounds.DEFAULT);
    final Sessions sessions = sessions(LIMITS);

    SessionFixture() {
        router.observe(events -> services.bumps().committed(events));
    }

    GroupCommitQueue queue() {
        return queue;
    }

    Services services(AccessPolicy policy) {
        return Services.plain(policy, time);
    }

    Sessions sessions(Limits limits) {
        return sessions(limits, new StoreReads(store, time));
    }

    Sessions sessions(Limits limits, StoreReads reads) {
        return new Sessions(new SessionContext(
                request -> auth.apply(request),
                queue,
                router,
                reads,
                time,
                time,
                () -> new SessionId("s" + sessionIds.incrementAndGet()),
                256 << 10,
                SessionSettings.defaults(limits, 256 << 10),
                services,
                (by, other) -> {}));
    }

    CompletionStage<AuthResult> byName(AuthRequest request) {
        String[] parts = request.token().split("@", 2);
        UserId user = new UserId(parts[0]);
        if (parts[0].equals("mallory")) {
            return CompletableFuture.completedFuture(AuthResult.refused("not known"));
        }
        if (parts.length == 1) {
            return CompletableFuture.completedFuture(AuthResult.accepted(Principal.of(user)));
        }
        Instant expiry = Instant.ofEpochMilli(time.wallMillis() + 1_000 * Long.parseLong(parts[1]));
        return CompletableFuture.completedFuture(AuthResult.accepted(Principal.until(user, expiry)));
    }

    /** As another process would that shares the store. */
    void appendElsewhere(int count, String text) {
        for (int i = 0; i < count; i++) {
            store.append(List.of(new Draft(LOBBY, new UserId("eve"), new ClientId("e" + i), MessageBody.text(text))));
        }
        router.changed(LOBBY);
        time.runAll();
    }

    long epoch() {
        return store.heads(List.of(LOBBY)).get(LOBBY).epoch();
    }

    ServerFrame.Joined rejoin(Cursor cursor) {
        Client bob = welcome("bob");
        bob.send(new ClientFrame.Join(2, LOBBY, Optional.of(cursor), 0));
        return bob.next(ServerFrame.Joined.class);
    }

    void keepAlive(Client client) {
        client.connection.rest();
        client.send(new Pong());
    }

    Client welcome(String token) {
        Client client = new Client();
        client.hello(token);
        client.next(ServerFrame.Welcome.class);
        return client;
    }

    Client joined(String token) {
        Client client = welcome(token);
        client.send(new ClientFrame.Join(2, LOBBY, Optional.empty(), 0));
        client.next(ServerFrame.Joined.class);
        return client;
    }

    static <F extends ServerFrame> List<F> all(Class<F> type, List<ServerFrame> frames) {
        return frames.stream().filter(type::isInstance).map(type::cast).toList();
    }

    static <F extends ServerFrame> F only(Class<F> type, List<ServerFrame> frames) {
        List<F> found = all(type, frames);
        assertThat(found).as(type.getSimpleName()).hasSize(1);
        return found.get(0);
    }

    static List<Long> seqs(List<ServerFrame> frames) {
        List<Long> seqs = new ArrayList<>();
        all(ServerFrame.Ev.class, frames).forEach(ev -> ev.events().forEach(event -> seqs.add(event.seq())));
        return seqs;
    }

    final class Client {
        final TestConnection connection = new TestConnection();
        final ConnectionListener listener;

        Client() {
            this(sessions);
        }

        Client(Sessions server) {
            listener = server.opened(connection);
        }

        void text(String text) {
            listener.heard();
            listener.received(text);
            time.runAll();
        }

        /** Sends without waiting for what comes of it. */
        void queue(ClientFrame frame) {
            listener.heard();
            listener.received(FrameCodec.encode(frame).text());
        }

        void send(ClientFrame frame) {
            text(FrameCodec.encode(frame).text());
        }

        void hello(String token) {
            send(new ClientFrame.Hello(1, token, new DeviceId("d"), Optional.empty(), List.of()));
        }

        void message(String clientId, String text) {
            send(new ClientFrame.Send(0, LOBBY, new ClientId(clientId), MessageBody.text(text), false));
        }

        void messages(int count) {
            for (int i = 0; i < count; i++) {
                message("m" + i, "hi");
            }
            connection.rest();
        }

        <F extends ServerFrame> F next(Class<F> type) {
            return connection.next(type);
        }

        List<ServerFrame> rest() {
            return connection.rest();
        }

        Optional<CloseReason> closed() {
            return connection.closed();
        }
    }
}
