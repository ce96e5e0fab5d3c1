package io.natterjack.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.ClientId;
import io.natterjack.core.CloseReason;
import io.natterjack.core.Cursor;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.Message;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Page;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.SessionId;
import io.natterjack.core.UserId;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.FrameCodec;
import io.natterjack.core.wire.Limits;
import io.natterjack.core.wire.Ping;
import io.natterjack.core.wire.RoomCursor;
import io.natterjack.core.wire.ServerFrame;
import io.natterjack.core.wire.ServerFrame.Joined.Mode;
import io.natterjack.testkit.ManualScheduler;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/** A server with a true log and bad luck: it speaks the protocol, late, loses publications, refuses for now, and goes down. */
final class SimulatedServer {
    private static final UserId ADA = new UserId("ada");
    private static final UserId BOB = new UserId("bob");
    private static final int WINDOW = 8;
    private static final int MAX_REPLAY = 6;

    private final ManualScheduler time;
    private final FakeServer fake;
    private final Random random;
    private final Map<FakeServer.End, Session> sessions = new LinkedHashMap<>();
    private final SimulatedLogs logs = new SimulatedLogs();
    private boolean unlucky = true;
    private int others;

    SimulatedServer(ManualScheduler time, FakeServer fake, Random random) {
        this.time = time;
        this.fake = fake;
        this.random = random;
        pingAll();
        fake.script((end, frame) -> sessions.computeIfAbsent(end, Session::new).arrives(frame));
    }

    /** Without it the client would take the silence for an end, come back, and so find any hole for the wrong reason. */
    private void pingAll() {
        sessions.values().forEach(session -> session.reply(new Ping()));
        time.after(Duration.ofSeconds(20), this::pingAll);
    }

    List<RoomEvent> log(RoomId room) {
        return logs.of(room);
    }

    void endBadLuck() {
        unlucky = false;
        fake.setReachable(true);
    }

    private boolean chance(int percent) {
        return unlucky && random.nextInt(100) < percent;
    }

    // What goes wrong.

    void cutAll() {
        int[] codes = {1006, 4000, 4001, 4002, 4003};
        sessions.keySet().forEach(end -> end.cut(CloseReason.of(codes[random.nextInt(codes.length)])));
    }

    void drain() {
        sessions.values()
                .forEach(session -> session.reply(new ServerFrame.Drain(
                        Duration.ofMillis(random.nextInt(500)), Duration.ofMillis(random.nextInt(1_000)))));
    }

    /** A backup is restored: what lies above some place is gone. */
    void forget() {
        logs.forget(random);
        cutAll();
    }

    void somebodyElseWrites(RoomId room) {
        others++;
        append(room, BOB, new ClientId("bob-" + others), MessageBody.text("bob " + others));
    }

    private RoomEvent append(RoomId room, UserId sender, ClientId cid, MessageBody body) {
        RoomEvent event = logs.append(room, sender, cid, time.wallMillis(), body);
        for (Session session : sessions.values()) {
            if (session.joined.contains(room) && !chance(5)) {
                session.reply(new ServerFrame.Ev(room, logs.epoch(), List.of(event)));
            }
        }
        return event;
    }

    /** One connection's state at the server. */
    private final class Session {
        private final FakeServer.End end;
        private final Set<RoomId> joined = new HashSet<>();
        private final Map<RoomId, ClientId> broken = new HashMap<>();
        private long inDue;
        private long outDue;
        private int unanswered;

        Session(FakeServer.End end) {
            this.end = end;
        }

        void arrives(ClientFrame frame) {
            inDue = Math.max(inDue, time.nanoTime() + latency());
            at(inDue, () -> frame.handle(handler));
        }

        void reply(ServerFrame frame) {
            outDue = Math.max(outDue, time.nanoTime() + latency());
            String text = FrameCodec.encode(frame).text();
            at(outDue, () -> end.queue(text));
        }

        private long latency() {
            return random.nextInt(40) * 1_000_000L;
        }

        private void at(long due, Runnable task) {
            time.after(Duration.ofNanos(due - time.nanoTime()), () -> {
                if (end.isOpen()) {
                    task.run();
                }
            });
        }

        private void join(int id, RoomId room, Optional<Cursor> cursor) {
            Cursor now = logs.head(room);
            long head = now.seq();
            joined.add(room);
            if (!cursor.isPresent()) {
                reply(new ServerFrame.Joined(id, room, Mode.LIVE, now, head, OptionalLong.empty()));
            } else if (cursor.get().epoch() != now.epoch()) {
                reply(new ServerFrame.Joined(
                        id,
                        room,
                        Mode.GAP,
                        now,
                        head,
                        OptionalLong.of(logs.sharedSince(cursor.get().epoch()))));
            } else if (head - cursor.get().seq() > MAX_REPLAY) {
                reply(new ServerFrame.Joined(id, room, Mode.GAP, now, head, OptionalLong.empty()));
            } else {
                replay(id, room, cursor.get().seq(), now);
            }
        }

        private void replay(int id, RoomId room, long after, Cursor head) {
            Mode mode = after == head.seq() ? Mode.LIVE : Mode.REPLAY;
            reply(new ServerFrame.Joined(id, room, mode, head, after, OptionalLong.empty()));
            List<RoomEvent> missed = logs.range(room, after, head.seq());
            if (!missed.isEmpty()) {
                reply(new ServerFrame.Ev(room, head.epoch(), missed));
            }
        }

        private void send(ClientFrame.Send frame) {
            assertThat(joined).contains(frame.room());
            assertThat(++unanswered).isLessThanOrEqualTo(WINDOW);
            ClientId first = broken.get(frame.room());
            if (first != null && !first.equals(frame.clientId())) {
                refuse(frame);
                return;
            }
            broken.remove(frame.room());
            boolean refused = chance(15);
            if (!refused || random.nextBoolean()) {
                boolean duplicate = find(frame).isPresent();
                RoomEvent event =
                        find(frame).orElseGet(() -> append(frame.room(), ADA, frame.clientId(), frame.body()));
                if (!refused) {
                    unanswered--;
                    reply(new ServerFrame.Ack(
                            frame.id(),
                            frame.room(),
                            frame.clientId(),
                            new Cursor(logs.epoch(), event.seq()),
                            event.timestamp(),
                            duplicate));
                    return;
                }
            }
            broken.put(frame.room(), frame.clientId());
            refuse(frame);
        }

        private void refuse(ClientFrame.Send frame) {
            unanswered--;
            reply(ClientFixture.refusal(frame, ErrorCode.UNAVAILABLE, random.nextInt(300)));
        }

        private Optional<RoomEvent> find(ClientFrame.Send frame) {
            return logs.find(frame.room(), ADA, frame.clientId());
        }

        private void changes(ClientFrame.Changes frame) {
            if (frame.epoch().orElse(logs.epoch()) != logs.epoch()) {
                reply(ClientFixture.refusal(frame.id(), ErrorCode.TARGET_UNKNOWN));
            } else if (chance(10)) {
                reply(ClientFixture.refusal(frame.id(), ErrorCode.BUSY, random.nextInt(300)));
            } else {
                long head = log(frame.room()).size();
                long last = Math.min(head, frame.since() + 1 + random.nextInt(frame.limit() / 50));
                List<Message> messages = logs.range(frame.room(), frame.since(), Math.max(frame.since(), last)).stream()
                        .map(Message::of)
                        .collect(Collectors.toList());
                Page page = new Page(messages, last < head, new Cursor(logs.epoch(), head));
                reply(new ServerFrame.Messages(frame.id(), frame.room(), page));
            }
        }

        private void takeOver() {
            sessions.keySet().stream().filter(other -> other != end).forEach(other -> other.cut(CloseReason.REPLACED));
        }

        private final ClientFrame.Handler<Boolean> handler = new IgnoredFrames() {
            @Override
            public Boolean hello(ClientFrame.Hello frame) {
                if (frame.session().isPresent()) {
                    takeOver();
                }
                Limits limits = new Limits(65_536, 32_768, WINDOW, 50, 100);
                reply(new ServerFrame.Welcome(
                        frame.id(), new SessionId("s"), ADA, time.wallMillis(), 25_000, limits, OptionalLong.empty()));
                for (RoomCursor room : frame.rooms()) {
                    Session.this.join(frame.id(), room.room(), room.cursor());
                }
                return true;
            }

            @Override
            public Boolean join(ClientFrame.Join frame) {
                Session.this.join(frame.id(), frame.room(), frame.cursor());
                return true;
            }

            @Override
            public Boolean send(ClientFrame.Send frame) {
                Session.this.send(frame);
                return true;
            }

            @Override
            public Boolean changes(ClientFrame.Changes frame) {
                Session.this.changes(frame);
                return true;
            }
        };
    }
}
