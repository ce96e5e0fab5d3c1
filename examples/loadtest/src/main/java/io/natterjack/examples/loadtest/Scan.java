package io.natterjack.examples.loadtest;

import java.nio.charset.StandardCharsets;

/**
 * Finds things in the bytes of a frame by looking for them. Parsing JSON would cost the generator more than the server, and it
 * shares a machine with it. What is looked for doesn't occur in the text that the generator itself sends.
 */
final class Scan {
    private Scan() {}

    static byte[] key(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Returns the index behind {@code what}, or -1. */
    static int behind(byte[] bytes, int from, int to, byte[] what) {
        int last = to - what.length;
        for (int i = from; i <= last; i++) {
            if (bytes[i] == what[0] && isAt(bytes, i, what)) {
                return i + what.length;
            }
        }
        return -1;
    }

    private static boolean isAt(byte[] bytes, int at, byte[] what) {
        for (int i = 1; i < what.length; i++) {
            if (bytes[at + i] != what[i]) {
                return false;
            }
        }
        return true;
    }

    static boolean has(byte[] bytes, int from, int to, byte[] what) {
        return behind(bytes, from, to, what) >= 0;
    }

    /** Returns the number that stands behind {@code key}, or -1. */
    static long number(byte[] bytes, int from, int to, byte[] key) {
        int at = behind(bytes, from, to, key);
        return at < 0 ? -1 : digits(bytes, at, to);
    }

    /** Returns the number that begins at {@code from}. */
    static long digits(byte[] bytes, int from, int to) {
        long number = 0;
        for (int i = from; i < to && bytes[i] >= '0' && bytes[i] <= '9'; i++) {
            number = number * 10 + bytes[i] - '0';
        }
        return number;
    }

    /** Returns the text that stands behind {@code key} up to the next quote; empty if it isn't there. */
    static String text(byte[] bytes, int from, int to, byte[] key) {
        int at = behind(bytes, from, to, key);
        if (at < 0) {
            return "";
        }
        int end = at;
        while (end < to && bytes[end] != '"') {
            end++;
        }
        return new String(bytes, at, end - at, StandardCharsets.US_ASCII);
    }
}
