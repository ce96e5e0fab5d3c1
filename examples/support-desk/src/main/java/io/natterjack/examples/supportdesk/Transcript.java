package io.natterjack.examples.supportdesk;

import io.natterjack.core.HistoryQuery;
import io.natterjack.core.Message;
import io.natterjack.core.Page;
import io.natterjack.server.HostRoom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * All that was said in a room, from its beginning, as lines to print. A message begins behind two spaces, what stands deeper goes on with
 * it: nobody can write a line that looks as if somebody else had.
 */
final class Transcript {
    /** The most characters, about; the rest of a longer talk is left out, and the last line says so. */
    static final int MAX_LENGTH = 1_000_000;

    private static final Pattern LINE_BREAK = Pattern.compile("\\R");
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}\\x{202A}-\\x{202E}\\x{2066}-\\x{2069}&&[^\n]]");

    private Transcript() {}

    static String of(HostRoom room) throws Exception {
        StringBuilder text = new StringBuilder("Transcript of " + room.id());
        long seq = 0;
        boolean more = true;
        while (more) {
            Page page = SupportDesk.done(room.history(HistoryQuery.Direction.AFTER, seq, HistoryQuery.MAX_LIMIT));
            for (Message message : page.messages()) {
                if (text.length() >= MAX_LENGTH) {
                    return text + "\n  (and more)";
                }
                text.append("\n  ").append(line(message));
                seq = message.seq();
            }
            more = page.hasMore() && !page.messages().isEmpty();
        }
        return text.toString();
    }

    private static String line(Message message) {
        String all = message.sender() + ": " + message.body().text().orElse("(taken back)");
        return CONTROL.matcher(LINE_BREAK.matcher(all).replaceAll("\n      "))
                .replaceAll(found -> Matcher.quoteReplacement(
                        "\\u%04x".formatted((int) found.group().charAt(0))));
    }
}
