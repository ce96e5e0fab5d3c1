package io.natterjack.core;

import java.util.List;
import java.util.Objects;

/** A part of a room's messages, read at one moment. */
public final class Page extends Value {
    private final List<Message> messages;
    private final boolean more;
    private final Cursor upto;

    /**
     * Makes a page.
     *
     * @param messages in the order that was asked for; may be empty
     * @param more whether there are further ones in the direction that was asked for
     * @param upto the room's head at the moment of reading: later events aren't in the messages
     */
    public Page(List<Message> messages, boolean more, Cursor upto) {
        this.messages = List.copyOf(messages);
        this.more = more;
        this.upto = Objects.requireNonNull(upto);
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

    @Override
    protected List<?> parts() {
        return List.of(messages, more, upto);
    }
}
