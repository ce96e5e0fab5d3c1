package io.natterjack.server.engine;

import java.util.Objects;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Code of the application has failed while the store was read: no failure of the store. What it threw is in the log, and goes no further: it
 * may say what clients mustn't know.
 */
public final class HostCodeException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private static final Logger LOG = LoggerFactory.getLogger(HostCodeException.class);

    private HostCodeException(String what) {
        super("the application's " + what + " failed", null, false, false);
    }

    /**
     * Calls code of the application.
     *
     * @param what what it is, for the log
     * @throws HostCodeException if it throws, or returns null
     */
    public static <T> T guard(String what, Supplier<T> code) {
        try {
            return Objects.requireNonNull(code.get(), what + " returned null");
        } catch (RuntimeException | LinkageError | StackOverflowError | AssertionError fault) {
            LOG.error("The application's {} failed; what was asked is refused", what, fault);
            throw new HostCodeException(what);
        }
    }
}
