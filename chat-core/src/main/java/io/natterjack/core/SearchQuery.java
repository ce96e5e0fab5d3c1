package io.natterjack.core;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What to look for, and where. */
public final class SearchQuery extends Value {
    /** The most rooms that are searched at once. */
    public static final int MAX_ROOMS = 1_000;

    /** The longest text to look for, in characters. */
    public static final int MAX_TEXT = 200;

    /** The most messages that one page may have. */
    public static final int MAX_LIMIT = 100;

    private final List<RoomId> rooms;
    private final UserId reader;
    private final String text;
    private final int limit;
    private final @Nullable String after;

    private SearchQuery(List<RoomId> rooms, UserId reader, String text, int limit, @Nullable String after) {
        if (rooms.size() > MAX_ROOMS) {
            throw new IllegalArgumentException("at most " + MAX_ROOMS + " rooms can be searched, not " + rooms.size());
        }
        if (text.length() > MAX_TEXT) {
            throw new IllegalArgumentException("the text may have " + MAX_TEXT + " characters, has " + text.length());
        }
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException("limit must be 1 to " + MAX_LIMIT + ", was " + limit);
        }
        this.rooms = Collections.unmodifiableList(new ArrayList<>(rooms));
        this.reader = Objects.requireNonNull(reader);
        this.text = text;
        this.limit = limit;
        this.after = after;
    }

    /**
     * Makes a query whose answer is the first page.
     *
     * @param rooms where to look, rooms that {@code reader} may read; none for all that they belong to
     * @param reader on whose behalf; finds nothing that was written before they came to a room that doesn't show it
     * @param text words, all of which a message must have, whatever their case and accents; one that ends in {@code *}
     *     stands for all that begin so. Chinese, Japanese and Korean need no spaces between words. At most {@value #MAX_TEXT}
     *     characters
     * @param limit the most messages of a page, 1 to {@value #MAX_LIMIT}
     */
    public static SearchQuery of(List<RoomId> rooms, UserId reader, String text, int limit) {
        return new SearchQuery(rooms, reader, text, limit, null);
    }

    /**
     * Returns this query for the page that follows.
     *
     * @param next that of {@link SearchPage#next}; or the cursor of the {@linkplain io.natterjack.core.spi.SearchPlace place} of any message that
     *     was found, for what was found behind it
     */
    public SearchQuery after(String next) {
        return new SearchQuery(rooms, reader, text, limit, Objects.requireNonNull(next));
    }

    public List<RoomId> rooms() {
        return rooms;
    }

    public UserId reader() {
        return reader;
    }

    public String text() {
        return text;
    }

    public int limit() {
        return limit;
    }

    /** Returns where the page before ended; nothing for the first one. */
    public Optional<String> after() {
        return Optional.ofNullable(after);
    }

    @Override
    protected List<?> parts() {
        return List.of(rooms, reader, text, limit, after());
    }
}
