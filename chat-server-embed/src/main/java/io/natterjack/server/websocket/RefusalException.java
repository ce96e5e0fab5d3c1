package io.natterjack.server.websocket;

import java.nio.charset.StandardCharsets;

/** A request isn't one for a WebSocket of ours: it is answered over HTTP, and its connection ends. */
final class RefusalException extends Exception {
    private static final long serialVersionUID = 1;

    private final int status;
    private final String phrase;
    private final String field;

    RefusalException(int status, String phrase) {
        this(status, phrase, "");
    }

    /**
     * Makes an exception without a stack trace: peers decide how often it is thrown.
     *
     * @param field a header line that the answer must have, without its end; empty for none
     */
    RefusalException(int status, String phrase, String field) {
        super(phrase, null, false, false);
        this.status = status;
        this.phrase = phrase;
        this.field = field;
    }

    byte[] response() {
        String head = "HTTP/1.1 " + status + " " + phrase + "\r\n"
                + (field.isEmpty() ? "" : field + "\r\n")
                + "Connection: close\r\nContent-Length: 0\r\n\r\n";
        return head.getBytes(StandardCharsets.US_ASCII);
    }
}
