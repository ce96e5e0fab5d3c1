package io.natterjack.server.node;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What one node says to others: a word that says what it is about, fields that can be read without looking into the rest, and the rest,
 * mostly a frame as clients get it.
 *
 * <pre>
 *   WORD field field …\n
 *   payload
 * </pre>
 *
 * @param word letters and digits
 * @param fields short texts; how many is for the word to say, and a newer version may add some at the end
 * @param payload may be empty
 */
public record NodeText(String word, List<String> fields, String payload) {
    /** Makes a text of these fields. */
    public static NodeText of(String word, String payload, String... fields) {
        return new NodeText(word, List.of(fields), payload);
    }

    /** Returns the field at {@code index}; empty if there is none. */
    public String field(int index) {
        return index < fields.size() ? fields.get(index) : "";
    }

    /**
     * Returns the number in the field at {@code index}.
     *
     * @throws IllegalArgumentException if it isn't one
     */
    public long number(int index) {
        return Long.parseLong(field(index));
    }

    /** Returns what {@link #decode} reads. */
    public String encoded() {
        return Stream.concat(Stream.of(word), fields.stream().map(NodeText::escaped))
                .collect(Collectors.joining(" ", "", "\n" + payload));
    }

    private static String escaped(String field) {
        return URLEncoder.encode(field, StandardCharsets.UTF_8);
    }

    /**
     * Reads a text.
     *
     * @throws IllegalArgumentException if it isn't one
     */
    public static NodeText decode(String text) {
        int end = text.indexOf('\n');
        if (end < 0) {
            throw new IllegalArgumentException("a text between nodes has a first line");
        }
        String[] head = text.substring(0, end).split(" ", -1);
        List<String> fields = Arrays.stream(head)
                .skip(1)
                .map(field -> URLDecoder.decode(field, StandardCharsets.UTF_8))
                .toList();
        return new NodeText(head[0], fields, text.substring(end + 1));
    }
}
