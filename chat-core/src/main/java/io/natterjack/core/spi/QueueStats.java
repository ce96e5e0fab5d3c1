package io.natterjack.core.spi;

import io.natterjack.core.Value;
import java.util.List;

/** How a {@link PersistenceQueue} is doing at one moment. */
public final class QueueStats extends Value {
    private final int drafts;
    private final long bytes;
    private final boolean accepting;

    /**
     * Makes stats.
     *
     * @param drafts how many wait or are being written
     * @param bytes how much those take, by {@link io.natterjack.core.Draft#size}
     * @param accepting whether a small draft would be taken now
     */
    public QueueStats(int drafts, long bytes, boolean accepting) {
        this.drafts = drafts;
        this.bytes = bytes;
        this.accepting = accepting;
    }

    public int drafts() {
        return drafts;
    }

    public long bytes() {
        return bytes;
    }

    public boolean isAccepting() {
        return accepting;
    }

    @Override
    protected List<?> parts() {
        return List.of(drafts, bytes, accepting);
    }
}
