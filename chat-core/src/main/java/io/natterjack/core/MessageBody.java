package io.natterjack.core;

import io.natterjack.core.text.StrictJson;
import io.natterjack.core.text.Utf8;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What a user wrote: a JSON object of the application's own making. By convention its field {@code text} is what a plain
 * client shows.
 */
public final class MessageBody extends Value {
    /** The largest body, in bytes of compact JSON in UTF-8. */
    public static final int MAX_BYTES = 32 * 1024;

    /** What stands for a body that was erased or has expired: an empty object, and {@link #isGone}. */
    public static final MessageBody GONE = new MessageBody("{}", true);

    private final String json;
    private final int bytes;
    private final boolean gone;

    private MessageBody(String json, boolean gone) {
        this.json = json;
        this.gone = gone;
        // Once: whatever has a bound in bytes asks for it again and again.
        this.bytes = (int) Utf8.length(json);
    }

    /**
     * Returns a body that is {@code {"text": text}}.
     *
     * @throws IllegalArgumentException if it has a lone surrogate or a NUL, or the body would exceed {@link #MAX_BYTES}
     */
    public static MessageBody text(String text) {
        return new MessageBody(StrictJson.object("text", text, MAX_BYTES), false);
    }

    /**
     * Returns a body that is the given JSON object, white space taken out.
     *
     * @throws IllegalArgumentException if it isn't one JSON object by RFC 8259, repeats a name in an object, nests deeper
     *     than {@value StrictJson#MAX_NESTING} levels, has a lone surrogate or a NUL, or exceeds {@link #MAX_BYTES}
     */
    public static MessageBody json(String json) {
        return new MessageBody(StrictJson.compactObject(json, MAX_BYTES), false);
    }

    /**
     * Returns the body whose {@link #json} is {@code json}, without looking at it: for a store, which gives back what it was
     * given, and for a codec, which has checked already.
     */
    public static MessageBody ofStored(String json) {
        return new MessageBody(Objects.requireNonNull(json), false);
    }

    /** Returns the object as compact JSON, fields in the order they were written. */
    public String json() {
        return json;
    }

    /** Returns the field {@code text}, or nothing if there is none or it isn't a string. */
    public Optional<String> text() {
        return StrictJson.textField(json, "text");
    }

    /** Tells whether there was a body once and is none any more. */
    public boolean isGone() {
        return gone;
    }

    /** Returns the size of {@link #json} in bytes of UTF-8. */
    public int bytes() {
        return bytes;
    }

    @Override
    protected List<?> parts() {
        return List.of(json, gone);
    }
}
