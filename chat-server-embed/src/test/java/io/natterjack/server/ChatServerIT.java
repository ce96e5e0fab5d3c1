package io.natterjack.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.natterjack.core.ClientId;
import io.natterjack.core.CloseReason;
import io.natterjack.core.DeviceId;
import io.natterjack.core.Draft;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Outcome;
import io.natterjack.core.Principal;
import io.natterjack.core.RoomId;
import io.natterjack.core.SearchPage;
import io.natterjack.core.SearchQuery;
import io.natterjack.core.TransportException;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.AuthResult;
import io.natterjack.core.spi.AuthVerifier;
import io.natterjack.core.spi.ConnectionHandler;
import io.natterjack.core.spi.Flow;
import io.natterjack.core.spi.PersistenceQueue;
import io.natterjack.core.spi.QueueStats;
import io.natterjack.core.spi.Transport;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.FrameCodec;
import io.natterjack.core.wire.PeopleAnswer;
import io.natterjack.core.wire.PeopleRequest;
import io.natterjack.core.wire.ServerFrame;
import io.natterjack.server.engine.LocalPresence;
import io.natterjack.server.node.SingleNode;
import io.natterjack.testkit.FaultyStore;
import io.natterjack.testkit.ForwardingStore;
import io.natterjack.testkit.HttpClientConnector;
import io.natterjack.testkit.RecordingListener;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The life of a whole server over real sockets, seen by a client that isn't ours. */
@Timeout(60)
final class ChatServerIT {
    private static final RoomId LOBBY = new RoomId("lobby");
    private static final AuthVerifier BY_NAME = request ->
            CompletableFuture.completedFuture(AuthResult.accepted(Principal.of(new UserId(request.token()))));

    private final HttpClientConnector connector = new HttpClientConnector();
    private final FaultyStore store = new FaultyStore(new InMemoryStore());

    @AfterEach
    void close() {
        connector.close();
        store.close();
    }

    @Test
    void peopleTalk() {
        try (ChatServer server = start(0)) {
            RecordingListener ada = join(server, "ada");
            RecordingListener bob = join(server, "bob");
            say(ada, "c1", "hello");
            ServerFrame.Ev ev = await(bob, ServerFrame.Ev.class);
            assertThat(ev.events().get(0).body().text()).contains("hello");
            assertThat(await(ada, ServerFrame.Ack.class).at())
                    .isEqualTo(ev.events().get(0).at());
            assertThat(server.sessions()).isEqualTo(2);
        }
    }

    @Test
    void closingTellsClientsToComeBack() {
        RecordingListener ada;
        try (ChatServer server = start(0)) {
            ada = join(server, "ada");
        }
        await(ada, ServerFrame.Drain.class);
        assertThat(ada.awaitClosed()).isEqualTo(CloseReason.DRAIN);
    }

    @Test
    void whatWasAcceptedIsStoredAndAckedBeforeClosing() throws Exception {
        CountDownLatch atStore = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        store.beforeAppend(() -> {
            atStore.countDown();
            awaitQuietly(goOn);
        });
        ChatServer server = start(0);
        RecordingListener ada = join(server, "ada");
        say(ada, "c1", "hello");
        atStore.await();

        Thread closing = new Thread(server::close, "test-close");
        closing.start();
        await(ada, ServerFrame.Drain.class);
        goOn.countDown();
        closing.join();

        assertThat(await(ada, ServerFrame.Ack.class).at().seq()).isEqualTo(1);
        assertThat(ada.awaitClosed()).isEqualTo(CloseReason.DRAIN);
        assertThat(store.eventsAfter(LOBBY, 0, 10, 1_000_000)).hasSize(1);
    }

    @Test
    void aStoreThatHangsDoesNotKeepTheServerFromClosing() throws Exception {
        CountDownLatch atStore = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        store.beforeAppend(() -> {
            atStore.countDown();
            awaitQuietly(goOn);
        });
        ChatServer server = ChatServer.builder(BY_NAME)
                .store(store)
                .port(0)
                .drainTimeout(Duration.ofMillis(100))
                .start();
        RecordingListener ada = join(server, "ada");
        say(ada, "c1", "hello");
        atStore.await();
        server.close();
        ServerFrame.Refused refused = await(ada, ServerFrame.Refused.class);
        assertThat(refused.code()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(refused.retry()).isPresent();
        goOn.countDown();
    }

    @Test
    void whoComesIsLetInWhileOthersSearchForLong() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicInteger searching = new AtomicInteger();
        FaultyStore slow = new FaultyStore(new ForwardingStore(store) {
            @Override
            public SearchPage search(SearchQuery query) {
                searching.incrementAndGet();
                awaitQuietly(goOn);
                return super.search(query);
            }
        });
        try (ChatServer server = ChatServer.builder(BY_NAME).store(slow).port(0).start()) {
            List<RecordingListener> searchers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                RecordingListener each = join(server, "user" + i);
                send(each, new PeopleRequest.Search(5, "nowhere", List.of(), Optional.empty(), 10));
                searchers.add(each);
            }
            RecordingListener ada = join(server, "ada");
            say(ada, "c1", "hello");
            await(ada, ServerFrame.Ack.class);
            assertThat(searching.get()).as("searches at once").isLessThanOrEqualTo(3);
            goOn.countDown();
            searchers.forEach(each -> await(each, PeopleAnswer.Found.class));
        } finally {
            goOn.countDown();
        }
    }

    @Test
    void aListenerThatBlocksHoldsUpNothingElse() throws Exception {
        CountDownLatch stuck = new CountDownLatch(8);
        CountDownLatch goOn = new CountDownLatch(1);
        CountDownLatch heard = new CountDownLatch(9);
        try (ChatServer server = ChatServer.builder(BY_NAME)
                .store(store)
                .port(0)
                .interceptor(proposal -> Interceptor.Decision.allow())
                .listener("blocks", event -> {
                    stuck.countDown();
                    goOn.await();
                })
                .listener("other", event -> heard.countDown())
                .start()) {
            for (int i = 0; i < 8; i++) {
                server.room(new RoomId("room" + i)).post(MessageBody.text("news"));
            }
            stuck.await();
            RecordingListener ada = join(server, "ada");
            say(ada, "c1", "hello");
            assertThat(answer(ada)).isInstanceOf(ServerFrame.Ack.class);
            heard.await();
        } finally {
            goOn.countDown();
        }
    }

    @Test
    void aUserDirectoryThatBlocksHoldsUpNothingElse() {
        CountDownLatch goOn = new CountDownLatch(1);
        CountDownLatch asked = new CountDownLatch(3);
        try (ChatServer server = ChatServer.builder(BY_NAME)
                .port(0)
                .userDirectory(users -> {
                    asked.countDown();
                    awaitQuietly(goOn);
                    return Map.of();
                })
                .start()) {
            List<RecordingListener> asking = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                RecordingListener each = join(server, "user" + i);
                send(each, new PeopleRequest.Users(5, List.of(new UserId("bob")), false));
                asking.add(each);
            }
            awaitQuietly(asked);
            RecordingListener ada = join(server, "ada");
            say(ada, "c1", "hello");
            await(ada, ServerFrame.Ack.class);
            goOn.countDown();
            asking.forEach(each -> await(each, PeopleAnswer.Users.class));
        } finally {
            goOn.countDown();
        }
    }

    @Test
    void aServerCanBeStartedAgainOnItsPort() {
        int port;
        try (ChatServer server = start(0)) {
            port = server.port();
            RecordingListener ada = join(server, "ada");
            say(ada, "c1", "hello");
            await(ada, ServerFrame.Ack.class);
        }
        try (ChatServer again = start(port)) {
            RecordingListener ada = join(again, "ada");
            say(ada, "c1", "hello");
            assertThat(await(ada, ServerFrame.Ack.class).isDuplicate()).isTrue();
        }
    }

    @Test
    void aPortThatIsTakenIsNamed() {
        try (ChatServer server = start(0)) {
            assertThatThrownBy(() -> start(server.port()))
                    .isInstanceOf(TransportException.class)
                    .hasMessageContaining(String.valueOf(server.port()))
                    .hasMessageContaining("another program has this port. Take another one, 0 for any that is free");
        }
    }

    @Test
    void anAddressThatThisMachineHasNotIsNamed() {
        assertThatThrownBy(() -> ChatServer.builder(BY_NAME)
                        .host("203.0.113.7")
                        .behindTlsProxy()
                        .port(0)
                        .start())
                .isInstanceOf(TransportException.class)
                .hasMessageContaining("203.0.113.7")
                .hasMessageContaining("this machine doesn't have that address");
    }

    @Test
    void aClusterIsToldWhichStoreItNeeds() {
        assertThatThrownBy(() -> ChatServer.builder(BY_NAME)
                        .cluster(new SingleNode(LocalPresence::new))
                        .start())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("JdbcMessageStore or RedisMessageStore: give it with store(…)");
    }

    @Test
    void aClosedServerLeavesNoThreadBehind() throws InterruptedException {
        Set<Thread> before = chatThreads();
        ChatServer server = start(0);
        join(server, "ada");
        server.close();
        server.close();
        assertEnded(before);
    }

    @Test
    void aStartThatFailsByAnErrorLeavesNoThreadBehind() throws InterruptedException {
        Set<Thread> before = chatThreads();
        BrokenTransport transport = new BrokenTransport();
        assertThatThrownBy(() -> ChatServer.builder(BY_NAME)
                        .store(store)
                        .queue(context -> {
                            throw new NoClassDefFoundError("planted");
                        })
                        .start())
                .isInstanceOf(NoClassDefFoundError.class);
        assertThatThrownBy(() -> ChatServer.builder(BY_NAME)
                        .store(store)
                        .transport(transport)
                        .start())
                .isInstanceOf(NoClassDefFoundError.class);

        assertThat(transport.isClosed).isTrue();
        assertEnded(before);
    }

    /** Can't begin, for a reason that no exception tells. */
    private static final class BrokenTransport implements Transport {
        private boolean isClosed;

        @Override
        public void start(ConnectionHandler handler) {
            throw new NoClassDefFoundError("planted");
        }

        @Override
        public int port() {
            return 0;
        }

        @Override
        public int maxFrameBytes() {
            return 1 << 16;
        }

        @Override
        public long lowMark() {
            return 1 << 18;
        }

        @Override
        public void stopAccepting() {}

        @Override
        public void close() {
            isClosed = true;
        }
    }

    private static void assertEnded(Set<Thread> before) throws InterruptedException {
        for (Thread thread : chatThreads()) {
            if (!before.contains(thread)) {
                thread.join(10_000);
                assertThat(thread.isAlive()).as(thread.getName()).isFalse();
            }
        }
    }

    @Test
    void aPartThatCantBeClosedKeepsNothingElseOpen() throws InterruptedException {
        Set<Thread> before = chatThreads();
        StubbornQueue queue = new StubbornQueue();
        ChatServer server = ChatServer.builder(BY_NAME)
                .store(store)
                .port(0)
                .queue(context -> queue)
                .start();
        int port = server.port();
        server.close();
        assertThat(queue.isClosed).isTrue();
        assertEnded(before);
        start(port).close();
    }

    /** Refuses all, and can't be drained. */
    private static final class StubbornQueue implements PersistenceQueue {
        private volatile boolean isClosed;

        @Override
        public CompletionStage<Outcome> append(Draft draft, Flow flow) {
            return CompletableFuture.completedFuture(Outcome.Refused.forGood(ErrorCode.INTERNAL));
        }

        @Override
        public QueueStats stats() {
            return new QueueStats(0, 0, true);
        }

        @Override
        public boolean drain(Duration timeout) {
            throw new IllegalStateException("planted");
        }

        @Override
        public void close() {
            isClosed = true;
        }
    }

    private static Set<Thread> chatThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("chat-"))
                .filter(thread -> !thread.getName().startsWith("chat-test"))
                .collect(Collectors.toSet());
    }

    private ChatServer start(int port) {
        return ChatServer.builder(BY_NAME).store(store).port(port).start();
    }

    private RecordingListener join(ChatServer server, String user) {
        URI uri = URI.create("ws://127.0.0.1:" + server.port() + "/chat");
        CompletableFuture<RecordingListener> opened = new CompletableFuture<>();
        connector.connect(uri, Duration.ofSeconds(20), connection -> {
            RecordingListener listener = new RecordingListener(connection);
            opened.complete(listener);
            return listener;
        });
        RecordingListener client = opened.join();
        send(client, new ClientFrame.Hello(1, user, new DeviceId("d"), Optional.empty(), List.of()));
        send(client, new ClientFrame.Join(2, LOBBY, Optional.empty(), 0));
        await(client, ServerFrame.Joined.class);
        return client;
    }

    private static void say(RecordingListener client, String clientId, String text) {
        send(client, new ClientFrame.Send(3, LOBBY, new ClientId(clientId), MessageBody.text(text), false));
    }

    private static void send(RecordingListener client, ClientFrame frame) {
        assertThat(client.connection().offer(FrameCodec.encode(frame))).isTrue();
    }

    /** Waits for a frame of that type, and returns the first. */
    private static <F extends ServerFrame> F await(RecordingListener client, Class<F> type) {
        for (int i = 1; ; i++) {
            String text = client.awaitReceived(i).get(i - 1);
            Optional<F> found =
                    FrameCodec.decodeServer(text).filter(type::isInstance).map(type::cast);
            if (found.isPresent()) {
                return found.get();
            }
        }
    }

    /** Waits for what becomes of a send. */
    private static ServerFrame answer(RecordingListener client) {
        for (int i = 1; ; i++) {
            Optional<ServerFrame> frame =
                    FrameCodec.decodeServer(client.awaitReceived(i).get(i - 1));
            if (frame.isPresent()
                    && (frame.get() instanceof ServerFrame.Ack || frame.get() instanceof ServerFrame.Refused)) {
                return frame.get();
            }
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
