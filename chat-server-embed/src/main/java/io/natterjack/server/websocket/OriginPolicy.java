package io.natterjack.server.websocket;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which web pages may connect. A browser says where its page comes from ({@code Origin}, RFC 6454); whoever isn't a browser says
 * nothing or anything, and is let in or not by its token.
 *
 * @param any whether every page may
 * @param origins those that may, as {@code https://example.org}; empty for pages of the host that they connect to
 */
record OriginPolicy(boolean any, Set<String> origins) {
    static final OriginPolicy SAME_HOST = new OriginPolicy(false, Set.of());

    /** With a path, or a slash at the end, it would be no page's: browsers send neither. Some send {@code null}. */
    private static final Pattern ORIGIN = Pattern.compile("[a-zA-Z][a-zA-Z0-9+.-]*://[^/?#@*\\s]+|null");

    /** @throws IllegalArgumentException if there is none, or one that no browser would send */
    static OriginPolicy of(Set<String> origins) {
        if (origins.isEmpty()) {
            // Of a list that came out empty nobody can tell whether none was meant, or the default.
            throw new IllegalArgumentException(
                    "allowedOrigins needs one at least; leave it out for pages of the same host");
        }
        origins.forEach(OriginPolicy::requireOrigin);
        return new OriginPolicy(
                false, origins.stream().map(OriginPolicy::lower).collect(Collectors.toUnmodifiableSet()));
    }

    private static void requireOrigin(String origin) {
        if (!ORIGIN.matcher(origin).matches()) {
            throw new IllegalArgumentException(
                    "an allowed origin must be as https://example.org or http://localhost:3000, without a path, a slash at the end or *, was "
                            + origin);
        }
    }

    /**
     * Tells whether a request is let through.
     *
     * @param origin empty if there is none
     * @param host the request's own {@code Host}
     */
    boolean allows(String origin, String host) {
        if (any || origin.isEmpty()) {
            return true;
        }
        return origins.isEmpty() ? isSameHost(lower(origin), lower(host)) : origins.contains(lower(origin));
    }

    /** The scheme may differ: a proxy may have ended TLS. */
    private static boolean isSameHost(String origin, String host) {
        if (origin.startsWith("https://")) {
            return withPort(origin.substring("https://".length()), ":443").equals(withPort(host, ":443"));
        }
        return origin.startsWith("http://")
                && withPort(origin.substring("http://".length()), ":80").equals(withPort(host, ":80"));
    }

    private static String withPort(String authority, String port) {
        boolean hasPort = authority.indexOf(':', authority.lastIndexOf(']') + 1) >= 0;
        return hasPort ? authority : authority + port;
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
