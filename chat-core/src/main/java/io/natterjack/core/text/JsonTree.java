package io.natterjack.core.text;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A small JSON object as maps, lists, strings, booleans, {@link Long}s for plain integers, {@link BigDecimal}s for other numbers, and
 * null. For what is changed field by field; whatever is only carried stays text.
 */
public final class JsonTree {
    private JsonTree() {}

    /**
     * Reads an object that {@link StrictJson} has let through.
     *
     * @throws IllegalArgumentException if it isn't one JSON object
     */
    public static Map<String, @Nullable Object> read(String object) {
        try {
            JsonReader in = StrictJson.reader(object);
            Map<String, @Nullable Object> tree = readObject(in);
            StrictJson.requireEnd(in);
            return tree;
        } catch (IOException | IllegalStateException malformed) {
            throw new IllegalArgumentException("not a JSON object by RFC 8259");
        }
    }

    private static Map<String, @Nullable Object> readObject(JsonReader in) throws IOException {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        in.beginObject();
        while (in.hasNext()) {
            fields.put(in.nextName(), readValue(in));
        }
        in.endObject();
        return fields;
    }

    private static @Nullable Object readValue(JsonReader in) throws IOException {
        return switch (in.peek()) {
            case BEGIN_OBJECT -> readObject(in);
            case BEGIN_ARRAY -> readArray(in);
            case STRING -> StrictJson.string(in);
            case BOOLEAN -> in.nextBoolean();
            case NUMBER -> number(in.nextString());
            default -> {
                in.nextNull();
                yield null;
            }
        };
    }

    private static List<@Nullable Object> readArray(JsonReader in) throws IOException {
        List<@Nullable Object> values = new ArrayList<>();
        in.beginArray();
        while (in.hasNext()) {
            values.add(readValue(in));
        }
        in.endArray();
        return values;
    }

    private static Object number(String written) {
        return written.length() <= 18 && written.matches("-?[0-9]+")
                ? (Object) Long.parseLong(written)
                : new BigDecimal(written);
    }

    /** Writes a tree as compact JSON, fields in the map's order. */
    public static String write(Map<String, ? extends @Nullable Object> tree) {
        TextWriter text = new TextWriter(128);
        try {
            JsonWriter out = new JsonWriter(text);
            out.setSerializeNulls(true);
            write(out, tree);
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
        return text.toString();
    }

    private static void write(JsonWriter out, @Nullable Object value) throws IOException {
        if (value instanceof Map<?, ?> object) {
            out.beginObject();
            for (Map.Entry<?, ?> field : object.entrySet()) {
                out.name(String.valueOf(field.getKey()));
                write(out, field.getValue());
            }
            out.endObject();
        } else if (value instanceof List<?> array) {
            out.beginArray();
            for (Object each : array) {
                write(out, each);
            }
            out.endArray();
        } else if (value instanceof Boolean flag) {
            out.value(flag);
        } else if (value instanceof Number number) {
            out.jsonValue(number.toString());
        } else if (value == null) {
            out.nullValue();
        } else {
            out.value(value.toString());
        }
    }
}
