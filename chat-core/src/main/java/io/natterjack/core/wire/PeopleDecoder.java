package io.natterjack.core.wire;

import static io.natterjack.core.wire.FrameDecoder.room;

import io.natterjack.core.CallSignal;
import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.DeviceId;
import io.natterjack.core.EventKind;
import io.natterjack.core.IceServer;
import io.natterjack.core.InboxEntry;
import io.natterjack.core.Membership;
import io.natterjack.core.Message;
import io.natterjack.core.Notify;
import io.natterjack.core.PresenceState;
import io.natterjack.core.Profile;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomId;
import io.natterjack.core.Standing;
import io.natterjack.core.UserId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Makes frames about rooms and people, and signals, of their fields. Bad ones end in {@link IllegalArgumentException}. */
final class PeopleDecoder {
    private PeopleDecoder() {}

    /** Returns nothing for a type that this version doesn't know. */
    static Optional<ClientFrame> client(JsonFields in) {
        return Optional.ofNullable(
                switch (in.text("t")) {
                    case "rooms" ->
                        new PeopleRequest.Inbox(in.id(), rooms(in), cursor(in), limit(in, PeopleRequest.MAX_ROOMS));
                    case "members" ->
                        new PeopleRequest.Members(
                                in.id(),
                                room(in),
                                in.has("is") ? Standing.ofWireName(in.text("is")) : Standing.IN,
                                in.has("user") ? Optional.of(user(in)) : Optional.empty(),
                                limit(in, PeopleRequest.MAX_PEOPLE));
                    case "readers" ->
                        new PeopleRequest.Readers(
                                in.id(),
                                room(in),
                                new Cursor(in.longInteger("e", 1, Cursor.MAX), in.longInteger("at", 1, Cursor.MAX)));
                    case "search" ->
                        new PeopleRequest.Search(
                                in.id(), in.text("text"), rooms(in), cursor(in), limit(in, PeopleRequest.MAX_PEOPLE));
                    case "direct" -> new PeopleRequest.Direct(in.id(), user(in));
                    case "users" -> new PeopleRequest.Users(in.id(), users(in, "who"), in.flag("blocked"));
                    case "profile" ->
                        new PeopleRequest.SetProfile(
                                in.id(), in.textOrEmpty("name"), in.textOrEmpty("avatar"), in.textOrEmpty("attrs"));
                    case "block" -> new PeopleRequest.Block(in.id(), user(in), in.flag("on"));
                    case "notify" ->
                        new PeopleRequest.SetNotify(in.id(), room(in), Notify.ofWireName(in.text("notify")));
                    case "mark" ->
                        new ClientSignal.Mark(
                                room(in), in.longInteger("e", 1, Cursor.MAX), in.number("recv"), in.number("read"));
                    case "typing" -> new ClientSignal.Typing(room(in), in.flag("on"));
                    case "presence" ->
                        new ClientSignal.SetPresence(
                                in.has("state") ? Optional.of(availability(in)) : Optional.empty(),
                                in.has("status") ? Optional.of(in.text("status")) : Optional.empty(),
                                in.has("watch") ? Optional.of(users(in, "watch")) : Optional.empty());
                    case "call" -> new ClientSignal.Call(in.id(), room(in), call(in));
                    case "ice" -> new ClientSignal.AskIce(in.id(), room(in));
                    default -> null;
                });
    }

    /** Returns nothing for a type that this version doesn't know. */
    static Optional<ServerFrame> server(JsonFields in) {
        return Optional.ofNullable(
                switch (in.text("t")) {
                    case "inbox" -> new PeopleAnswer.Inbox(in.id(), entries(in), cursor(in));
                    case "members" -> members(in);
                    case "receipts" ->
                        new PeopleAnswer.Receipts(
                                in.id(),
                                room(in),
                                new io.natterjack.core.Receipts(
                                        in.integer("of", 0, Integer.MAX_VALUE),
                                        in.integer("recv", 0, Integer.MAX_VALUE),
                                        in.integer("read", 0, Integer.MAX_VALUE),
                                        users(in, "readers")));
                    case "found" -> found(in);
                    case "users" -> new PeopleAnswer.Users(in.id(), profiles(in));
                    case "ice" -> new PeopleAnswer.Ice(in.id(), servers(in));
                    default -> null;
                });
    }

    /** Returns nothing for a type that this version doesn't know, nor for one that says what it doesn't know: it may get lost. */
    static Optional<ServerFrame> signal(JsonFields in) {
        try {
            return Optional.ofNullable(readSignal(in));
        } catch (IllegalArgumentException ofANewerServer) {
            return Optional.empty();
        }
    }

    private static @Nullable ServerFrame readSignal(JsonFields in) {
        return switch (in.text("t")) {
            case "mark" -> new ServerSignal.Marked(room(in), user(in), in.number("recv"), in.number("read"));
            case "queued" -> new ServerSignal.Queued(room(in), new ClientId(in.text("cid")));
            case "typing" -> new ServerSignal.Typed(room(in), user(in), in.flag("on"));
            case "presence" ->
                new ServerSignal.Presence(
                        user(in), new PresenceState(availability(in), in.textOrEmpty("status"), in.number("seen")));
            case "bump" ->
                new ServerSignal.Bump(
                        room(in),
                        FrameDecoder.requiredCursor(in),
                        FrameDecoder.timestamp(in),
                        FrameDecoder.sender(in),
                        in.has("preview") ? Optional.of(in.text("preview")) : Optional.empty());
            case "standing" ->
                new ServerSignal.Standing(
                        room(in),
                        (RoomChange.Member) RoomChange.of(
                                EventKind.MEMBER, Optional.empty(), FrameDecoder.body(in), OptionalLong.empty()),
                        new UserId(in.text("by")));
            case "notify" -> new ServerSignal.Notified(room(in), Notify.ofWireName(in.text("notify")));
            case "call" -> new ServerSignal.Called(room(in), FrameDecoder.sender(in), call(in));
            default -> null;
        };
    }

    private static Optional<String> cursor(JsonFields in) {
        return in.has("cursor") ? Optional.of(in.text("cursor")) : Optional.empty();
    }

    private static int limit(JsonFields in, int max) {
        return in.has("limit") ? in.integer("limit", 1, max) : max;
    }

    private static UserId user(JsonFields in) {
        return new UserId(in.text("user"));
    }

    private static List<RoomId> rooms(JsonFields in) {
        List<RoomId> rooms = new ArrayList<>();
        in.texts("only").forEach(name -> rooms.add(new RoomId(name)));
        return rooms;
    }

    private static List<UserId> users(JsonFields in, String name) {
        List<UserId> users = new ArrayList<>();
        in.texts(name).forEach(user -> users.add(new UserId(user)));
        return users;
    }

    private static PresenceState.Availability availability(JsonFields in) {
        return PresenceState.Availability.ofWireName(in.text("state"));
    }

    private static CallSignal call(JsonFields in) {
        return new CallSignal(
                CallSignal.Op.ofWireName(in.text("op")),
                in.text("call"),
                in.has("user") ? Optional.of(user(in)) : Optional.empty(),
                in.has("device") ? Optional.of(new DeviceId(in.text("device"))) : Optional.empty(),
                in.textOrEmpty("data"),
                Duration.ofMillis(in.number("ttl")),
                in.textOrEmpty("reason"));
    }

    private static List<InboxEntry> entries(JsonFields in) {
        List<InboxEntry> entries = new ArrayList<>();
        for (JsonFields each : in.objects("items")) {
            RoomId room = room(each);
            Cursor head = FrameDecoder.requiredCursor(each);
            Message last = each.has("last") ? FrameDecoder.message(each.object("last"), room, head.epoch()) : null;
            entries.add(new InboxEntry(
                    FrameDecoder.membership(each.object("me"), room),
                    FrameDecoder.settings(each),
                    head,
                    FrameDecoder.timestamp(each),
                    each.integer("unread", 0, InboxEntry.MAX_UNREAD),
                    (int) each.number("mentions"),
                    last));
        }
        return entries;
    }

    private static ServerFrame members(JsonFields in) {
        RoomId room = room(in);
        List<Membership> members = new ArrayList<>();
        for (JsonFields each : in.objects("items")) {
            members.add(FrameDecoder.membership(each, room));
        }
        return new PeopleAnswer.Members(in.id(), room, members, in.flag("more"), (int) in.number("present"));
    }

    private static ServerFrame found(JsonFields in) {
        List<Message> messages = new ArrayList<>();
        for (JsonFields each : in.objects("items")) {
            messages.add(FrameDecoder.message(each, room(each), each.longInteger("e", 1, Cursor.MAX)));
        }
        return new PeopleAnswer.Found(in.id(), messages, cursor(in));
    }

    private static List<Profile> profiles(JsonFields in) {
        List<Profile> profiles = new ArrayList<>();
        for (JsonFields each : in.objects("items")) {
            profiles.add(new Profile(
                    user(each), each.textOrEmpty("name"), each.textOrEmpty("avatar"), each.textOrEmpty("attrs")));
        }
        return profiles;
    }

    private static List<IceServer> servers(JsonFields in) {
        List<IceServer> servers = new ArrayList<>();
        for (JsonFields each : in.objects("servers")) {
            servers.add(
                    new IceServer(each.texts("urls"), each.textOrEmpty("username"), each.textOrEmpty("credential")));
        }
        return servers;
    }
}
