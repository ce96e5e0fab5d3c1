package io.natterjack.core;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Messages that were found, newest first. */
public final class SearchPage extends Value {
    private final List<Message> messages;
    private final @Nullable String next;

    /**
     * Makes a page.
     *
     * @param next what to go on with; null if there is nothing more
     */
    public SearchPage(List<Message> messages, @Nullable String next) {
        this.messages = Collections.unmodifiableList(new ArrayList<>(messages));
        this.next = next;
    }

    public List<Message> messages() {
        return messages;
    }

    /** Returns what {@link SearchQuery#after} takes for the next page; nothing if this is the last. A page may be short, or empty, and have a next one. */
    public Optional<String> next() {
        return Optional.ofNullable(next);
    }

    @Override
    protected List<?> parts() {
        return List.of(messages, next());
    }
}
