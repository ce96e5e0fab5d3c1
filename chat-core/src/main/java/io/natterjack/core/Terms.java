package io.natterjack.core;

import java.util.List;

/**
 * Under what a draft was permitted, for the store to check in the moment in which it gives the draft its place. A draft of the host
 * application has none: it may everything.
 */
public final class Terms extends Value {
    private final long epoch;
    private final long accessRev;
    private final boolean overOthers;
    private final long notBefore;

    /** Makes terms that hold in any epoch, see {@link #Terms(long, long, boolean, long)}. */
    public Terms(long accessRev, boolean overOthers, long notBefore) {
        this(0, accessRev, overOthers, notBefore);
    }

    /**
     * Makes terms.
     *
     * @param epoch the epoch that {@code accessRev} is of; a room that is in another refuses the draft for now; 0 for any
     * @param accessRev the {@link RoomView#accessRev} that permission was given at; a room that has a newer one refuses the draft for now
     * @param overOthers whether others' messages may be revoked, at any time
     * @param notBefore the time in Unix milliseconds before which the author's own messages can't be revoked or edited any more
     */
    public Terms(long epoch, long accessRev, boolean overOthers, long notBefore) {
        this.epoch = epoch;
        this.accessRev = accessRev;
        this.overOthers = overOthers;
        this.notBefore = notBefore;
    }

    /** Returns the epoch that {@link #accessRev} is of; 0 for any. */
    public long epoch() {
        return epoch;
    }

    public long accessRev() {
        return accessRev;
    }

    public boolean isOverOthers() {
        return overOthers;
    }

    public long notBefore() {
        return notBefore;
    }

    @Override
    protected List<?> parts() {
        return List.of(epoch, accessRev, overOthers, notBefore);
    }
}
