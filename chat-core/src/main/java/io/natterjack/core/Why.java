package io.natterjack.core;

import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/**
 * Says in one line why something failed, for a log or a person at a terminal.
 *
 * <p>What a database or a library says may hold what people wrote, or a password. So of those only the class is named; our own messages
 * and those about files and sockets are shown.
 */
public final class Why {
    private static final int MAX_LENGTH = 300;

    private Why() {}

    /**
     * Returns what {@code failure} says, and behind it in brackets what was at the root of it, unless that is said already: {@code The
     * database can't be read (ConnectException: Connection refused)}.
     */
    public static String of(Throwable failure) {
        Throwable said = unwrapped(failure);
        String text = isOurs(said) && said.getMessage() != null ? line(said.getMessage()) : brief(said);
        Throwable root = root(said);
        return root == said || isSaid(root, text) ? text : text + " (" + brief(root) + ")";
    }

    /** Returns the first line of a message, cut if it is very long. */
    public static String line(String message) {
        String text = message.trim();
        int end = 0;
        while (end < text.length() && text.charAt(end) != '\n' && text.charAt(end) != '\r') {
            end++;
        }
        String first = text.substring(0, end);
        return first.length() > MAX_LENGTH ? first.substring(0, MAX_LENGTH) + "…" : first;
    }

    /** Returns what was at the root of a failure; itself, if nothing was. */
    public static Throwable root(Throwable failure) {
        Throwable root = failure;
        // Whoever made a ring of causes gets the tenth of it.
        for (int i = 0; i < 10 && root.getCause() != null; i++) {
            root = Objects.requireNonNull(root.getCause());
        }
        return root;
    }

    private static Throwable unwrapped(Throwable failure) {
        boolean isWrapper = failure instanceof CompletionException || failure instanceof ExecutionException;
        return isWrapper && failure.getCause() != null ? failure.getCause() : failure;
    }

    private static boolean isOurs(Throwable failure) {
        return failure instanceof ChatException
                || failure instanceof IllegalArgumentException
                || failure instanceof IllegalStateException;
    }

    private static boolean isSaid(Throwable root, String text) {
        String message = root.getMessage();
        return root instanceof IOException && message != null && text.contains(line(message));
    }

    private static String brief(Throwable failure) {
        String message = failure.getMessage();
        return failure instanceof IOException && message != null ? name(failure) + ": " + line(message) : name(failure);
    }

    /** A class that only a library has says less than the one of Java's that it extends. */
    private static String name(Throwable failure) {
        Class<?> type = failure.getClass();
        while (failure instanceof IOException && !type.getName().startsWith("java")) {
            type = Objects.requireNonNull(type.getSuperclass());
        }
        return type.getSimpleName();
    }
}
