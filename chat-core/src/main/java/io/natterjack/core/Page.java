package io.natterjack.core;

import java.util.List;
import java.util.Objects;

/** A part of a room's messages, read at one moment. */
public final class Page extends Value {
    private final List<Message> messages;
    private final boolean more;
    private final Cursor upto;
    private final long floor;

    /** Makes a page of a room that shows all. See the other constructor. */
    public Page(List<Message> messages, boolean more, Cursor upto) {
        this(messages, more, upto, 0);
    }

    /**
     * Makes a page.
     *
     * @param messages in the order that was asked for; may be empty
     * @param more whether there are further ones in the direction that was asked for
     * @param upto the room's head at the moment of reading: later events aren't in the messages
     * @param floor the room showed nothing up to this seq at that moment; 0 if it showed all
     */
    public Page(List<Message> messages, boolean more, Cursor upto, long floor) {
        this.messages = List.copyOf(messages);
        this.more = more;
        this.upto = Objects.requireNonNull(upto);
        this.floor = floor;
    }

    public List<Message> messages() {
        return messages;
    }

    /** Tells whether there are further messages in the direction that was asked for. */
    public boolean hasMore() {
        return more;
    }

    /** Returns the head that the page was read at. */
    public Cursor upto() {
        return upto;
    }

    /** Returns the seq up to which the room showed nothing, or nothing any more, when the page was read; 0 if it showed all. */
    public long floor() {
        return floor;
    }

    @Override
    protected List<?> parts() {
        return List.of(messages, more, upto, floor);
    }
}
