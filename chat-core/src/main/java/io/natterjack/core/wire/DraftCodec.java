package io.natterjack.core.wire;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.Draft;
import io.natterjack.core.EventKind;
import io.natterjack.core.MessageBody;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomId;
import io.natterjack.core.Target;
import io.natterjack.core.Terms;
import io.natterjack.core.UserId;
import io.natterjack.core.text.JsonTree;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Drafts to text and back, for queues that keep them outside the process. Never sent to clients.
 *
 * <p>The text is a JSON object of all but the body, a line feed, and the body's own JSON as it stands. Fields that a reader doesn't know
 * are skipped, so that nodes of two versions can share a queue.
 */
public final class DraftCodec {
    private DraftCodec() {}

    /** Encodes a draft, with everything that its place in the store depends on. */
    public static String encode(Draft draft) {
        Map<String, @Nullable Object> head = new LinkedHashMap<>();
        head.put("room", draft.room().value());
        head.put("from", draft.sender().value());
        head.put("cid", draft.clientId().value());
        head.put("k", draft.kind().wireName());
        head.put("hash", draft.contentHash());
        draft.target().ifPresent(target -> putTarget(head, target));
        if (draft.change().orElse(null) instanceof RoomChange.Edited edit
                && edit.ifRev().isPresent()) {
            head.put("ifrev", edit.ifRev().getAsLong());
        }
        draft.terms().ifPresent(terms -> head.put("terms", terms(terms)));
        return JsonTree.write(head) + "\n" + draft.body().json();
    }

    private static void putTarget(Map<String, @Nullable Object> head, Target target) {
        target.own().ifPresent(own -> head.put("tcid", own.value()));
        target.at().ifPresent(at -> {
            head.put("e", at.epoch());
            head.put("at", at.seq());
        });
    }

    private static Map<String, Object> terms(Terms terms) {
        Map<String, Object> fields = new LinkedHashMap<>();
        if (terms.epoch() != 0) {
            fields.put("e", terms.epoch());
        }
        fields.put("rev", terms.accessRev());
        fields.put("over", terms.isOverOthers());
        fields.put("since", terms.notBefore());
        return fields;
    }

    /**
     * Decodes what {@link #encode} wrote.
     *
     * @throws IllegalArgumentException if it isn't that
     */
    public static Draft decode(String text) {
        int end = text.indexOf('\n');
        if (end < 0) {
            throw new IllegalArgumentException("a draft has a head, a line feed and a body");
        }
        Map<String, @Nullable Object> head = JsonTree.read(text.substring(0, end));
        Draft draft = draft(head, MessageBody.json(text.substring(end + 1)));
        Draft known = draft.knownBy(string(head, "hash"));
        return head.get("terms") instanceof Map<?, ?> terms ? known.under(terms(terms)) : known;
    }

    private static Draft draft(Map<String, @Nullable Object> head, MessageBody body) {
        RoomId room = new RoomId(string(head, "room"));
        UserId sender = new UserId(string(head, "from"));
        ClientId clientId = new ClientId(string(head, "cid"));
        EventKind kind = EventKind.ofWireName(string(head, "k"));
        Optional<Target> target = target(head);
        if (kind != EventKind.MESSAGE) {
            OptionalLong ifRev =
                    head.containsKey("ifrev") ? OptionalLong.of(number(head, "ifrev")) : OptionalLong.empty();
            return Draft.change(room, sender, clientId, RoomChange.of(kind, target, body, ifRev));
        }
        return target.isPresent()
                ? Draft.reply(room, sender, clientId, body, target.get())
                : new Draft(room, sender, clientId, body);
    }

    private static Optional<Target> target(Map<String, @Nullable Object> head) {
        if (head.containsKey("tcid")) {
            return Optional.of(Target.own(new ClientId(string(head, "tcid"))));
        }
        return head.containsKey("at")
                ? Optional.of(Target.at(new Cursor(number(head, "e"), number(head, "at"))))
                : Optional.empty();
    }

    private static Terms terms(Map<?, ?> fields) {
        return new Terms(
                fields.containsKey("e") ? number(fields, "e") : 0,
                number(fields, "rev"),
                Boolean.TRUE.equals(fields.get("over")),
                number(fields, "since"));
    }

    private static String string(Map<?, ?> fields, String name) {
        if (fields.get(name) instanceof String value) {
            return value;
        }
        throw new IllegalArgumentException(name + ": a string is needed");
    }

    private static long number(Map<?, ?> fields, String name) {
        if (fields.get(name) instanceof Long value) {
            return value;
        }
        throw new IllegalArgumentException(name + ": an integer is needed");
    }
}
