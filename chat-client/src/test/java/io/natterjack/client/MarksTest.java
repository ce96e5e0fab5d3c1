package io.natterjack.client;

import static io.natterjack.client.ClientFixture.ADA;
import static io.natterjack.client.ClientFixture.LOBBY;
import static io.natterjack.client.ClientFixture.events;
import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.CloseReason;
import io.natterjack.core.Cursor;
import io.natterjack.core.Membership;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomId;
import io.natterjack.core.RoomSettings;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.ClientSignal;
import io.natterjack.core.wire.FrameCodec;
import io.natterjack.core.wire.Limits;
import io.natterjack.core.wire.ServerFrame;
import io.natterjack.testkit.ManualScheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** How far this user is, as the server is told. */
final class MarksTest {
    private static final int ROOMS = 300;
    private static final int PER_SECOND = 20;
    private static final int BURST = 40;

    /** What a server allows that isn't told otherwise. */
    private static final Limits DEFAULTS = new Limits(65_536, 32_768, 64, PER_SECOND, BURST);

    private final ClientFixture it = new ClientFixture();
    private final List<ClientFrame> heard = new ArrayList<>();

    /** What the server's bucket has left; below zero is a frame that it throws away. */
    private double level = BURST;

    private double lowest = BURST;
    private long filledAt;

    private void hear(FakeServer.End end, ClientFrame frame) {
        long now = it.time.nanoTime();
        level = Math.min(BURST, level + (now - filledAt) / 1e9 * PER_SECOND) - 1;
        filledAt = now;
        lowest = Math.min(lowest, level);
        heard.add(frame);
        if (frame instanceof ClientFrame.Hello hello) {
            end.queue(text(new ServerFrame.Welcome(
                    hello.id(), ClientFixture.SESSION, ADA, 1_000, 25_000, DEFAULTS, OptionalLong.empty())));
            hello.rooms().forEach(room -> end.queue(text(joined(hello.id(), room.room(), 5))));
        } else if (frame instanceof ClientFrame.Send send) {
            end.queue(text(ClientFixture.ack(send, 6)));
        }
    }

    private static String text(ServerFrame frame) {
        return FrameCodec.encode(frame).text();
    }

    private static ServerFrame.Joined joined(int id, RoomId room, long head) {
        Membership member = Membership.none(room, ADA).after(new RoomChange.Member(ADA, true), 1);
        return new ServerFrame.Joined(
                id,
                room,
                ServerFrame.Joined.Mode.LIVE,
                new Cursor(1, head),
                head,
                OptionalLong.empty(),
                0,
                RoomSettings.NONE,
                Optional.of(member));
    }

    private List<ClientSignal.Mark> marks() {
        List<ClientSignal.Mark> marks = new ArrayList<>();
        for (ClientFrame frame : heard) {
            if (frame instanceof ClientSignal.Mark mark) {
                marks.add(mark);
            }
        }
        return marks;
    }

    /** Connects with many rooms, all joined by the hello. */
    private List<Room> onlineInManyRooms() {
        it.server.script(this::hear);
        it.client = it.builder.connect();
        List<Room> rooms = new ArrayList<>();
        for (int i = 0; i < ROOMS; i++) {
            rooms.add(it.client.join(new RoomId("room-" + i), new Cursor(1, 5), it.recorder()));
        }
        it.time.runAll();
        return rooms;
    }

    private void reconnect() {
        heard.clear();
        level = BURST; // each connection has a bucket of its own
        lowest = BURST;
        it.server.last().close(CloseReason.ABNORMAL);
        it.nextConnection();
    }

    @Test
    void marksOfManyRoomsKeepToTheRateOfTheServer() {
        onlineInManyRooms();
        it.time.advance(Duration.ofSeconds(1));
        reconnect();
        it.time.advance(Duration.ofSeconds(20));

        assertThat(lowest).as("frames beyond the server's rate").isGreaterThanOrEqualTo(0);
        assertThat(marks())
                .extracting(ClientSignal.Mark::room)
                .doesNotHaveDuplicates()
                .hasSize(ROOMS);
        assertThat(it.server.connections()).isEqualTo(2);
    }

    @Test
    void aMarkThatWaitsSaysTheNewestOnce() {
        List<Room> rooms = onlineInManyRooms();
        it.time.advance(Duration.ofSeconds(2));
        RoomId last = rooms.get(ROOMS - 1).id();
        for (int seq = 6; seq <= 9; seq++) {
            it.server.last().sayText(text(new ServerFrame.Ev(last, 1, List.of(ClientFixture.event(last, 1, seq)))));
            it.time.advance(Duration.ofSeconds(2));
        }
        it.time.advance(Duration.ofSeconds(20));

        assertThat(marks()).filteredOn(mark -> mark.room().equals(last)).containsExactly(mark(last, 9, 0));
        assertThat(lowest).isGreaterThanOrEqualTo(0);
    }

    @Test
    void noMessageWaitsForMarks() {
        List<Room> rooms = onlineInManyRooms();
        it.time.advance(Duration.ofSeconds(3));
        int before = heard.size();
        rooms.get(7).send(ClientFixture.body("hello"));
        it.time.advance(Duration.ofMillis(100));

        assertThat(heard.get(before)).as("the next frame").isInstanceOf(ClientFrame.Send.class);
        assertThat(marks()).hasSizeLessThan(ROOMS / 2);
    }

    @Test
    void whatTheUserHasReadIsSaidFirst() {
        List<Room> rooms = onlineInManyRooms();
        it.time.advance(Duration.ofSeconds(2));
        Room last = rooms.get(ROOMS - 1);
        last.markRead(new Cursor(1, 4));
        it.time.advance(Duration.ofMillis(1_100));

        assertThat(marks()).contains(mark(last.id(), 5, 4)).hasSizeLessThan(ROOMS / 2);
    }

    @Test
    void aClientThatClosesSaysGoodbyeWhateverItHasLeftToSay() {
        onlineInManyRooms();
        it.client.close();
        it.time.runAll();

        assertThat(heard).last().isInstanceOf(ClientFrame.Bye.class);
        assertThat(marks()).isNotEmpty();
        assertThat(lowest).as("a goodbye beyond the rate isn't heard").isGreaterThanOrEqualTo(0);
    }

    @Test
    void aLostConnectionTakesNoMarkWithIt() {
        List<Room> rooms = onlineInManyRooms();
        Map<RoomId, Long> read = new HashMap<>();
        it.time.advance(Duration.ofSeconds(2));
        for (Room room : rooms) {
            room.markRead(new Cursor(1, 3));
            read.put(room.id(), 3L);
        }
        it.time.advance(Duration.ofSeconds(2));
        reconnect();
        it.time.advance(Duration.ofSeconds(20));

        Map<RoomId, Long> said = new HashMap<>();
        marks().forEach(mark -> said.merge(mark.room(), mark.read(), Math::max));
        assertThat(said).isEqualTo(read);
        assertThat(lowest).isGreaterThanOrEqualTo(0);
    }

    @Test
    void aListenerThatIsBehindIsWaitedFor() {
        ManualScheduler slow = new ManualScheduler();
        it.listenersOn(slow);
        it.client = it.builder.connect();
        it.time.runAll();
        slow.runAll(); // the token
        it.time.runAll();
        FakeServer.End end = it.server.last();
        ClientFixture.welcome(end);
        it.client.join(LOBBY, new Cursor(1, 5), it.recorder());
        end.say(joined(end.next(ClientFrame.Join.class).id(), LOBBY, 5));
        slow.runAll();
        end.say(events(6, 7));
        it.time.advance(Duration.ofSeconds(5));
        assertThat(end.next(ClientSignal.Mark.class)).isEqualTo(mark(LOBBY, 5, 0));
        end.expectNothing();

        slow.runAll();
        it.time.advance(Duration.ofSeconds(1));
        assertThat(end.next(ClientSignal.Mark.class)).isEqualTo(mark(LOBBY, 7, 0));
        it.time.advance(Duration.ofSeconds(5));
        end.expectNothing();
    }

    private static ClientSignal.Mark mark(RoomId room, long delivered, long read) {
        return new ClientSignal.Mark(room, 1, delivered, read);
    }
}
