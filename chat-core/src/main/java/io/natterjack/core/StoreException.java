package io.natterjack.core;

import java.util.Objects;

/** A store could not do what it was asked for. */
public final class StoreException extends ChatException {
    private static final long serialVersionUID = 1;

    /** What the caller may do about it. */
    public enum Kind {
        /** The store can't be reached or answered too late. What was to be written may have been; the same call may be repeated. */
        UNAVAILABLE,
        /** The store refuses this content and always will. Nothing was written. */
        REJECTED,
        /** Somebody else does by now what the caller was about to do. Nothing was written. */
        FENCED
    }

    private final Kind kind;

    /** Makes an exception whose message says what failed and where. */
    public StoreException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = Objects.requireNonNull(kind);
    }

    /** Makes an exception that no other led to. */
    public StoreException(Kind kind, String message) {
        super(message);
        this.kind = Objects.requireNonNull(kind);
    }

    public Kind kind() {
        return kind;
    }
}
