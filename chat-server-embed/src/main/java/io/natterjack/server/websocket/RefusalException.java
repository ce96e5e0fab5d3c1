package io.natterjack.server.websocket;

import io.natterjack.core.LogText;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A request isn't one for a WebSocket of ours: it is answered over HTTP, and its connection ends. */
final class RefusalException extends Exception {
    private static final long serialVersionUID = 1;

    private final int status;
    private final String phrase;
    private final String field;
    private final String detail;

    RefusalException(int status, String phrase) {
        this(status, phrase, "");
    }

    /**
     * Makes an exception without a stack trace: peers decide how often it is thrown.
     *
     * @param field a header line that the answer must have, without its end; empty for none
     */
    RefusalException(int status, String phrase, String field) {
        this(status, phrase, field, "");
    }

    private RefusalException(int status, String phrase, String field, String detail) {
        super(phrase, null, false, false);
        this.status = status;
        this.phrase = phrase;
        this.field = field;
        this.detail = detail;
    }

    /** A page may not connect. */
    static RefusalException ofOrigin(String origin) {
        return new RefusalException(
                403, "Forbidden", "", "the page's origin " + LogText.escape(origin) + " isn't among allowedOrigins");
    }

    /** Returns what whoever runs the server may want to know; nothing of a request that is merely malformed. */
    Optional<String> hint() {
        return switch (status) {
            case 403 -> Optional.of(detail);
            case 404 -> Optional.of("it asks for another path");
            case 426 -> Optional.of("it doesn't ask for a WebSocket; does a proxy leave out Upgrade?");
            case 429 -> Optional.of("there are too many connections from its address");
            default -> Optional.empty();
        };
    }

    @Override
    public String getMessage() {
        return status + " " + phrase;
    }

    byte[] response() {
        String head = "HTTP/1.1 " + status + " " + phrase + "\r\n"
                + (field.isEmpty() ? "" : field + "\r\n")
                + "Connection: close\r\nContent-Length: 0\r\n\r\n";
        return head.getBytes(StandardCharsets.US_ASCII);
    }
}
