package io.natterjack.core.text;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads JSON as RFC 8259 has it and nothing looser, streaming and without reflection.
 *
 * <p>Beyond the RFC it refuses what harms later: nesting that eats the stack, a name twice in one object (readers differ in
 * which one they take), NUL (PostgreSQL can't store it) and lone surrogates (which turn into something else on their way).
 * No exception repeats the input.
 */
public final class StrictJson {
    /** How deep the arrays and objects of an {@link #object} may nest, itself included. */
    public static final int MAX_NESTING = 12;

    /** A frame may wrap an object of full depth in a few levels of its own. */
    private static final int MAX_FRAME_NESTING = MAX_NESTING + 4;

    private static final int FIRST_SIZE = 128;

    private StrictJson() {}

    /** Returns a reader of {@code text} that holds to the rules above as far as Gson can; the rest is in the methods here. */
    public static JsonReader reader(String text) {
        JsonReader in = new JsonReader(new StringReader(text));
        in.setStrictness(Strictness.STRICT);
        in.setNestingLimit(MAX_FRAME_NESTING);
        return in;
    }

    /**
     * Reads a string.
     *
     * @throws IllegalArgumentException if it has a NUL or a lone surrogate
     */
    public static String string(JsonReader in) throws IOException {
        if (in.peek() != JsonToken.STRING) {
            throw new IllegalArgumentException("a string is needed");
        }
        return wellFormed(in.nextString());
    }

    /**
     * Reads a number.
     *
     * @throws IllegalArgumentException if it isn't written as a plain integer of at most 18 digits
     */
    public static long integer(JsonReader in) throws IOException {
        if (in.peek() == JsonToken.NUMBER) {
            String written = in.nextString();
            if (isPlainInteger(written)) {
                return Long.parseLong(written);
            }
        }
        throw new IllegalArgumentException("an integer is needed, written without fraction and exponent");
    }

    private static boolean isPlainInteger(String written) {
        int start = written.startsWith("-") ? 1 : 0;
        int digits = written.length() - start;
        if (digits < 1 || digits > 18) {
            return false;
        }
        for (int i = start; i < written.length(); i++) {
            if (written.charAt(i) < '0' || written.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    /**
     * Reads an object and returns it as compact JSON, fields in their order and numbers as they were written.
     *
     * @throws IllegalArgumentException if it breaks a rule of this class or takes more than {@code maxBytes} in UTF-8
     */
    public static String object(JsonReader in, int maxBytes) throws IOException {
        if (in.peek() != JsonToken.BEGIN_OBJECT) {
            throw new IllegalArgumentException("an object is needed");
        }
        TextWriter text = new TextWriter(FIRST_SIZE);
        JsonWriter out = new JsonWriter(text);
        copy(in, out, MAX_NESTING);
        return limited(text.toString(), maxBytes);
    }

    /** Returns {@code json}, which must be one object and nothing else, as {@link #object(JsonReader, int)} does. */
    public static String compactObject(String json, int maxBytes) {
        try {
            JsonReader in = reader(json);
            String object = object(in, maxBytes);
            requireEnd(in);
            return object;
        } catch (IOException | IllegalStateException malformed) {
            throw new IllegalArgumentException(
                    "not a JSON object by RFC 8259, or nested too deep, or with a lone surrogate");
        }
    }

    /** Returns the object with the one string field {@code name}. */
    public static String object(String name, String value, int maxBytes) {
        TextWriter text = new TextWriter(FIRST_SIZE);
        try {
            new JsonWriter(text)
                    .beginObject()
                    .name(name)
                    .value(wellFormed(value))
                    .endObject();
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
        return limited(text.toString(), maxBytes);
    }

    /** Returns the string field {@code name} of an object that this class wrote, or nothing if there is none such. */
    public static Optional<String> textField(String object, String name) {
        try {
            JsonReader in = reader(object);
            in.beginObject();
            while (in.hasNext()) {
                if (in.nextName().equals(name) && in.peek() == JsonToken.STRING) {
                    return Optional.of(in.nextString());
                }
                in.skipValue();
            }
            return Optional.empty();
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Returns the integers of the array field {@code name}, none if there is no such field; an integer counts as an array of one. */
    public static List<Long> integersField(String object, String name) {
        try {
            JsonReader in = reader(object);
            in.beginObject();
            while (in.hasNext()) {
                if (in.nextName().equals(name)) {
                    return integers(in);
                }
                skip(in);
            }
            return List.of();
        } catch (IOException | IllegalStateException malformed) {
            throw new IllegalArgumentException(name + " must be an array of integers");
        }
    }

    private static List<Long> integers(JsonReader in) throws IOException {
        if (in.peek() == JsonToken.NUMBER) {
            return List.of(integer(in));
        }
        List<Long> integers = new ArrayList<>();
        in.beginArray();
        while (in.hasNext()) {
            integers.add(integer(in));
        }
        return integers;
    }

    /** Returns {@code text} as a JSON string, in its quotes. */
    public static String quoted(String text) {
        TextWriter out = new TextWriter(FIRST_SIZE);
        try {
            new JsonWriter(out).value(wellFormed(text));
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
        return out.toString();
    }

    /** Skips one value, which must be JSON all the same: Gson's own way of skipping doesn't look into strings. */
    public static void skip(JsonReader in) throws IOException {
        int depth = 0;
        do {
            depth += skipToken(in);
        } while (depth > 0);
    }

    private static int skipToken(JsonReader in) throws IOException {
        switch (in.peek()) {
            case BEGIN_OBJECT -> in.beginObject();
            case BEGIN_ARRAY -> in.beginArray();
            case END_OBJECT -> {
                in.endObject();
                return -1;
            }
            case END_ARRAY -> {
                in.endArray();
                return -1;
            }
            default -> {
                skipLeaf(in);
                return 0;
            }
        }
        return 1;
    }

    private static void skipLeaf(JsonReader in) throws IOException {
        if (in.peek() == JsonToken.STRING) {
            String unused = in.nextString();
        } else if (in.peek() == JsonToken.NAME) {
            String unused = in.nextName();
        } else {
            in.skipValue();
        }
    }

    /** Makes sure that nothing but white space follows. */
    public static void requireEnd(JsonReader in) throws IOException {
        if (in.peek() != JsonToken.END_DOCUMENT) {
            throw new IllegalArgumentException("one JSON value is needed, something follows it");
        }
    }

    private static void copy(JsonReader in, JsonWriter out, int levelsLeft) throws IOException {
        switch (in.peek()) {
            case BEGIN_OBJECT -> copyObject(in, out, deeper(levelsLeft));
            case BEGIN_ARRAY -> copyArray(in, out, deeper(levelsLeft));
            case STRING -> out.value(wellFormed(in.nextString()));
            case NUMBER -> out.jsonValue(in.nextString());
            case BOOLEAN -> out.value(in.nextBoolean());
            default -> {
                in.nextNull();
                out.nullValue();
            }
        }
    }

    private static void copyArray(JsonReader in, JsonWriter out, int levelsLeft) throws IOException {
        in.beginArray();
        out.beginArray();
        while (in.hasNext()) {
            copy(in, out, levelsLeft);
        }
        in.endArray();
        out.endArray();
    }

    private static int deeper(int levelsLeft) {
        if (levelsLeft == 0) {
            throw new IllegalArgumentException("an object may nest " + MAX_NESTING + " levels deep");
        }
        return levelsLeft - 1;
    }

    private static void copyObject(JsonReader in, JsonWriter out, int levelsLeft) throws IOException {
        Set<String> names = new HashSet<>();
        in.beginObject();
        out.beginObject();
        while (in.hasNext()) {
            String name = wellFormed(in.nextName());
            if (!names.add(name)) {
                throw new IllegalArgumentException("a name stands twice in one object");
            }
            out.name(name);
            copy(in, out, levelsLeft);
        }
        in.endObject();
        out.endObject();
    }

    private static String wellFormed(String text) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("text may not have a NUL");
        }
        if (Utf8.length(text) < 0) {
            throw new IllegalArgumentException("text may not have a lone surrogate");
        }
        return text;
    }

    private static String limited(String json, int maxBytes) {
        long bytes = Utf8.length(json);
        if (bytes > maxBytes) {
            throw new TooLargeException("the object may have " + maxBytes + " bytes of UTF-8, has " + bytes);
        }
        return json;
    }
}
