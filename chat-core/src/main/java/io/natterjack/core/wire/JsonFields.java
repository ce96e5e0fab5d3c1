package io.natterjack.core.wire;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import io.natterjack.core.Cursor;
import io.natterjack.core.text.StrictJson;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one JSON object of a frame. All are read before any is looked at, since they may stand in any order. Those
 * that no frame has are skipped. Accessors throw {@link IllegalArgumentException} naming the field.
 *
 * <p>A value that isn't what its name stands for matters only once it is asked for: in a frame of a newer version the name
 * may stand for something else.
 */
final class JsonFields {
    private enum Form {
        TEXT(JsonToken.STRING, "a string is needed"),
        INTEGER(JsonToken.NUMBER, "an integer is needed"),
        FLAG(JsonToken.BOOLEAN, "true or false is needed"),
        /** An object of the application's own, kept as compact JSON. */
        BODY(JsonToken.BEGIN_OBJECT, "an object is needed"),
        OBJECT(JsonToken.BEGIN_OBJECT, "an object is needed"),
        OBJECTS(JsonToken.BEGIN_ARRAY, "an array of objects is needed"),
        TEXTS(JsonToken.BEGIN_ARRAY, "an array of strings is needed");

        private final JsonToken token;
        private final String need;

        Form(JsonToken token, String need) {
            this.token = token;
            this.need = need;
        }
    }

    /** Stands for a value that can't be used. */
    private static final class Misfit {
        private final String problem;

        Misfit(String problem) {
            this.problem = problem;
        }
    }

    private static final Map<String, Form> KNOWN = new HashMap<>();

    static {
        for (String name :
                ("t token device session room cid user mode reason code msg from k tcid text cursor state status name avatar op"
                                + " call by preview notify is role key username credential")
                        .split(" ")) {
            KNOWN.put(name, Form.TEXT);
        }
        for (String name :
                ("id e s tail re before after around limit since now hb exp base ts retry in spread rev frame body"
                                + " inflight rate burst upto floor at ifrev reply recv read ttl of unread mentions edited replies n seen"
                                + " until joined thread present")
                        .split(" ")) {
            KNOWN.put(name, Form.INTEGER);
        }
        for (String name : "dup more gone on quit pinned revoked blocked mine".split(" ")) {
            KNOWN.put(name, Form.FLAG);
        }
        for (String name : "b data settings attrs".split(" ")) {
            KNOWN.put(name, Form.BODY);
        }
        for (String name : "limits me last".split(" ")) {
            KNOWN.put(name, Form.OBJECT);
        }
        for (String name : "rooms events items reacts servers".split(" ")) {
            KNOWN.put(name, Form.OBJECTS);
        }
        for (String name : "only who watch readers urls".split(" ")) {
            KNOWN.put(name, Form.TEXTS);
        }
    }

    private final Map<String, Object> values = new HashMap<>();

    void readDocument(String text) throws IOException {
        JsonReader in = StrictJson.reader(text);
        read(in);
        StrictJson.requireEnd(in);
    }

    private void read(JsonReader in) throws IOException {
        in.beginObject();
        while (in.hasNext()) {
            String name = in.nextName();
            Form form = KNOWN.get(name);
            if (form == null) {
                StrictJson.skip(in);
            } else if (values.put(name, value(in, name, form)) != null) {
                throw new IllegalArgumentException(name + " stands twice in one object");
            }
        }
        in.endObject();
    }

    private static Object value(JsonReader in, String name, Form form) throws IOException {
        if (in.peek() != form.token) {
            StrictJson.skip(in);
            return new Misfit(form.need);
        }
        return switch (form) {
            case TEXT -> orMisfit(() -> StrictJson.string(in));
            case INTEGER -> orMisfit(() -> StrictJson.integer(in));
            case FLAG -> in.nextBoolean();
            case BODY -> body(in, name);
            case OBJECT -> object(in);
            case OBJECTS -> objects(in);
            case TEXTS -> texts(in);
        };
    }

    private interface Reading {
        Object run() throws IOException;
    }

    /** For what is consumed as a whole before it is checked, so that reading can go on behind it. */
    private static Object orMisfit(Reading reading) throws IOException {
        try {
            return reading.run();
        } catch (IllegalArgumentException invalid) {
            return new Misfit(String.valueOf(invalid.getMessage()));
        }
    }

    private static String body(JsonReader in, String name) throws IOException {
        try {
            return StrictJson.object(in, Integer.MAX_VALUE);
        } catch (IllegalArgumentException invalid) {
            throw new IllegalArgumentException(name + ": " + invalid.getMessage());
        }
    }

    private static JsonFields object(JsonReader in) throws IOException {
        JsonFields fields = new JsonFields();
        fields.read(in);
        return fields;
    }

    private static Object objects(JsonReader in) throws IOException {
        List<JsonFields> objects = new ArrayList<>();
        boolean fit = true;
        in.beginArray();
        while (in.hasNext()) {
            if (in.peek() == JsonToken.BEGIN_OBJECT) {
                objects.add(object(in));
            } else {
                StrictJson.skip(in);
                fit = false;
            }
        }
        in.endArray();
        return fit ? objects : new Misfit(Form.OBJECTS.need);
    }

    private static Object texts(JsonReader in) throws IOException {
        List<String> texts = new ArrayList<>();
        boolean fit = true;
        in.beginArray();
        while (in.hasNext()) {
            if (in.peek() == JsonToken.STRING && orMisfit(() -> StrictJson.string(in)) instanceof String text) {
                texts.add(text);
            } else {
                fit = false;
                if (in.peek() != JsonToken.STRING && in.hasNext()) {
                    StrictJson.skip(in);
                }
            }
        }
        in.endArray();
        return fit ? texts : new Misfit(Form.TEXTS.need);
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    /** Returns the request id if one was read so far and is in its range, else 0. */
    int idOrZero() {
        return values.get("id") instanceof Long id && id >= 1 && id <= Frame.MAX_ID ? id.intValue() : 0;
    }

    /** Returns the request id, 0 if there is none. */
    int id() {
        return has("id") ? integer("id", 1, Frame.MAX_ID) : 0;
    }

    String text(String name) {
        return (String) required(name);
    }

    long longInteger(String name, long min, long max) {
        long value = (Long) required(name);
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " must be " + min + " to " + max);
        }
        return value;
    }

    int integer(String name, int min, int max) {
        return (int) longInteger(name, min, max);
    }

    OptionalLong optionalLong(String name, long min, long max) {
        return has(name) ? OptionalLong.of(longInteger(name, min, max)) : OptionalLong.empty();
    }

    boolean flag(String name) {
        return has(name) && (Boolean) required(name);
    }

    /** Returns the text, empty if there is none. */
    String textOrEmpty(String name) {
        return has(name) ? text(name) : "";
    }

    /** Returns the number, 0 if there is none. */
    long number(String name) {
        return has(name) ? longInteger(name, 0, Cursor.MAX) : 0;
    }

    @SuppressWarnings("unchecked") // by Form
    List<String> texts(String name) {
        return has(name) ? (List<String>) required(name) : List.of();
    }

    JsonFields object(String name) {
        return (JsonFields) required(name);
    }

    @SuppressWarnings("unchecked") // by Form
    List<JsonFields> objects(String name) {
        return (List<JsonFields>) required(name);
    }

    private Object required(String name) {
        @Nullable Object value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException(name + " is missing");
        }
        if (value instanceof Misfit misfit) {
            throw new IllegalArgumentException(name + ": " + misfit.problem);
        }
        return value;
    }
}
