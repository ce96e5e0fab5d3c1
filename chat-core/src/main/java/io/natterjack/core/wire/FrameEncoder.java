package io.natterjack.core.wire;

import io.natterjack.core.CallSignal;
import io.natterjack.core.Cursor;
import io.natterjack.core.EventKind;
import io.natterjack.core.HistoryQuery;
import io.natterjack.core.Membership;
import io.natterjack.core.Message;
import io.natterjack.core.MessageDetails;
import io.natterjack.core.Notify;
import io.natterjack.core.PresenceState;
import io.natterjack.core.Receipts;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.RoomSettings;
import io.natterjack.core.Target;
import io.natterjack.core.UserId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Writes one frame as a JSON object. */
final class FrameEncoder extends FrameWriter
        implements ClientFrame.Handler<FrameWriter>, ServerFrame.Handler<FrameWriter> {
    private FrameEncoder() {}

    static WireFrame encode(ClientFrame frame) {
        return frame.handle(new FrameEncoder()).finish();
    }

    static WireFrame encode(ServerFrame frame) {
        return frame.handle(new FrameEncoder()).finish();
    }

    @Override
    public FrameWriter hello(ClientFrame.Hello frame) {
        begin("hello").id(frame.id()).field("token", frame.token());
        field("device", frame.device().value());
        frame.session().ifPresent(session -> field("session", session.value()));
        if (!frame.rooms().isEmpty()) {
            array("rooms", frame.rooms(), each -> {
                field("room", each.room().value());
                each.cursor().ifPresent(this::cursor);
            });
        }
        return this;
    }

    @Override
    public FrameWriter auth(ClientFrame.Auth frame) {
        return begin("auth").id(frame.id()).field("token", frame.token());
    }

    @Override
    public FrameWriter join(ClientFrame.Join frame) {
        begin("join").id(frame.id()).room(frame.room());
        frame.cursor().ifPresent(this::cursor);
        return frame.tail() > 0 ? field("tail", frame.tail()) : this;
    }

    @Override
    public FrameWriter leave(ClientFrame.Leave frame) {
        return begin("leave").id(frame.id()).room(frame.room()).mark("quit", frame.isQuit());
    }

    @Override
    public FrameWriter send(ClientFrame.Send frame) {
        begin("send").id(frame.id()).room(frame.room());
        field("cid", frame.clientId().value());
        frame.replyTo().ifPresent(target -> target(target, "reply"));
        return body(frame.body()).number("re", frame.isResend() ? 1 : 0);
    }

    @Override
    public FrameWriter change(ClientFrame.Change frame) {
        RoomChange change = frame.change();
        begin(change.kind().wireName()).id(frame.id()).room(frame.room());
        field("cid", frame.clientId().value());
        change.target().ifPresent(target -> target(target, "at"));
        if (change instanceof RoomChange.Edited edit) {
            optional("ifrev", edit.ifRev());
        }
        if (change.kind() != EventKind.REVOKE) {
            body(change.body());
        }
        return number("re", frame.isResend() ? 1 : 0);
    }

    private void target(Target target, String nameOfSeq) {
        target.own().ifPresent(clientId -> field("tcid", clientId.value()));
        target.at().ifPresent(at -> field("e", at.epoch()).field(nameOfSeq, at.seq()));
    }

    @Override
    public FrameWriter history(ClientFrame.History frame) {
        HistoryQuery query = frame.query();
        begin("history").id(frame.id()).field("room", query.room().value()).optional("e", frame.epoch());
        if (query.direction() != HistoryQuery.Direction.BEFORE || query.seq() != Cursor.MAX) {
            field(query.direction().name().toLowerCase(Locale.ROOT), query.seq());
        }
        number("thread", query.thread()).mark("pinned", query.isPinnedOnly());
        return field("limit", query.limit());
    }

    @Override
    public FrameWriter changes(ClientFrame.Changes frame) {
        begin("changes").id(frame.id()).room(frame.room()).optional("e", frame.epoch());
        return field("since", frame.since()).field("limit", frame.limit());
    }

    @Override
    public FrameWriter bye(ClientFrame.Bye frame) {
        return begin("bye");
    }

    @Override
    public FrameWriter ping(Ping frame) {
        return begin("ping");
    }

    @Override
    public FrameWriter pong(Pong frame) {
        return begin("pong");
    }

    @Override
    public FrameWriter welcome(ServerFrame.Welcome frame) {
        begin("welcome").id(frame.id()).field("session", frame.session().value());
        user("user", frame.user()).field("now", frame.now()).field("hb", frame.heartbeat());
        Limits limits = frame.limits();
        object("limits", () -> {
            field("frame", limits.frameBytes())
                    .field("body", limits.bodyBytes())
                    .field("inflight", limits.inFlight());
            if (limits.framesPerSecond() > 0) {
                field("rate", limits.framesPerSecond()).field("burst", limits.burst());
            }
        });
        return optional("exp", frame.expiresAt());
    }

    @Override
    public FrameWriter joined(ServerFrame.Joined frame) {
        begin("joined").id(frame.id()).room(frame.room());
        field("mode", frame.mode().name().toLowerCase(Locale.ROOT)).cursor(frame.head());
        field("after", frame.after()).optional("base", frame.base());
        number("floor", frame.floor());
        if (!frame.settings().equals(RoomSettings.NONE)) {
            json("settings", frame.settings().json());
        }
        frame.membership().ifPresent(membership -> object("me", () -> membership(membership)));
        return this;
    }

    @Override
    public FrameWriter left(ServerFrame.Left frame) {
        if (frame.reason() == ServerFrame.Left.Reason.OTHER) {
            throw new IllegalArgumentException("a reason of a newer server can't be sent");
        }
        return begin("left")
                .field("room", frame.room().value())
                .field("reason", frame.reason().name().toLowerCase(Locale.ROOT));
    }

    @Override
    public FrameWriter ev(ServerFrame.Ev frame) {
        return begin("ev")
                .field("room", frame.room().value())
                .field("e", frame.epoch())
                .array("events", frame.events(), this::event);
    }

    @Override
    public FrameWriter ack(ServerFrame.Ack frame) {
        begin("ack").id(frame.id()).room(frame.room());
        field("cid", frame.clientId().value()).cursor(frame.at()).field("ts", frame.timestamp());
        return frame.isDuplicate() ? flag("dup", true) : this;
    }

    @Override
    public FrameWriter ok(ServerFrame.Ok frame) {
        begin("ok").id(frame.id()).optional("exp", frame.expiresAt());
        frame.room().ifPresent(this::room);
        return this;
    }

    @Override
    public FrameWriter refused(ServerFrame.Refused frame) {
        begin("error").id(frame.id()).field("code", frame.code().wireName());
        frame.message().ifPresent(message -> field("msg", message));
        frame.retry().ifPresent(retry -> millis("retry", retry));
        frame.room().ifPresent(room -> field("room", room.value()));
        frame.clientId().ifPresent(clientId -> field("cid", clientId.value()));
        return this;
    }

    @Override
    public FrameWriter messages(ServerFrame.Messages frame) {
        Cursor upto = frame.page().upto();
        begin("page").id(frame.id()).room(frame.room()).field("e", upto.epoch());
        array("items", frame.page().messages(), this::message);
        flag("more", frame.page().hasMore()).field("upto", upto.seq());
        long floor = frame.page().floor();
        return floor > 0 ? field("floor", floor) : this;
    }

    @Override
    public FrameWriter expiring(ServerFrame.Expiring frame) {
        return begin("expiring").millis("in", frame.in());
    }

    @Override
    public FrameWriter drain(ServerFrame.Drain frame) {
        return begin("drain").millis("after", frame.after()).millis("spread", frame.spread());
    }

    private void event(RoomEvent event) {
        field("s", event.seq()).field("k", event.kind().wireName());
        if (event.kind() == EventKind.UNKNOWN) {
            return; // What it holds is for servers that know it.
        }
        user("from", event.sender());
        field("ts", event.timestamp()).field("cid", event.clientId().value());
        number(event.kind() == EventKind.MESSAGE ? "reply" : "at", event.target());
        if (event.kind() != EventKind.REVOKE) {
            body(event.body());
        }
    }

    private void message(Message message) {
        field("s", message.seq()).field("rev", message.rev()).user("from", message.sender());
        field("ts", message.timestamp())
                .field("cid", message.clientId().value())
                .body(message.body());
        MessageDetails details = message.details();
        if (!details.equals(MessageDetails.NONE)) {
            number("edited", details.editedAt()).number("reply", details.replyTo());
            number("replies", details.replies()).mark("revoked", details.isRevoked());
            mark("pinned", details.isPinned());
            if (!details.reactions().isEmpty()) {
                array(
                        "reacts",
                        details.reactions(),
                        reaction -> field("key", reaction.key())
                                .field("n", reaction.count())
                                .mark("mine", reaction.isMine()));
            }
        }
    }

    private void membership(Membership membership) {
        user("user", membership.user()).field("is", membership.standing().wireName());
        field("role", membership.role().wireName()).number("until", membership.until());
        field("joined", membership.joinedSeq()).number("rev", membership.rev());
        field("recv", membership.delivered());
        field("read", membership.read());
        if (membership.notifications() != Notify.ALL) {
            field("notify", membership.notifications().wireName());
        }
    }

    // Requests about rooms and people.

    @Override
    public FrameWriter askInbox(PeopleRequest.Inbox frame) {
        begin("rooms").id(frame.id());
        if (!frame.rooms().isEmpty()) {
            rooms(frame.rooms());
        }
        frame.cursor().ifPresent(cursor -> field("cursor", cursor));
        return field("limit", frame.limit());
    }

    private void rooms(List<RoomId> rooms) {
        List<String> names = new ArrayList<>();
        rooms.forEach(room -> names.add(room.value()));
        strings("only", names);
    }

    private FrameWriter users(String name, List<UserId> users) {
        List<String> names = new ArrayList<>();
        users.forEach(user -> names.add(user.value()));
        return strings(name, names);
    }

    @Override
    public FrameWriter askMembers(PeopleRequest.Members frame) {
        begin("members").id(frame.id()).room(frame.room());
        field("is", frame.standing().wireName());
        frame.after().ifPresent(user -> user("user", user));
        return field("limit", frame.limit());
    }

    @Override
    public FrameWriter askReceipts(PeopleRequest.Readers frame) {
        return begin("readers")
                .id(frame.id())
                .room(frame.room())
                .field("e", frame.at().epoch())
                .field("at", frame.at().seq());
    }

    @Override
    public FrameWriter search(PeopleRequest.Search frame) {
        begin("search").id(frame.id()).field("text", frame.text());
        if (!frame.rooms().isEmpty()) {
            rooms(frame.rooms());
        }
        frame.cursor().ifPresent(cursor -> field("cursor", cursor));
        return field("limit", frame.limit());
    }

    @Override
    public FrameWriter direct(PeopleRequest.Direct frame) {
        return begin("direct").id(frame.id()).user("user", frame.user());
    }

    @Override
    public FrameWriter askUsers(PeopleRequest.Users frame) {
        begin("users").id(frame.id());
        users("who", frame.users());
        return mark("blocked", frame.isBlocked());
    }

    @Override
    public FrameWriter setProfile(PeopleRequest.SetProfile frame) {
        return begin("profile")
                .id(frame.id())
                .text("name", frame.name())
                .text("avatar", frame.avatar())
                .json("attrs", frame.attributes());
    }

    @Override
    public FrameWriter block(PeopleRequest.Block frame) {
        return begin("block").id(frame.id()).user("user", frame.user()).flag("on", frame.isOn());
    }

    @Override
    public FrameWriter setNotify(PeopleRequest.SetNotify frame) {
        return begin("notify")
                .id(frame.id())
                .room(frame.room())
                .field("notify", frame.notifications().wireName());
    }

    @Override
    public FrameWriter inbox(PeopleAnswer.Inbox frame) {
        begin("inbox").id(frame.id());
        array("items", frame.entries(), entry -> {
            room(entry.room()).cursor(entry.head()).field("ts", entry.timestamp());
            field("unread", entry.unread()).number("mentions", entry.mentions());
            if (!entry.settings().equals(RoomSettings.NONE)) {
                json("settings", entry.settings().json());
            }
            object("me", () -> membership(entry.membership()));
            entry.last().ifPresent(last -> object("last", () -> message(last)));
        });
        frame.cursor().ifPresent(cursor -> field("cursor", cursor));
        return this;
    }

    @Override
    public FrameWriter members(PeopleAnswer.Members frame) {
        return begin("members")
                .id(frame.id())
                .room(frame.room())
                .array("items", frame.members(), this::membership)
                .flag("more", frame.isMore())
                .field("present", frame.present());
    }

    @Override
    public FrameWriter receipts(PeopleAnswer.Receipts frame) {
        Receipts receipts = frame.receipts();
        begin("receipts").id(frame.id()).room(frame.room()).field("of", receipts.of());
        field("recv", receipts.delivered()).field("read", receipts.read());
        return users("readers", receipts.readers());
    }

    @Override
    public FrameWriter found(PeopleAnswer.Found frame) {
        begin("found").id(frame.id());
        array("items", frame.messages(), message -> {
            room(message.room()).field("e", message.at().epoch());
            message(message);
        });
        frame.cursor().ifPresent(cursor -> field("cursor", cursor));
        return this;
    }

    @Override
    public FrameWriter users(PeopleAnswer.Users frame) {
        return begin("users")
                .id(frame.id())
                .array(
                        "items",
                        frame.profiles(),
                        profile -> user("user", profile.user())
                                .text("name", profile.name())
                                .text("avatar", profile.avatar())
                                .json("attrs", profile.attributes()));
    }

    @Override
    public FrameWriter ice(PeopleAnswer.Ice frame) {
        return begin("ice")
                .id(frame.id())
                .array(
                        "servers",
                        frame.servers(),
                        server -> strings("urls", server.urls())
                                .text("username", server.username())
                                .text("credential", server.credential()));
    }

    // Signals.

    @Override
    public FrameWriter mark(ClientSignal.Mark frame) {
        begin("mark").room(frame.room()).field("e", frame.epoch());
        return number("recv", frame.delivered()).number("read", frame.read());
    }

    @Override
    public FrameWriter typing(ClientSignal.Typing frame) {
        return begin("typing").room(frame.room()).flag("on", frame.isOn());
    }

    @Override
    public FrameWriter setPresence(ClientSignal.SetPresence frame) {
        begin("presence");
        frame.state().ifPresent(state -> field("state", state.wireName()));
        frame.status().ifPresent(status -> field("status", status));
        frame.watch().ifPresent(users -> users("watch", users));
        return this;
    }

    @Override
    public FrameWriter call(ClientSignal.Call frame) {
        begin("call").id(frame.id()).room(frame.room());
        return call(frame.signal());
    }

    private FrameWriter call(CallSignal signal) {
        field("op", signal.op().wireName()).field("call", signal.call());
        signal.user().ifPresent(user -> user("user", user));
        signal.device().ifPresent(device -> field("device", device.value()));
        number("ttl", signal.ringing().toMillis()).text("reason", signal.reason());
        return json("data", signal.data());
    }

    @Override
    public FrameWriter askIce(ClientSignal.AskIce frame) {
        return begin("ice").id(frame.id()).room(frame.room());
    }

    @Override
    public FrameWriter marked(ServerSignal.Marked frame) {
        begin("mark").room(frame.room()).user("user", frame.user());
        return number("recv", frame.delivered()).number("read", frame.read());
    }

    @Override
    public FrameWriter queued(ServerSignal.Queued frame) {
        return begin("queued").room(frame.room()).field("cid", frame.clientId().value());
    }

    @Override
    public FrameWriter typed(ServerSignal.Typed frame) {
        return begin("typing").room(frame.room()).user("user", frame.user()).flag("on", frame.isOn());
    }

    @Override
    public FrameWriter presence(ServerSignal.Presence frame) {
        PresenceState state = frame.state();
        begin("presence").user("user", frame.user());
        return field("state", state.availability().wireName())
                .text("status", state.status())
                .number("seen", state.lastSeen());
    }

    @Override
    public FrameWriter bump(ServerSignal.Bump frame) {
        begin("bump").room(frame.room()).cursor(frame.head()).field("ts", frame.timestamp());
        user("from", frame.sender());
        frame.preview().ifPresent(preview -> field("preview", preview));
        return this;
    }

    @Override
    public FrameWriter standing(ServerSignal.Standing frame) {
        return begin("standing")
                .room(frame.room())
                .user("by", frame.by())
                .body(frame.change().body());
    }

    @Override
    public FrameWriter notified(ServerSignal.Notified frame) {
        return begin("notify")
                .room(frame.room())
                .field("notify", frame.notifications().wireName());
    }

    @Override
    public FrameWriter called(ServerSignal.Called frame) {
        begin("call").room(frame.room()).user("from", frame.from());
        return call(frame.signal());
    }
}
