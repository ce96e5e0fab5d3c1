package io.natterjack.core;

import java.util.Locale;
import java.util.Optional;

/** Why a request was refused. A refusal that carries a {@code retry} may be tried again unchanged; the others are final. */
public enum ErrorCode {
    /** The frame breaks the protocol: not JSON, a field missing or out of its range. */
    BAD_FRAME,
    /** The client id was used before, in this room by this sender, for something else. */
    CID_CONFLICT,
    /** The server doesn't know this type of frame. */
    UNSUPPORTED,
    /** The token isn't one that lets in. */
    UNAUTHORIZED,
    /** The token was good once. */
    TOKEN_EXPIRED,
    /** The room isn't joined on this connection. */
    NOT_MEMBER,
    /** It isn't allowed to this person here. */
    FORBIDDEN,
    /** There is a room of that name already. */
    ROOM_EXISTS,
    /** There is no such room, or none for this person. */
    NO_ROOM,
    /** A frame or body exceeds its limit. */
    TOO_LARGE,
    /** More frames than the rate allows; has a retry. */
    RATE_LIMITED,
    /** Too much is under way; has a retry. */
    BUSY,
    /** The store can't be reached; has a retry. What was sent may have been kept: a resend with the same cid finds out. */
    UNAVAILABLE,
    /** The message isn't there: no such client id, no message at that place, or a seq of an epoch that is over. */
    TARGET_UNKNOWN,
    /** The message was revoked or erased, or was cancelled before it came. */
    TARGET_REVOKED,
    /** The time within which a message may be edited or revoked is over. */
    EDIT_WINDOW,
    /** The message was changed since the rev that the edit names. */
    REV_CONFLICT,
    /** The host application's own check refused it. */
    REJECTED,
    /** The host application's own check took too long; has a retry. */
    TIMEOUT,
    /** The server's own fault. */
    INTERNAL;

    /** Returns the code as frames carry it. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the code of that name, or nothing if this version doesn't know it. */
    public static Optional<ErrorCode> ofWireName(String name) {
        for (ErrorCode code : values()) {
            if (code.wireName().equals(name)) {
                return Optional.of(code);
            }
        }
        return Optional.empty();
    }
}
