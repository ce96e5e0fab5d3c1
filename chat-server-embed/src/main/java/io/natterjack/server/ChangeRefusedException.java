package io.natterjack.server;

import io.natterjack.core.ChatException;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.Outcome;
import io.natterjack.core.RoomId;

/** A room doesn't take what the host application wanted to change. */
public final class ChangeRefusedException extends ChatException {
    private static final long serialVersionUID = 1;

    private final ErrorCode code;
    private final boolean isFinal;

    ChangeRefusedException(RoomId room, Outcome.Refused refusal) {
        super("room " + room + " refuses: " + refusal.code().wireName());
        this.code = refusal.code();
        this.isFinal = refusal.isFinal();
    }

    /** Returns why. */
    public ErrorCode code() {
        return code;
    }

    /** Tells whether the same will never be taken; else it may be tried again. */
    public boolean isFinal() {
        return isFinal;
    }
}
