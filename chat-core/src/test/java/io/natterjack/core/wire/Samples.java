package io.natterjack.core.wire;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.DeviceId;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.EventKind;
import io.natterjack.core.HistoryQuery;
import io.natterjack.core.HistoryQuery.Direction;
import io.natterjack.core.Message;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Page;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.SessionId;
import io.natterjack.core.UserId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/** Frames of every type: with all that they can have, with as little as they can, and at the limits. */
final class Samples {
    private static final RoomId ROOM = new RoomId("r1");
    private static final RoomId LONG_ROOM = new RoomId("Az09_.:~-".repeat(7) + "x");
    private static final ClientId CID = new ClientId("c-1");
    private static final UserId ADA = new UserId("ada@example.org");
    private static final UserId FROG = new UserId("\uD83D\uDC38".repeat(32));
    private static final MessageBody HI = MessageBody.text("hi \"you\" \uD83D\uDC38");
    private static final MessageBody NESTED =
            MessageBody.json("{\"a\":[{\"b\":[1.50,-0,1e400,null,true]}],\"\":\"\u2028\\u0001\"}");
    private static final OptionalLong NO_NUMBER = OptionalLong.empty();

    private Samples() {}

    static List<ClientFrame> clientFrames() {
        return List.of(
                new ClientFrame.Hello(
                        1,
                        "eyJ.a.b",
                        new DeviceId("d1"),
                        Optional.of(new SessionId("S9")),
                        List.of(
                                new RoomCursor(ROOM, Optional.of(new Cursor(3, 120))),
                                new RoomCursor(LONG_ROOM, Optional.empty()))),
                new ClientFrame.Hello(0, "", new DeviceId("d1"), Optional.empty(), List.of()),
                new ClientFrame.Hello(
                        Frame.MAX_ID,
                        "é".repeat(ClientFrame.MAX_TOKEN_BYTES / 2),
                        new DeviceId("d1"),
                        Optional.empty(),
                        IntStream.range(0, ClientFrame.MAX_ROOMS)
                                .mapToObj(i -> new RoomCursor(new RoomId("r" + i), Optional.empty()))
                                .toList()),
                new ClientFrame.Auth(2, "eyJ.a.b"),
                new Ping(),
                new Pong(),
                new ClientFrame.Join(3, ROOM, Optional.of(new Cursor(3, 120)), 0),
                new ClientFrame.Join(0, LONG_ROOM, Optional.of(new Cursor(Cursor.MAX, Cursor.MAX)), 0),
                new ClientFrame.Join(3, ROOM, Optional.empty(), ClientFrame.MAX_TAIL),
                new ClientFrame.Leave(4, ROOM),
                new ClientFrame.Send(7, ROOM, CID, HI, false),
                new ClientFrame.Send(0, ROOM, CID, NESTED, true),
                new ClientFrame.Send(8, ROOM, CID, MessageBody.text("x".repeat(MessageBody.MAX_BYTES - 11)), false),
                new ClientFrame.History(
                        11, OptionalLong.of(3), new HistoryQuery(ROOM, Direction.BEFORE, 100, HistoryQuery.MAX_LIMIT)),
                new ClientFrame.History(0, NO_NUMBER, new HistoryQuery(ROOM, Direction.AFTER, 0, 1)),
                new ClientFrame.History(
                        11, OptionalLong.of(Cursor.MAX), new HistoryQuery(ROOM, Direction.AROUND, Cursor.MAX, 50)),
                new ClientFrame.History(11, NO_NUMBER, HistoryQuery.latest(ROOM, 50)),
                new ClientFrame.Changes(12, ROOM, OptionalLong.of(3), 120, ClientFrame.MAX_CHANGES),
                new ClientFrame.Changes(0, ROOM, NO_NUMBER, Cursor.MAX, 1),
                new ClientFrame.Bye());
    }

    static List<ServerFrame> serverFrames() {
        return List.of(
                new ServerFrame.Welcome(
                        1,
                        new SessionId("S9"),
                        ADA,
                        1_795_302_022_555L,
                        25_000,
                        new Limits(65_536, 32_768, 64, 20, 40),
                        OptionalLong.of(1_795_305_622_000L)),
                new ServerFrame.Welcome(
                        0, new SessionId("S9"), FROG, 0, 1, new Limits(1024, 1024, 65_536, 0, 0), NO_NUMBER),
                new ServerFrame.Joined(
                        3, ROOM, ServerFrame.Joined.Mode.REPLAY, new Cursor(3, 124), 120, OptionalLong.of(118)),
                new ServerFrame.Joined(0, ROOM, ServerFrame.Joined.Mode.LIVE, new Cursor(1, 0), 0, NO_NUMBER),
                new ServerFrame.Joined(
                        Frame.MAX_ID,
                        ROOM,
                        ServerFrame.Joined.Mode.GAP,
                        new Cursor(Cursor.MAX, Cursor.MAX),
                        Cursor.MAX,
                        NO_NUMBER,
                        Cursor.MAX - 1),
                new ServerFrame.Left(ROOM, ServerFrame.Left.Reason.QUIT),
                new ServerFrame.Ev(ROOM, 3, List.of(event(121, ADA, HI), event(122, FROG, NESTED))),
                new ServerFrame.Ev(
                        ROOM,
                        3,
                        List.of(
                                event(121, ADA, MessageBody.GONE),
                                change(122, new RoomChange.Member(FROG, true)),
                                change(123, RoomChange.historyShown(false)),
                                change(124, new RoomChange.Erased(List.of(5L, 9L))),
                                change(125, new RoomChange.Trimmed(120)))),
                new ServerFrame.Ack(7, ROOM, CID, new Cursor(3, 121), 1_795_302_022_555L, true),
                new ServerFrame.Ack(0, ROOM, CID, new Cursor(3, 1), 0, false),
                new ServerFrame.Ok(2, OptionalLong.of(1_795_305_622_000L)),
                new ServerFrame.Ok(4, NO_NUMBER),
                new ServerFrame.Refused(
                        7,
                        ErrorCode.RATE_LIMITED,
                        Optional.of("slower"),
                        Optional.of(Duration.ofMillis(1500)),
                        Optional.of(ROOM),
                        Optional.of(CID)),
                new ServerFrame.Refused(
                        0, ErrorCode.BAD_FRAME, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()),
                new ServerFrame.Messages(
                        11,
                        ROOM,
                        new Page(
                                List.of(message(120, 120, ADA, HI), message(121, 123, FROG, MessageBody.GONE)),
                                true,
                                new Cursor(3, 124),
                                119)),
                new ServerFrame.Messages(0, ROOM, new Page(List.of(), false, new Cursor(1, 0))),
                new Ping(),
                new Pong(),
                new ServerFrame.Expiring(Duration.ofMinutes(1)),
                new ServerFrame.Drain(Duration.ofMillis(500), Duration.ofSeconds(8)));
    }

    private static RoomEvent event(long seq, UserId sender, MessageBody body) {
        return new RoomEvent(ROOM, new Cursor(3, seq), EventKind.MESSAGE, sender, CID, 1_795_302_022_555L, body);
    }

    private static RoomEvent change(long seq, RoomChange change) {
        return new RoomEvent(ROOM, new Cursor(3, seq), change.kind(), ADA, CID, 1_795_302_022_555L, change.body());
    }

    private static Message message(long seq, long rev, UserId sender, MessageBody body) {
        return new Message(ROOM, new Cursor(3, seq), rev, sender, CID, 1_795_302_022_555L, body);
    }
}
