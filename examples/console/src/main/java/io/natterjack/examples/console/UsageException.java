package io.natterjack.examples.console;

/** The command line can't be understood. The message is one line that names the option and says what to write instead. */
final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1;

    UsageException(String message) {
        super(message);
    }
}
