package io.natterjack.core.wire;

import io.natterjack.core.CallSignal;
import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.DeviceId;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.EventKind;
import io.natterjack.core.HistoryQuery;
import io.natterjack.core.HistoryQuery.Direction;
import io.natterjack.core.IceServer;
import io.natterjack.core.InboxEntry;
import io.natterjack.core.Membership;
import io.natterjack.core.Message;
import io.natterjack.core.MessageBody;
import io.natterjack.core.MessageDetails;
import io.natterjack.core.Notify;
import io.natterjack.core.Page;
import io.natterjack.core.PresenceState;
import io.natterjack.core.Profile;
import io.natterjack.core.Reaction;
import io.natterjack.core.Receipts;
import io.natterjack.core.Role;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.RoomSettings;
import io.natterjack.core.SessionId;
import io.natterjack.core.Standing;
import io.natterjack.core.Target;
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

    private static final Cursor AT = new Cursor(3, 120);
    private static final RoomChange.Member BANNED =
            new RoomChange.Member(FROG, Standing.BANNED, Optional.of(Role.GUEST), 77);
    private static final RoomSettings SETTINGS = RoomSettings.json("{\"kind\":\"private\",\"archived\":true,"
            + "\"attributes\":{\"a\":[1.5]},\"grants\":{\"guest\":{\"send\":false}},\"slow\":3}");
    private static final Membership MEMBER =
            new Membership(ROOM, ADA, Standing.IN, Role.OWNER, 9, 4, 5, 7, 6, Notify.MENTIONS);

    private Samples() {}

    private static ClientFrame change(RoomChange change) {
        return new ClientFrame.Change(5, ROOM, CID, change, true);
    }

    private static RoomEvent changed(long seq, RoomChange change) {
        return new RoomEvent(
                ROOM,
                new Cursor(3, seq),
                change.kind(),
                ADA,
                CID,
                1_795_302_022_555L,
                change.body(),
                change.target().map(Target::seq).orElse(0L));
    }

    private static Message detailed() {
        return new Message(
                ROOM,
                new Cursor(3, 118),
                120,
                FROG,
                CID,
                7,
                HI,
                new MessageDetails(
                        9, 4, 2, false, true, List.of(new Reaction("+", 3, true), new Reaction("x", 1, false))));
    }

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
                new ClientFrame.Leave(4, ROOM, true),
                new ClientFrame.Send(7, ROOM, CID, HI, Optional.of(Target.at(AT)), true),
                new ClientFrame.Send(7, ROOM, CID, HI, Optional.of(Target.own(CID)), false),
                change(new RoomChange.Edited(Target.own(CID), HI, OptionalLong.of(7))),
                change(new RoomChange.Edited(Target.at(AT), NESTED, NO_NUMBER)),
                change(new RoomChange.Revoked(Target.at(AT))),
                change(new RoomChange.Reacted(Target.at(AT), "\uD83D\uDC38", true)),
                change(new RoomChange.Pinned(Target.own(CID), false)),
                change(BANNED),
                change(new RoomChange.Settings("{\"topic\":null,\"name\":\"Frogs\"}")),
                change(new RoomChange.Created(SETTINGS, List.of())),
                new ClientFrame.History(
                        11, NO_NUMBER, HistoryQuery.latest(ROOM, 50).repliesTo(7)),
                new ClientFrame.History(
                        11, NO_NUMBER, HistoryQuery.latest(ROOM, 50).pinnedOnly()),
                new PeopleRequest.Inbox(1, List.of(ROOM, LONG_ROOM), Optional.empty(), 50),
                new PeopleRequest.Inbox(1, List.of(), Optional.of("c"), PeopleRequest.MAX_ROOMS),
                new PeopleRequest.Members(1, ROOM, Standing.BANNED, Optional.of(FROG), 1),
                new PeopleRequest.Members(1, ROOM, Standing.IN, Optional.empty(), PeopleRequest.MAX_PEOPLE),
                new PeopleRequest.Readers(1, ROOM, AT),
                new PeopleRequest.Search(1, "frog", List.of(ROOM), Optional.of("c"), 1),
                new PeopleRequest.Search(1, "", List.of(), Optional.empty(), 100),
                new PeopleRequest.Direct(1, FROG),
                new PeopleRequest.Users(1, List.of(ADA, FROG), false),
                new PeopleRequest.Users(1, List.of(), true),
                new PeopleRequest.SetProfile(1, "Ada", "https://x", "{\"a\":[1]}"),
                new PeopleRequest.SetProfile(1, "", "", ""),
                new PeopleRequest.Block(1, FROG, false),
                new PeopleRequest.SetNotify(1, ROOM, Notify.MENTIONS),
                new ClientSignal.Mark(ROOM, 3, 7, 0),
                new ClientSignal.Mark(ROOM, 3, 0, Cursor.MAX),
                new ClientSignal.Typing(ROOM, true),
                new ClientSignal.SetPresence(
                        Optional.of(PresenceState.Availability.DND), Optional.of(""), Optional.of(List.of(FROG))),
                new ClientSignal.SetPresence(Optional.empty(), Optional.empty(), Optional.empty()),
                new ClientSignal.Call(1, ROOM, CallSignal.offer("k", FROG, "{\"a\":1}", Duration.ofSeconds(60))),
                new ClientSignal.Call(1, ROOM, CallSignal.hangup("k", "busy")),
                new ClientSignal.AskIce(1, ROOM),
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
                new ServerFrame.Joined(
                        3,
                        ROOM,
                        ServerFrame.Joined.Mode.LIVE,
                        AT,
                        AT.seq(),
                        NO_NUMBER,
                        0,
                        SETTINGS,
                        Optional.of(MEMBER)),
                new ServerFrame.Left(ROOM, ServerFrame.Left.Reason.KICKED),
                new ServerFrame.Ok(4, NO_NUMBER, Optional.of(ROOM)),
                new ServerFrame.Ack(7, ROOM, CID, new Cursor(3, 0), 0, true),
                new ServerFrame.Ev(
                        ROOM,
                        3,
                        List.of(
                                changed(121, new RoomChange.Edited(Target.at(AT), HI, NO_NUMBER)),
                                changed(122, new RoomChange.Revoked(Target.at(AT))),
                                changed(123, new RoomChange.Reacted(Target.at(AT), "+", true)),
                                changed(124, new RoomChange.Pinned(Target.at(AT), true)),
                                changed(125, BANNED),
                                changed(126, new RoomChange.Created(SETTINGS, List.of(ADA))),
                                changed(127, new RoomChange.Edited(Target.at(AT), HI, NO_NUMBER))
                                        .withoutBody(),
                                new RoomEvent(ROOM, new Cursor(3, 128), EventKind.MESSAGE, ADA, CID, 0, HI, AT.seq()))),
                new PeopleAnswer.Inbox(
                        1,
                        List.of(
                                new InboxEntry(MEMBER, SETTINGS, AT, 7, 100, 3, detailed()),
                                new InboxEntry(MEMBER, RoomSettings.NONE, AT, 7, 0, 0, null)),
                        Optional.of("c")),
                new PeopleAnswer.Inbox(1, List.of(), Optional.empty()),
                new PeopleAnswer.Members(1, ROOM, List.of(MEMBER), true, 57),
                new PeopleAnswer.Receipts(1, ROOM, new Receipts(3, 2, 1, List.of(FROG))),
                new PeopleAnswer.Found(1, List.of(detailed()), Optional.of("c")),
                new PeopleAnswer.Found(1, List.of(), Optional.empty()),
                new PeopleAnswer.Users(
                        1, List.of(new Profile(ADA, "Ada", "x", "{\"a\":1}"), new Profile(FROG, "", "", ""))),
                new PeopleAnswer.Ice(
                        1,
                        List.of(new IceServer(List.of("turn:x"), "u", "p"), new IceServer(List.of("stun:x"), "", ""))),
                new ServerSignal.Marked(ROOM, FROG, 7, 0),
                new ServerSignal.Typed(ROOM, FROG, false),
                new ServerSignal.Queued(ROOM, new ClientId("c-1")),
                new ServerSignal.Presence(ADA, new PresenceState(PresenceState.Availability.OFFLINE, "s", 7)),
                new ServerSignal.Presence(ADA, new PresenceState(PresenceState.Availability.ONLINE, "", 0)),
                new ServerSignal.Bump(ROOM, AT, 7, FROG, Optional.of("hi")),
                new ServerSignal.Bump(ROOM, AT, 7, FROG, Optional.empty()),
                new ServerSignal.Standing(ROOM, BANNED, ADA),
                new ServerSignal.Notified(ROOM, Notify.NONE),
                new ServerSignal.Called(
                        ROOM, ADA, CallSignal.of(CallSignal.Op.ICE, "k", "{}").from(new DeviceId("d1"))),
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
