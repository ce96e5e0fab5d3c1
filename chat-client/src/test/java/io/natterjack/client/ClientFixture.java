package io.natterjack.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.ChatException;
import io.natterjack.core.ClientId;
import io.natterjack.core.CloseReason;
import io.natterjack.core.Cursor;
import io.natterjack.core.DeviceId;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.EventKind;
import io.natterjack.core.Message;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Page;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.SessionId;
import io.natterjack.core.UserId;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.Limits;
import io.natterjack.core.wire.ServerFrame;
import io.natterjack.testkit.ManualScheduler;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** A client and a fake server on manual time, and short names for what tests say. */
final class ClientFixture {
    static final RoomId LOBBY = new RoomId("lobby");
    static final RoomId ATTIC = new RoomId("attic");
    static final UserId ADA = new UserId("ada");
    static final SessionId SESSION = new SessionId("session-1");
    static final Limits LIMITS = new Limits(65_536, 32_768, 64, 0, 0);
    static final Duration LONG = Duration.ofSeconds(31);

    final ManualScheduler time = new ManualScheduler();
    final FakeServer server = new FakeServer(time);
    final List<String> clientCalls = new ArrayList<>();
    final List<String> alarms = new ArrayList<>();
    final List<String> roomCalls = new ArrayList<>();
    final ChatClient.Builder builder;
    CompletionStage<String> nextToken = CompletableFuture.completedFuture("token");
    int tokensFetched;
    ChatClient client;

    ClientFixture() {
        builder = ChatClient.builder(URI.create("ws://chat.test/"), () -> {
                    tokensFetched++;
                    return nextToken;
                })
                .device(new DeviceId("device"))
                .executor(time)
                .scheduler(time)
                .listenerExecutor(time)
                .random(new Random(7))
                .connector(server)
                .listener(new ClientListener() {
                    @Override
                    public void onState(ClientState state) {
                        clientCalls.add(state.name());
                    }

                    @Override
                    public void onAlarm(ChatException alarm) {
                        clientCalls.add("alarm");
                        alarms.add(String.valueOf(alarm.getMessage()));
                    }

                    @Override
                    public void onClosed(CloseReason reason) {
                        clientCalls.add("closed " + reason.code());
                    }
                });
    }

    /** Has listeners, token source and stages run on {@code executor} instead of at once. */
    ClientFixture listenersOn(Executor executor) {
        builder.listenerExecutor(executor);
        return this;
    }

    /** Connects; the server has the hello but hasn't answered. */
    FakeServer.End connect() {
        client = builder.connect();
        time.runAll();
        return server.last();
    }

    FakeServer.End online() {
        return online(LIMITS);
    }

    FakeServer.End online(Limits limits) {
        FakeServer.End end = connect();
        welcome(end, limits);
        return end;
    }

    static ClientFrame.Hello welcome(FakeServer.End end) {
        return welcome(end, LIMITS);
    }

    static ClientFrame.Hello welcome(FakeServer.End end, Limits limits) {
        ClientFrame.Hello hello = end.next(ClientFrame.Hello.class);
        end.say(new ServerFrame.Welcome(hello.id(), SESSION, ADA, 1_000, 25_000, limits, OptionalLong.empty()));
        return hello;
    }

    /** Waits out any pause and returns the connection made then, welcomed. */
    FakeServer.End reconnected() {
        FakeServer.End end = nextConnection();
        welcome(end);
        return end;
    }

    /** Waits out any pause and returns the connection made then. */
    FakeServer.End nextConnection() {
        int before = server.connections();
        for (int i = 0; i < 310 && server.connections() == before; i++) {
            time.advance(Duration.ofMillis(100));
        }
        return server.connection(before);
    }

    /** Joins the lobby at the cursor (1, {@code seq}); the server says that nothing was missed. */
    Room joined(FakeServer.End end, long seq) {
        Room room = client.join(LOBBY, new Cursor(1, seq), recorder());
        ClientFrame.Join join = end.next(ClientFrame.Join.class);
        end.say(live(join.id(), LOBBY, seq));
        return room;
    }

    /** Cuts the connection and returns the next, on which the lobby is joined at 5. */
    FakeServer.End back(FakeServer.End end) {
        end.close(CloseReason.ABNORMAL);
        FakeServer.End next = nextConnection();
        ClientFrame.Hello hello = welcome(next);
        next.say(live(hello.id(), LOBBY, 5));
        return next;
    }

    /** Returns what a {@link #recorder} has heard but where rooms were joined. */
    List<String> messages() {
        List<String> messages = new ArrayList<>(roomCalls);
        messages.removeIf(call -> call.startsWith("joined"));
        return messages;
    }

    /** Sends a message whose client id is its text. */
    static CompletableFuture<Sent> send(Room room, String cid) {
        return room.send(cid(cid), body(cid)).toCompletableFuture();
    }

    static ClientFrame.Send nextSend(FakeServer.End end, String cid) {
        ClientFrame.Send send = end.next(ClientFrame.Send.class);
        assertThat(send.clientId()).isEqualTo(cid(cid));
        return send;
    }

    static Throwable failure(CompletableFuture<?> stage) {
        assertThat(stage).isCompletedExceptionally();
        try {
            stage.join();
            throw new AssertionError();
        } catch (CompletionException wrapped) {
            return wrapped.getCause();
        }
    }

    static ServerFrame.Joined live(int id, RoomId room, long head) {
        return joined(id, room, ServerFrame.Joined.Mode.LIVE, head, head);
    }

    static ServerFrame.Joined joined(int id, RoomId room, ServerFrame.Joined.Mode mode, long head, long after) {
        return new ServerFrame.Joined(id, room, mode, new Cursor(1, head), after, OptionalLong.empty());
    }

    /** Returns what writes down each call of a room's listener. */
    RoomListener recorder() {
        return new RoomListener() {
            @Override
            public void onMessage(Message message) {
                roomCalls.add(message.body().text().orElse("?"));
            }

            @Override
            public void onJoined(Cursor at) {
                roomCalls.add("joined " + at.seq());
            }

            @Override
            public void onSkipped(Cursor after, Cursor upto) {
                roomCalls.add("skipped " + after.seq() + "-" + upto.seq());
            }

            @Override
            public void onReset(Cursor base) {
                roomCalls.add("reset " + base.epoch() + ":" + base.seq());
            }

            @Override
            public void onErased(List<Long> seqs) {
                roomCalls.add("erased " + seqs);
            }

            @Override
            public void onTrimmed(long upto) {
                roomCalls.add("trimmed " + upto);
            }

            @Override
            public void onRefused(ErrorCode code) {
                roomCalls.add("refused " + code);
            }
        };
    }

    static RoomEvent event(RoomId room, long epoch, long seq) {
        return new RoomEvent(
                room,
                new Cursor(epoch, seq),
                EventKind.MESSAGE,
                ADA,
                new ClientId("c" + seq),
                seq,
                MessageBody.text("m" + seq));
    }

    static ServerFrame.Ev change(long seq, RoomChange change) {
        Cursor at = new Cursor(1, seq);
        RoomEvent event = new RoomEvent(LOBBY, at, change.kind(), ADA, new ClientId("c" + seq), seq, change.body());
        return new ServerFrame.Ev(LOBBY, 1, List.of(event));
    }

    static ServerFrame.Ev events(long from, long to) {
        return events(1, from, to);
    }

    static ServerFrame.Ev events(long epoch, long from, long to) {
        return new ServerFrame.Ev(
                LOBBY,
                epoch,
                LongStream.rangeClosed(from, to)
                        .mapToObj(seq -> event(LOBBY, epoch, seq))
                        .collect(Collectors.toList()));
    }

    static ServerFrame.Messages page(int id, long epoch, long from, long to, boolean more, long upto) {
        List<Message> messages = LongStream.rangeClosed(from, to)
                .mapToObj(seq -> Message.of(event(LOBBY, epoch, seq)))
                .collect(Collectors.toList());
        return new ServerFrame.Messages(id, LOBBY, new Page(messages, more, new Cursor(epoch, upto)));
    }

    static ServerFrame.Ack ack(ClientFrame.Send send, long seq) {
        return new ServerFrame.Ack(send.id(), send.room(), send.clientId(), new Cursor(1, seq), seq, false);
    }

    static ServerFrame.Refused refusal(ClientFrame.Send send, ErrorCode code, long retryMillis) {
        return new ServerFrame.Refused(
                send.id(),
                code,
                Optional.empty(),
                Optional.of(Duration.ofMillis(retryMillis)),
                Optional.of(send.room()),
                Optional.of(send.clientId()));
    }

    static ServerFrame.Refused refusal(int id, ErrorCode code) {
        return new ServerFrame.Refused(
                id, code, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    static ServerFrame.Refused refusal(int id, ErrorCode code, long retryMillis) {
        return new ServerFrame.Refused(
                id,
                code,
                Optional.empty(),
                Optional.of(Duration.ofMillis(retryMillis)),
                Optional.empty(),
                Optional.empty());
    }

    static MessageBody body(String text) {
        return MessageBody.text(text);
    }

    static ClientId cid(String value) {
        return new ClientId(value);
    }
}
