package io.natterjack.examples.console;

import io.natterjack.core.LogText;
import io.natterjack.core.Message;
import java.io.PrintStream;

/**
 * What the user sees. Nothing that others wrote reaches the terminal unescaped, so that nobody paints over the screen.
 *
 * <p><b>Threads.</b> Any.
 */
final class Screen {
    private final PrintStream out;

    Screen(PrintStream out) {
        this.out = out;
    }

    /** Shows a message; which room it is in if there are others. */
    void message(Message message, boolean withRoom) {
        String text = message.body().text().orElseGet(() -> message.body().json());
        print((withRoom ? "[" + message.room() + "] " : "") + "#" + message.seq() + " "
                + escape(message.sender().value()) + ": " + escape(text));
    }

    /** Shows what isn't a message. */
    void note(String text) {
        print("-- " + escape(text));
    }

    /** Shows lines of our own. */
    void print(String text) {
        synchronized (out) {
            out.println(text);
            out.flush();
        }
    }

    /** Escapes all of the text; a log would do with its beginning. */
    static String escape(String text) {
        StringBuilder escaped = new StringBuilder();
        for (int from = 0; from < text.length(); ) {
            int to = Math.min(text.length(), from + LogText.MAX_LENGTH);
            if (to < text.length() && Character.isHighSurrogate(text.charAt(to - 1))) {
                to--;
            }
            escaped.append(LogText.escape(text.substring(from, to)));
            from = to;
        }
        return escaped.toString();
    }
}
