package io.natterjack.core.spi;

import io.natterjack.core.Cursor;
import io.natterjack.core.Message;
import io.natterjack.core.RoomId;
import io.natterjack.core.Value;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A message's place among those that a search finds, for stores: where a page ended, so that the next one goes on behind it. */
public final class SearchPlace extends Value {
    /** The order of findings: the newest first, and of one time by room and seq, backwards. */
    public static final Comparator<SearchPlace> NEWEST_FIRST = Comparator.comparingLong(SearchPlace::timestamp)
            .thenComparing(SearchPlace::room)
            .thenComparingLong(SearchPlace::seq)
            .reversed();

    /** Comes before every message. */
    public static final SearchPlace BEFORE_ALL = new SearchPlace(Cursor.MAX, "", Cursor.MAX);

    /** What numbers up to {@link Cursor#MAX} need, and room ids have no slash. */
    private static final Pattern TEXT = Pattern.compile("([0-9]{1,16})/([^/]{1,64})/([0-9]{1,16})");

    private final long timestamp;
    private final String room;
    private final long seq;

    private SearchPlace(long timestamp, String room, long seq) {
        this.timestamp = timestamp;
        this.room = room;
        this.seq = seq;
    }

    /** Returns the place of a message. */
    public static SearchPlace of(Message message) {
        return new SearchPlace(message.timestamp(), message.room().value(), message.seq());
    }

    /**
     * Returns the place that a page ended with. Clients bring it back, so it may be anything.
     *
     * @param cursor what {@link #cursor} returned
     * @throws IllegalArgumentException if it isn't that; its message doesn't repeat it
     */
    public static SearchPlace of(String cursor) {
        Matcher parts = TEXT.matcher(cursor);
        if (!parts.matches()) {
            throw new IllegalArgumentException("the cursor isn't what a page of findings ended with");
        }
        RoomId room = new RoomId(parts.group(2));
        return new SearchPlace(number(parts.group(1)), room.value(), number(parts.group(3)));
    }

    private static long number(String digits) {
        return Math.min(Long.parseLong(digits), Cursor.MAX);
    }

    /** Returns what a page that ends here is gone on with: 5 to 98 characters. */
    public String cursor() {
        return timestamp + "/" + room + "/" + seq;
    }

    /** Returns when the message was kept, Unix milliseconds. */
    public long timestamp() {
        return timestamp;
    }

    /** Returns the id of the room; empty {@linkplain #BEFORE_ALL before all}. */
    public String room() {
        return room;
    }

    public long seq() {
        return seq;
    }

    @Override
    protected List<?> parts() {
        return List.of(timestamp, room, seq);
    }
}
