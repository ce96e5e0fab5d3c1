package io.natterjack.client;

import io.natterjack.core.ChatException;
import io.natterjack.core.CloseReason;
import java.util.Objects;

/**
 * The client ended before a request was answered. Whether a message was kept isn't known then: it may be sent again under
 * the same client id by another client of the same user.
 */
public final class ClientClosedException extends ChatException {
    private static final long serialVersionUID = 1;

    private final transient CloseReason reason;

    ClientClosedException(CloseReason reason) {
        super("the client is closed" + words(reason));
        this.reason = Objects.requireNonNull(reason);
    }

    private static String words(CloseReason reason) {
        if (reason.equals(CloseReason.NORMAL)) {
            return "";
        }
        String words = ": " + reason.text() + " (" + reason.code() + ")";
        return reason.equals(CloseReason.AUTH) ? words + "; the server's log says why" : words;
    }

    /** Returns why the client ended; {@link CloseReason#NORMAL} if the application closed it. */
    public CloseReason reason() {
        return reason;
    }
}
