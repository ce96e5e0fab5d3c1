package io.natterjack.store.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * What runs inside of Redis. Partition and incarnation are part of the text: a Redis that was away doesn't know it any more, and what was
 * meant for one incarnation can't be run in another.
 */
enum Script {
    APPEND,
    RUN,
    PAGE,
    INBOX,
    /** Is loaded last, once for an incarnation: see {@code Recovery}. */
    WITNESS;

    private final String template = read(name().toLowerCase(Locale.ROOT) + ".lua");

    String text(String partition, Incarnation incarnation) {
        return template.replace("@PARTITION@", partition).replace("@INCARNATION@", incarnation.toString());
    }

    private static String read(String name) {
        try (InputStream in = Script.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the library lacks its " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
