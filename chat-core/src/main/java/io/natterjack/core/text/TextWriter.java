package io.natterjack.core.text;

import java.io.Writer;

/** Writes into a string. Unlike {@link java.io.StringWriter} it doesn't lock at each write, so it is for one thread. */
public final class TextWriter extends Writer {
    private final StringBuilder text;

    /** Makes an empty writer with room for that many characters. */
    public TextWriter(int capacity) {
        text = new StringBuilder(capacity);
    }

    @Override
    public void write(int c) {
        text.append((char) c);
    }

    @Override
    public void write(char[] from, int offset, int length) {
        text.append(from, offset, length);
    }

    @Override
    public void write(String from) {
        text.append(from);
    }

    @Override
    public void write(String from, int offset, int length) {
        text.append(from, offset, offset + length);
    }

    @Override
    public TextWriter append(CharSequence more) {
        text.append(more);
        return this;
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}

    @Override
    public String toString() {
        return text.toString();
    }
}
