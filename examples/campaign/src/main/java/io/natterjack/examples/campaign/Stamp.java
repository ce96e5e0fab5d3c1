package io.natterjack.examples.campaign;

import io.natterjack.core.Message;
import io.natterjack.core.MessageBody;

/** The time of sending, by this process's clock, in the text of a message: whoever sees it here knows how long it took. */
final class Stamp {
    private Stamp() {}

    /** Returns a body that says who wrote it, and when: now. */
    static MessageBody body(String name) {
        return MessageBody.text(name + "@" + System.nanoTime());
    }

    /** Returns when it was sent, in nanoseconds. */
    static long sentAt(Message message) {
        String text = message.body().text().orElseThrow();
        return Long.parseLong(text.substring(text.lastIndexOf('@') + 1));
    }
}
