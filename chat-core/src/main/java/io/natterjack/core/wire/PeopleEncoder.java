package io.natterjack.core.wire;

import io.natterjack.core.CallSignal;
import io.natterjack.core.PresenceState;
import io.natterjack.core.Receipts;
import io.natterjack.core.RoomId;
import io.natterjack.core.RoomSettings;
import io.natterjack.core.UserId;
import java.util.ArrayList;
import java.util.List;

/** Writes frames about rooms and people, and signals, as {@link PeopleDecoder} reads them. */
abstract class PeopleEncoder extends FrameWriter
        implements PeopleRequest.Handler<FrameWriter>,
                PeopleAnswer.Handler<FrameWriter>,
                ClientSignal.Handler<FrameWriter>,
                ServerSignal.Handler<FrameWriter> {
    // Requests and answers about rooms and people.

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
