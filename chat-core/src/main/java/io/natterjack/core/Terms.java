package io.natterjack.core;

import java.util.List;

/**
 * Under what a draft was permitted, for the store to check in the moment in which it gives the draft its place. A draft of the host
 * application has none: it may everything.
 */
public final class Terms extends Value {
    private final long accessRev;
    private final boolean overOthers;
    private final long notBefore;

    /**
     * Makes terms.
     *
     * @param accessRev the {@link RoomView#accessRev} that permission was given at; a room that has a newer one refuses the draft for now
     * @param overOthers whether others' messages may be revoked, at any time
     * @param notBefore the time in Unix milliseconds before which the author's own messages can't be revoked or edited any more
     */
    public Terms(long accessRev, boolean overOthers, long notBefore) {
        this.accessRev = accessRev;
        this.overOthers = overOthers;
        this.notBefore = notBefore;
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
        return List.of(accessRev, overOthers, notBefore);
    }
}
