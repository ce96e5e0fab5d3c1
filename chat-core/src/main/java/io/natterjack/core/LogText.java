package io.natterjack.core;

/** Makes text of unknown origin safe to print in a log line. */
public final class LogText {
    /** The most characters of a text that are shown. */
    public static final int MAX_LENGTH = 256;

    private LogText() {}

    /**
     * Returns {@code text} with control, format (bidirectional among them) and line-separating characters and lone
     * surrogates as {@code \}{@code uXXXX}, cut after {@value #MAX_LENGTH} characters.
     */
    public static String escape(String text) {
        StringBuilder out = new StringBuilder(Math.min(text.length(), MAX_LENGTH) + 16);
        int end = Math.min(text.length(), MAX_LENGTH);
        for (int i = 0; i < end; ) {
            int point = text.codePointAt(i);
            i += Character.charCount(point);
            if (isUnsafe(point)) {
                for (char unit : Character.toChars(point)) {
                    out.append(String.format("\\u%04x", (int) unit));
                }
            } else {
                out.appendCodePoint(point);
            }
        }
        return end < text.length() ? out.append('…').toString() : out.toString();
    }

    private static boolean isUnsafe(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }
}
