package io.natterjack.core;

import java.util.List;

/**
 * Why a connection ended: a WebSocket close code (RFC 6455 section 7.4) and what it tells the client to do. 4000 to 4499 say
 * come back, 4500 to 4999 say stop. Of the registered codes those say stop that would only come again: {@link #NORMAL}, {@link
 * #UNACCEPTABLE_TYPE}, {@link #NOT_UTF8}, 1008 and {@link #MESSAGE_TOO_BIG}.
 */
public final class CloseReason extends Value {
    /** All is said. */
    public static final CloseReason NORMAL = new CloseReason(1000);
    /** The other side broke off without a close frame, or it never came. Not sent. */
    public static final CloseReason ABNORMAL = new CloseReason(1006);
    /** The peer broke RFC 6455. */
    public static final CloseReason WEBSOCKET_PROTOCOL = new CloseReason(1002);
    /** A message of a type that isn't taken: binary. */
    public static final CloseReason UNACCEPTABLE_TYPE = new CloseReason(1003);
    /** Text that isn't UTF-8. */
    public static final CloseReason NOT_UTF8 = new CloseReason(1007);
    /** A message larger than {@code limits.frame} of {@code welcome}. */
    public static final CloseReason MESSAGE_TOO_BIG = new CloseReason(1009);
    /** The server failed. */
    public static final CloseReason INTERNAL = new CloseReason(4000);
    /** The server goes down, or hands its clients over. */
    public static final CloseReason DRAIN = new CloseReason(4001);
    /** The client reads slower than its rooms speak. It resumes from its cursors. */
    public static final CloseReason SLOW_CONSUMER = new CloseReason(4002);
    /** Nothing was heard for too long. */
    public static final CloseReason HEARTBEAT = new CloseReason(4003);
    /** Far more frames than the rate allows. */
    public static final CloseReason FLOOD = new CloseReason(4005);
    /** The token doesn't let in, or no more. */
    public static final CloseReason AUTH = new CloseReason(4500);
    /** The client broke the chat protocol where no answer is possible. */
    public static final CloseReason PROTOCOL = new CloseReason(4501);
    /** A newer connection of the same session took over. */
    public static final CloseReason REPLACED = new CloseReason(4504);

    private final int code;

    private CloseReason(int code) {
        this.code = code;
    }

    /**
     * Returns the reason with that code.
     *
     * @param code 1000 to 4999
     */
    public static CloseReason of(int code) {
        if (code < 1000 || code > 4999) {
            throw new IllegalArgumentException("close code must be 1000 to 4999, was " + code);
        }
        return new CloseReason(code);
    }

    public int code() {
        return code;
    }

    /** Returns what the code means, in words for a log or a person; never empty. */
    public String text() {
        return switch (code) {
            case 1000 -> "all is said";
            case 1001 -> "the other side goes away";
            case 1002 -> "the WebSocket protocol was broken";
            case 1003 -> "a message was of a type that isn't taken";
            case 1006 -> "the connection broke off";
            case 1007 -> "text wasn't UTF-8";
            case 1008 -> "it was against the other side's rules";
            case 1009 -> "a message was too large";
            case 1011, 4000 -> "the server failed";
            case 4001 -> "the server goes down, or hands its clients over";
            case 4002 -> "the client read too slowly";
            case 4003 -> "nothing was heard for too long";
            case 4005 -> "there were far too many frames";
            case 4500 -> "the token doesn't let in, or no more";
            case 4501 -> "the client broke the chat protocol";
            case 4504 -> "a newer connection of the same session took over";
            default -> shouldReconnect() ? "the server says come back" : "the server says stop";
        };
    }

    /** Tells whether a client should connect again. */
    public boolean shouldReconnect() {
        return switch (code) {
            case 1000, 1003, 1007, 1008, 1009 -> false;
            default -> code < 4500;
        };
    }

    @Override
    protected List<?> parts() {
        return List.of(code);
    }
}
