package io.natterjack.core.wire;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.DeviceId;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.EventKind;
import io.natterjack.core.HistoryQuery;
import io.natterjack.core.Membership;
import io.natterjack.core.Message;
import io.natterjack.core.MessageBody;
import io.natterjack.core.MessageDetails;
import io.natterjack.core.Notify;
import io.natterjack.core.Page;
import io.natterjack.core.ProtocolException;
import io.natterjack.core.Reaction;
import io.natterjack.core.Role;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.RoomSettings;
import io.natterjack.core.SessionId;
import io.natterjack.core.Standing;
import io.natterjack.core.Target;
import io.natterjack.core.UserId;
import io.natterjack.core.text.TooLargeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/** Makes frames of their fields. Bad ones end in {@link IllegalArgumentException}. */
final class FrameDecoder {
    private static final MessageBody NO_BODY = MessageBody.ofStored("{}");
    private static final UserId NOBODY = new UserId("?");
    private static final ClientId NO_CLIENT_ID = new ClientId("-");

    private FrameDecoder() {}

    static ClientFrame client(JsonFields in) {
        return switch (in.text("t")) {
            case "hello" -> hello(in);
            case "auth" -> new ClientFrame.Auth(in.id(), in.text("token"));
            case "ping" -> new Ping();
            case "pong" -> new Pong();
            case "join" ->
                new ClientFrame.Join(
                        in.id(),
                        room(in),
                        cursor(in),
                        in.has("tail") ? in.integer("tail", 0, ClientFrame.MAX_TAIL) : 0);
            case "leave" -> new ClientFrame.Leave(in.id(), room(in), in.flag("quit"));
            case "send" ->
                new ClientFrame.Send(in.id(), room(in), ownClientId(in), body(in), target(in, "reply"), isResend(in));
            case "edit", "revoke", "react", "pin", "member", "room", "create" -> change(in);
            case "history" -> new ClientFrame.History(in.id(), in.optionalLong("e", 1, Cursor.MAX), historyQuery(in));
            case "changes" ->
                new ClientFrame.Changes(
                        in.id(),
                        room(in),
                        in.optionalLong("e", 1, Cursor.MAX),
                        in.longInteger("since", 0, Cursor.MAX),
                        in.has("limit") ? in.integer("limit", 1, ClientFrame.MAX_CHANGES) : ClientFrame.MAX_CHANGES);
            case "bye" -> new ClientFrame.Bye();
            default ->
                PeopleDecoder.client(in)
                        .orElseThrow(() ->
                                new ProtocolException(ErrorCode.UNSUPPORTED, in.idOrZero(), "unknown type of frame"));
        };
    }

    static Optional<ServerFrame> server(JsonFields in) {
        return switch (in.text("t")) {
            case "welcome" -> Optional.of(welcome(in));
            case "joined" ->
                Optional.of(new ServerFrame.Joined(
                        in.id(),
                        room(in),
                        mode(in),
                        requiredCursor(in),
                        in.longInteger("after", 0, Cursor.MAX),
                        in.optionalLong("base", 0, Cursor.MAX),
                        floor(in),
                        settings(in),
                        in.has("me") ? Optional.of(membership(in.object("me"), room(in))) : Optional.empty()));
            case "left" -> Optional.of(new ServerFrame.Left(room(in), reason(in)));
            case "ev" -> Optional.of(ev(in));
            case "ack" ->
                Optional.of(new ServerFrame.Ack(
                        in.id(), room(in), clientId(in), requiredCursor(in), timestamp(in), in.flag("dup")));
            case "ok" ->
                Optional.of(new ServerFrame.Ok(
                        in.id(),
                        in.optionalLong("exp", 0, Cursor.MAX),
                        in.has("room") ? Optional.of(room(in)) : Optional.empty()));
            case "error" -> Optional.of(refused(in));
            case "page" -> Optional.of(page(in));
            case "ping" -> Optional.of(new Ping());
            case "pong" -> Optional.of(new Pong());
            case "expiring" -> Optional.of(new ServerFrame.Expiring(millis(in, "in")));
            case "drain" -> Optional.of(new ServerFrame.Drain(millis(in, "after"), millis(in, "spread")));
            default -> {
                Optional<ServerFrame> answer = PeopleDecoder.server(in);
                yield answer.isPresent() ? answer : PeopleDecoder.signal(in);
            }
        };
    }

    private static ClientFrame change(JsonFields in) {
        EventKind kind = EventKind.ofWireName(in.text("t"));
        MessageBody body = kind == EventKind.REVOKE ? NO_BODY : body(in);
        RoomChange change = RoomChange.of(kind, target(in, "at"), body, in.optionalLong("ifrev", 1, Cursor.MAX));
        return new ClientFrame.Change(in.id(), room(in), ownClientId(in), change, isResend(in));
    }

    private static boolean isResend(JsonFields in) {
        return in.has("re") && in.integer("re", 0, 1) == 1;
    }

    private static Optional<Target> target(JsonFields in, String nameOfSeq) {
        if (in.has("tcid")) {
            return Optional.of(Target.own(new ClientId(in.text("tcid"))));
        }
        return in.has(nameOfSeq)
                ? Optional.of(Target.at(
                        new Cursor(in.longInteger("e", 1, Cursor.MAX), in.longInteger(nameOfSeq, 1, Cursor.MAX))))
                : Optional.empty();
    }

    private static ClientFrame hello(JsonFields in) {
        List<RoomCursor> rooms = new ArrayList<>();
        if (in.has("rooms")) {
            for (JsonFields each : in.objects("rooms")) {
                rooms.add(new RoomCursor(room(each), cursor(each)));
            }
        }
        Optional<SessionId> session =
                in.has("session") ? Optional.of(new SessionId(in.text("session"))) : Optional.empty();
        return new ClientFrame.Hello(in.id(), in.text("token"), new DeviceId(in.text("device")), session, rooms);
    }

    private static HistoryQuery historyQuery(JsonFields in) {
        int limit = in.has("limit") ? in.integer("limit", 1, HistoryQuery.MAX_LIMIT) : 50;
        HistoryQuery query = null;
        for (HistoryQuery.Direction direction : HistoryQuery.Direction.values()) {
            String name = direction.name().toLowerCase(Locale.ROOT);
            if (in.has(name)) {
                if (query != null) {
                    throw new IllegalArgumentException("only one of before, after and around may be given");
                }
                query = new HistoryQuery(room(in), direction, in.longInteger(name, 0, Cursor.MAX), limit);
            }
        }
        query = query != null ? query : HistoryQuery.latest(room(in), limit);
        query = in.has("thread") ? query.repliesTo(in.longInteger("thread", 1, Cursor.MAX)) : query;
        return in.flag("pinned") ? query.pinnedOnly() : query;
    }

    private static ServerFrame welcome(JsonFields in) {
        return new ServerFrame.Welcome(
                in.id(),
                new SessionId(in.text("session")),
                new UserId(in.text("user")),
                in.longInteger("now", 0, Cursor.MAX),
                in.integer("hb", 1, Integer.MAX_VALUE),
                limits(in.object("limits")),
                in.optionalLong("exp", 0, Cursor.MAX));
    }

    private static Limits limits(JsonFields in) {
        int frame = in.integer("frame", Limits.MIN_FRAME_BYTES, Integer.MAX_VALUE);
        int body = in.integer("body", 1, frame);
        int inFlight = in.integer("inflight", 1, Limits.MAX_IN_FLIGHT);
        return in.has("rate")
                ? new Limits(
                        frame,
                        body,
                        inFlight,
                        in.integer("rate", 1, Integer.MAX_VALUE),
                        in.integer("burst", 1, Integer.MAX_VALUE))
                : new Limits(frame, body, inFlight, 0, 0);
    }

    private static ServerFrame ev(JsonFields in) {
        RoomId room = room(in);
        long epoch = in.longInteger("e", 1, Cursor.MAX);
        List<RoomEvent> events = new ArrayList<>();
        for (JsonFields each : in.objects("events")) {
            events.add(event(each, room, epoch));
        }
        return new ServerFrame.Ev(room, epoch, events);
    }

    private static RoomEvent event(JsonFields in, RoomId room, long epoch) {
        Cursor at = new Cursor(epoch, in.longInteger("s", 1, Cursor.MAX));
        EventKind kind = EventKind.ofWireName(in.text("k"));
        if (kind == EventKind.UNKNOWN) {
            return new RoomEvent(room, at, kind, NOBODY, NO_CLIENT_ID, 0, NO_BODY);
        }
        MessageBody body = kind == EventKind.REVOKE ? NO_BODY : bodyOrGone(in);
        long target = in.number(kind == EventKind.MESSAGE ? "reply" : "at");
        return new RoomEvent(room, at, kind, sender(in), clientId(in), timestamp(in), body, target);
    }

    private static ServerFrame refused(JsonFields in) {
        // A code of a newer server: all that can be known of it is whether a retry makes sense.
        ErrorCode code = ErrorCode.ofWireName(in.text("code")).orElse(ErrorCode.INTERNAL);
        return new ServerFrame.Refused(
                in.id(),
                code,
                in.has("msg") ? Optional.of(in.text("msg")) : Optional.empty(),
                in.has("retry") ? Optional.of(millis(in, "retry")) : Optional.empty(),
                in.has("room") ? Optional.of(room(in)) : Optional.empty(),
                in.has("cid") ? Optional.of(clientId(in)) : Optional.empty());
    }

    private static ServerFrame page(JsonFields in) {
        RoomId room = room(in);
        Cursor upto = new Cursor(in.longInteger("e", 1, Cursor.MAX), in.longInteger("upto", 0, Cursor.MAX));
        List<Message> messages = new ArrayList<>();
        for (JsonFields each : in.objects("items")) {
            messages.add(message(each, room, upto.epoch()));
        }
        return new ServerFrame.Messages(in.id(), room, new Page(messages, in.flag("more"), upto, floor(in)));
    }

    static Message message(JsonFields in, RoomId room, long epoch) {
        return new Message(
                room,
                new Cursor(epoch, in.longInteger("s", 1, Cursor.MAX)),
                in.longInteger("rev", 1, Cursor.MAX),
                sender(in),
                clientId(in),
                timestamp(in),
                bodyOrGone(in),
                details(in));
    }

    private static MessageDetails details(JsonFields in) {
        List<Reaction> reactions = new ArrayList<>();
        if (in.has("reacts")) {
            for (JsonFields each : in.objects("reacts")) {
                reactions.add(
                        new Reaction(each.text("key"), each.integer("n", 1, Integer.MAX_VALUE), each.flag("mine")));
            }
        }
        MessageDetails details = new MessageDetails(
                in.number("edited"),
                in.number("reply"),
                (int) in.number("replies"),
                in.flag("revoked"),
                in.flag("pinned"),
                reactions);
        return details.equals(MessageDetails.NONE) ? MessageDetails.NONE : details;
    }

    static RoomSettings settings(JsonFields in) {
        if (!in.has("settings")) {
            return RoomSettings.NONE;
        }
        try {
            return RoomSettings.json(in.text("settings"));
        } catch (IllegalArgumentException ofANewerServer) {
            return RoomSettings.NONE;
        }
    }

    static Membership membership(JsonFields in, RoomId room) {
        return new Membership(
                room,
                new UserId(in.text("user")),
                orElse(() -> Standing.ofWireName(in.text("is")), Standing.OUT),
                orElse(() -> Role.ofWireName(in.text("role")), Role.GUEST),
                in.number("until"),
                in.number("joined"),
                in.number("rev"),
                in.number("recv"),
                in.number("read"),
                in.has("notify") ? orElse(() -> Notify.ofWireName(in.text("notify")), Notify.ALL) : Notify.ALL);
    }

    /** For names of a newer server. */
    private static <T> T orElse(Supplier<T> name, T otherwise) {
        try {
            return name.get();
        } catch (IllegalArgumentException unknown) {
            return otherwise;
        }
    }

    static RoomId room(JsonFields in) {
        return new RoomId(in.text("room"));
    }

    private static ClientId clientId(JsonFields in) {
        return new ClientId(in.text("cid"));
    }

    private static ClientId ownClientId(JsonFields in) {
        ClientId clientId = clientId(in);
        if (clientId.value().startsWith(ClientId.SERVERS_OWN)) {
            throw new IllegalArgumentException("a client's cid may not begin with " + ClientId.SERVERS_OWN);
        }
        return clientId;
    }

    static UserId sender(JsonFields in) {
        return new UserId(in.text("from"));
    }

    static long timestamp(JsonFields in) {
        return in.longInteger("ts", 0, Cursor.MAX);
    }

    static Duration millis(JsonFields in, String name) {
        return Duration.ofMillis(in.longInteger(name, 0, Integer.MAX_VALUE));
    }

    static Cursor requiredCursor(JsonFields in) {
        return new Cursor(in.longInteger("e", 1, Cursor.MAX), in.longInteger("s", 0, Cursor.MAX));
    }

    private static Optional<Cursor> cursor(JsonFields in) {
        return in.has("e") || in.has("s") ? Optional.of(requiredCursor(in)) : Optional.empty();
    }

    private static long floor(JsonFields in) {
        return in.optionalLong("floor", 0, Cursor.MAX).orElse(0);
    }

    private static MessageBody bodyOrGone(JsonFields in) {
        return in.flag("gone") ? MessageBody.GONE : body(in);
    }

    static MessageBody body(JsonFields in) {
        MessageBody body = MessageBody.ofStored(in.text("b"));
        if (body.bytes() > MessageBody.MAX_BYTES) {
            throw new TooLargeException("b may have " + MessageBody.MAX_BYTES + " bytes, has " + body.bytes());
        }
        return body;
    }

    private static ServerFrame.Joined.Mode mode(JsonFields in) {
        String name = in.text("mode");
        for (ServerFrame.Joined.Mode mode : ServerFrame.Joined.Mode.values()) {
            if (mode.name().toLowerCase(Locale.ROOT).equals(name)) {
                return mode;
            }
        }
        throw new IllegalArgumentException("mode must be live, replay or gap");
    }

    private static ServerFrame.Left.Reason reason(JsonFields in) {
        // Whatever the reason of a newer server is, the room is left.
        return switch (in.text("reason")) {
            case "quit" -> ServerFrame.Left.Reason.QUIT;
            case "kicked" -> ServerFrame.Left.Reason.KICKED;
            default -> ServerFrame.Left.Reason.OTHER;
        };
    }
}
