package io.natterjack.core.wire;

import com.google.gson.stream.JsonWriter;
import io.natterjack.core.Cursor;
import io.natterjack.core.Membership;
import io.natterjack.core.Message;
import io.natterjack.core.MessageBody;
import io.natterjack.core.MessageDetails;
import io.natterjack.core.Notify;
import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import io.natterjack.core.text.TextWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** Writes the fields of a JSON object, and what frames have in common among them. */
class FrameWriter {
    private final TextWriter text = new TextWriter(256);
    private final JsonWriter json = new JsonWriter(text);

    WireFrame finish() {
        write(json::endObject);
        return WireFrame.text(text.toString());
    }

    FrameWriter begin(String type) {
        write(json::beginObject);
        return field("t", type);
    }

    FrameWriter id(int id) {
        return id > 0 ? field("id", id) : this;
    }

    FrameWriter user(String name, UserId user) {
        return field(name, user.value());
    }

    FrameWriter cursor(Cursor cursor) {
        return field("e", cursor.epoch()).field("s", cursor.seq());
    }

    FrameWriter body(MessageBody body) {
        return body.isGone() ? flag("gone", true) : write(() -> json.name("b").jsonValue(body.json()));
    }

    FrameWriter room(RoomId room) {
        return field("room", room.value());
    }

    void message(Message message) {
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

    void membership(Membership membership) {
        user("user", membership.user()).field("is", membership.standing().wireName());
        field("role", membership.role().wireName()).number("until", membership.until());
        field("joined", membership.joinedSeq()).number("rev", membership.rev());
        field("recv", membership.delivered());
        field("read", membership.read());
        if (membership.notifications() != Notify.ALL) {
            field("notify", membership.notifications().wireName());
        }
    }

    /** Leaves out what is empty. */
    FrameWriter text(String name, String value) {
        return value.isEmpty() ? this : field(name, value);
    }

    /** Leaves out zero. */
    FrameWriter number(String name, long value) {
        return value == 0 ? this : field(name, value);
    }

    /** Leaves out false. */
    FrameWriter mark(String name, boolean value) {
        return value ? flag(name, true) : this;
    }

    /** Writes a JSON object; leaves out what is empty. */
    FrameWriter json(String name, String object) {
        return object.isEmpty() ? this : write(() -> json.name(name).jsonValue(object));
    }

    FrameWriter object(String name, Runnable fields) {
        write(() -> json.name(name).beginObject());
        fields.run();
        return write(json::endObject);
    }

    FrameWriter strings(String name, Iterable<String> values) {
        write(() -> json.name(name).beginArray());
        values.forEach(value -> write(() -> json.value(value)));
        return write(json::endArray);
    }

    FrameWriter millis(String name, Duration duration) {
        return field(name, duration.toMillis());
    }

    FrameWriter optional(String name, OptionalLong value) {
        return value.isPresent() ? field(name, value.getAsLong()) : this;
    }

    FrameWriter field(String name, String value) {
        return write(() -> json.name(name).value(value));
    }

    FrameWriter field(String name, long value) {
        return write(() -> json.name(name).value(value));
    }

    FrameWriter flag(String name, boolean value) {
        return write(() -> json.name(name).value(value));
    }

    <T> FrameWriter array(String name, Iterable<T> items, Consumer<T> fields) {
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

    FrameWriter write(Writing writing) {
        try {
            writing.run();
            return this;
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }
}
