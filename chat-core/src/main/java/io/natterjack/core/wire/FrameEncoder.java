package io.natterjack.core.wire;

import com.google.gson.stream.JsonWriter;
import io.natterjack.core.Cursor;
import io.natterjack.core.EventKind;
import io.natterjack.core.HistoryQuery;
import io.natterjack.core.Message;
import io.natterjack.core.MessageBody;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.UserId;
import io.natterjack.core.text.TextWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** Writes one frame as a JSON object. */
final class FrameEncoder implements ClientFrame.Handler<FrameEncoder>, ServerFrame.Handler<FrameEncoder> {
    private final TextWriter text = new TextWriter(256);
    private final JsonWriter json = new JsonWriter(text);

    private FrameEncoder() {}

    static WireFrame encode(ClientFrame frame) {
        return frame.handle(new FrameEncoder()).finish();
    }

    static WireFrame encode(ServerFrame frame) {
        return frame.handle(new FrameEncoder()).finish();
    }

    @Override
    public FrameEncoder hello(ClientFrame.Hello frame) {
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
    public FrameEncoder auth(ClientFrame.Auth frame) {
        return begin("auth").id(frame.id()).field("token", frame.token());
    }

    @Override
    public FrameEncoder join(ClientFrame.Join frame) {
        begin("join").id(frame.id()).field("room", frame.room().value());
        frame.cursor().ifPresent(this::cursor);
        return frame.tail() > 0 ? field("tail", frame.tail()) : this;
    }

    @Override
    public FrameEncoder leave(ClientFrame.Leave frame) {
        return begin("leave").id(frame.id()).field("room", frame.room().value());
    }

    @Override
    public FrameEncoder send(ClientFrame.Send frame) {
        begin("send").id(frame.id()).field("room", frame.room().value());
        field("cid", frame.clientId().value()).body(frame.body());
        return frame.isResend() ? field("re", 1) : this;
    }

    @Override
    public FrameEncoder history(ClientFrame.History frame) {
        HistoryQuery query = frame.query();
        begin("history").id(frame.id()).field("room", query.room().value()).optional("e", frame.epoch());
        if (query.direction() != HistoryQuery.Direction.BEFORE || query.seq() != Cursor.MAX) {
            field(query.direction().name().toLowerCase(Locale.ROOT), query.seq());
        }
        return field("limit", query.limit());
    }

    @Override
    public FrameEncoder changes(ClientFrame.Changes frame) {
        begin("changes").id(frame.id()).field("room", frame.room().value()).optional("e", frame.epoch());
        return field("since", frame.since()).field("limit", frame.limit());
    }

    @Override
    public FrameEncoder bye(ClientFrame.Bye frame) {
        return begin("bye");
    }

    @Override
    public FrameEncoder ping(Ping frame) {
        return begin("ping");
    }

    @Override
    public FrameEncoder pong(Pong frame) {
        return begin("pong");
    }

    @Override
    public FrameEncoder welcome(ServerFrame.Welcome frame) {
        begin("welcome").id(frame.id()).field("session", frame.session().value());
        user("user", frame.user()).field("now", frame.now()).field("hb", frame.heartbeat());
        Limits limits = frame.limits();
        write(() -> json.name("limits").beginObject());
        field("frame", limits.frameBytes()).field("body", limits.bodyBytes()).field("inflight", limits.inFlight());
        if (limits.framesPerSecond() > 0) {
            field("rate", limits.framesPerSecond()).field("burst", limits.burst());
        }
        write(json::endObject);
        return optional("exp", frame.expiresAt());
    }

    @Override
    public FrameEncoder joined(ServerFrame.Joined frame) {
        begin("joined").id(frame.id()).field("room", frame.room().value());
        field("mode", frame.mode().name().toLowerCase(Locale.ROOT)).cursor(frame.head());
        field("after", frame.after()).optional("base", frame.base());
        return frame.floor() > 0 ? field("floor", frame.floor()) : this;
    }

    @Override
    public FrameEncoder left(ServerFrame.Left frame) {
        if (frame.reason() == ServerFrame.Left.Reason.OTHER) {
            throw new IllegalArgumentException("a reason of a newer server can't be sent");
        }
        return begin("left")
                .field("room", frame.room().value())
                .field("reason", frame.reason().name().toLowerCase(Locale.ROOT));
    }

    @Override
    public FrameEncoder ev(ServerFrame.Ev frame) {
        return begin("ev")
                .field("room", frame.room().value())
                .field("e", frame.epoch())
                .array("events", frame.events(), this::event);
    }

    @Override
    public FrameEncoder ack(ServerFrame.Ack frame) {
        begin("ack").id(frame.id()).field("room", frame.room().value());
        field("cid", frame.clientId().value()).cursor(frame.at()).field("ts", frame.timestamp());
        return frame.isDuplicate() ? flag("dup", true) : this;
    }

    @Override
    public FrameEncoder ok(ServerFrame.Ok frame) {
        return begin("ok").id(frame.id()).optional("exp", frame.expiresAt());
    }

    @Override
    public FrameEncoder refused(ServerFrame.Refused frame) {
        begin("error").id(frame.id()).field("code", frame.code().wireName());
        frame.message().ifPresent(message -> field("msg", message));
        frame.retry().ifPresent(retry -> millis("retry", retry));
        frame.room().ifPresent(room -> field("room", room.value()));
        frame.clientId().ifPresent(clientId -> field("cid", clientId.value()));
        return this;
    }

    @Override
    public FrameEncoder messages(ServerFrame.Messages frame) {
        Cursor upto = frame.page().upto();
        begin("page").id(frame.id()).field("room", frame.room().value()).field("e", upto.epoch());
        array("items", frame.page().messages(), this::message);
        flag("more", frame.page().hasMore()).field("upto", upto.seq());
        long floor = frame.page().floor();
        return floor > 0 ? field("floor", floor) : this;
    }

    @Override
    public FrameEncoder expiring(ServerFrame.Expiring frame) {
        return begin("expiring").millis("in", frame.in());
    }

    @Override
    public FrameEncoder drain(ServerFrame.Drain frame) {
        return begin("drain").millis("after", frame.after()).millis("spread", frame.spread());
    }

    private void event(RoomEvent event) {
        field("s", event.seq()).field("k", event.kind().wireName());
        if (event.kind() == EventKind.UNKNOWN) {
            return; // What it holds is for servers that know it.
        }
        user("from", event.sender());
        field("ts", event.timestamp()).field("cid", event.clientId().value()).body(event.body());
    }

    private void message(Message message) {
        field("s", message.seq()).field("rev", message.rev()).user("from", message.sender());
        field("ts", message.timestamp())
                .field("cid", message.clientId().value())
                .body(message.body());
    }

    private WireFrame finish() {
        write(json::endObject);
        return WireFrame.text(text.toString());
    }

    private FrameEncoder begin(String type) {
        write(json::beginObject);
        return field("t", type);
    }

    private FrameEncoder id(int id) {
        return id > 0 ? field("id", id) : this;
    }

    private FrameEncoder user(String name, UserId user) {
        return field(name, user.value());
    }

    private FrameEncoder cursor(Cursor cursor) {
        return field("e", cursor.epoch()).field("s", cursor.seq());
    }

    private FrameEncoder body(MessageBody body) {
        return body.isGone() ? flag("gone", true) : write(() -> json.name("b").jsonValue(body.json()));
    }

    private FrameEncoder millis(String name, Duration duration) {
        return field(name, duration.toMillis());
    }

    private FrameEncoder optional(String name, OptionalLong value) {
        return value.isPresent() ? field(name, value.getAsLong()) : this;
    }

    private FrameEncoder field(String name, String value) {
        return write(() -> json.name(name).value(value));
    }

    private FrameEncoder field(String name, long value) {
        return write(() -> json.name(name).value(value));
    }

    private FrameEncoder flag(String name, boolean value) {
        return write(() -> json.name(name).value(value));
    }

    private <T> FrameEncoder array(String name, Iterable<T> items, Consumer<T> fields) {
        write(() -> json.name(name).beginArray());
        for (T item : items) {
            write(json::beginObject);
            fields.accept(item);
            write(json::endObject);
        }
        return write(json::endArray);
    }

    private interface Writing {
        Object run() throws IOException;
    }

    private FrameEncoder write(Writing writing) {
        try {
            writing.run();
            return this;
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }
}
