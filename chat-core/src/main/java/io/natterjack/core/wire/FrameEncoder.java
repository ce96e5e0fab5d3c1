package io.natterjack.core.wire;

import io.natterjack.core.Cursor;
import io.natterjack.core.EventKind;
import io.natterjack.core.HistoryQuery;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomSettings;
import io.natterjack.core.Target;
import java.util.Locale;

/** Writes one frame as a JSON object. */
final class FrameEncoder extends PeopleEncoder
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
}
