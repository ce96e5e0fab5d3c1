package io.natterjack.core;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Gathers the messages of a page, or of one side of it, up to a limit of count and bytes: for stores.
 *
 * <p><b>Threads.</b> One.
 */
public final class PagePart {
    private final List<Message> messages = new ArrayList<>();
    private final int limit;
    private final long maxBytes;
    private long bytes;
    private boolean full;

    /**
     * Makes an empty part.
     *
     * @param limit the most messages
     * @param maxBytes where to stop, by {@link Message#size}; one message is taken even if it alone is larger
     */
    public PagePart(int limit, long maxBytes) {
        this.limit = limit;
        this.maxBytes = maxBytes;
    }

    /** Takes a message if there is room for it; returns whether it wants more. */
    public boolean offer(Message message) {
        bytes += message.size();
        full |= messages.size() >= limit || bytes > maxBytes && !messages.isEmpty();
        if (!full) {
            messages.add(message);
        }
        return !full;
    }

    /**
     * Takes a message of a page of changes, in any case if the same event changed the one before: a reader goes on above its rev.
     * Returns whether it wants more.
     */
    public boolean offerChange(Message message) {
        if (!messages.isEmpty() && messages.get(messages.size() - 1).rev() == message.rev()) {
            messages.add(message);
            return true;
        }
        return offer(message);
    }

    /** Returns what was taken, in the order in which it was offered. */
    public List<Message> messages() {
        return Collections.unmodifiableList(messages);
    }

    /** Tells whether something was offered that found no room. */
    public boolean isFull() {
        return full;
    }
}
