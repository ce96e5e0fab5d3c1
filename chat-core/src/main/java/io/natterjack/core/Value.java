package io.natterjack.core;

import java.util.List;

/**
 * An immutable value: equal to another of the same class with equal parts.
 *
 * <p>It stands where a record would. Records in a library's API break Android builds that compile for older class
 * files, so this module and the client have none.
 */
public abstract class Value {
    /** For subclasses. */
    protected Value() {}

    /** Returns what this value consists of, always in the same order. */
    protected abstract List<?> parts();

    @Override
    public final boolean equals(Object other) {
        return this == other
                || other != null && getClass() == other.getClass() && parts().equals(((Value) other).parts());
    }

    @Override
    public final int hashCode() {
        return parts().hashCode();
    }

    /** Returns the class's name and its parts, escaped so that a peer's text can't forge a log line. */
    @Override
    public String toString() {
        return getClass().getSimpleName() + LogText.escape(parts().toString());
    }
}
