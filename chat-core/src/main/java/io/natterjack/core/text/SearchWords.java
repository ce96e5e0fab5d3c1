package io.natterjack.core.text;

import java.lang.Character.UnicodeScript;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Cuts text into what a database's full-text index keeps, and looks into text for what was asked, the same for every database.
 *
 * <p>Case and Latin accents don't count. Scripts that are written without spaces between words are kept character by character
 * and pair by pair, so that words of one or two characters are found too, which the databases' own tokenizers don't find.
 *
 * <p>A token is plain lower-case ASCII of 3 to {@value #MAX_TOKEN} characters: a form that no tokenizer takes apart, drops as too
 * short or takes for a stop word.
 */
public final class SearchWords {
    /** MariaDB's longest indexed word has 84 characters. */
    static final int MAX_TOKEN = 80;

    private static final String PREFIX = "xx";

    /** The combining marks of Latin, Greek and Cyrillic; those of other scripts tell words apart. */
    private static final char FIRST_ACCENT = '\u0300';

    private static final char LAST_ACCENT = '\u036f';

    /** Lengthens a Japanese vowel; of no script by itself. */
    private static final int PROLONGED_SOUND = 0x30FC;

    private static final Set<UnicodeScript> WITHOUT_SPACES = EnumSet.of(
            UnicodeScript.HAN,
            UnicodeScript.HIRAGANA,
            UnicodeScript.KATAKANA,
            UnicodeScript.HANGUL,
            UnicodeScript.BOPOMOFO,
            UnicodeScript.THAI,
            UnicodeScript.LAO,
            UnicodeScript.KHMER,
            UnicodeScript.MYANMAR);

    /** A stretch of text: a word, or a run of characters of scripts without spaces. */
    private static final class Run {
        final String text;
        final boolean dense;

        Run(String text, boolean dense) {
            this.text = text;
            this.dense = dense;
        }
    }

    private SearchWords() {}

    /** Returns the tokens under which {@code text} is found, each once, separated by spaces; empty if there is nothing to find. */
    public static String tokens(String text) {
        Set<String> tokens = new LinkedHashSet<>();
        for (Run run : runs(text)) {
            if (run.dense) {
                grams(run.text, 1).forEach(gram -> tokens.add(token(gram)));
                grams(run.text, 2).forEach(gram -> tokens.add(token(gram)));
            } else {
                tokens.add(token(run.text));
            }
        }
        return String.join(" ", tokens);
    }

    /** What somebody looks for. */
    public static final class Wanted {
        private final Set<String> tokens = new LinkedHashSet<>();
        private final Set<String> prefixes = new LinkedHashSet<>();
        private final Set<String> words = new HashSet<>();
        private final Set<String> beginnings = new HashSet<>();
        private final Set<String> parts = new HashSet<>();

        /** Reads what was asked for: words, one that ends in {@code *} standing for all that begin so. */
        public Wanted(String asked) {
            for (String piece : asked.trim().split("\\s+")) {
                List<Run> runs = runs(piece);
                for (int i = 0; i < runs.size(); i++) {
                    add(runs.get(i), piece.endsWith("*") && i == runs.size() - 1);
                }
            }
        }

        private void add(Run run, boolean beginning) {
            if (run.dense) {
                parts.add(run.text);
                boolean single = run.text.codePointCount(0, run.text.length()) == 1;
                grams(run.text, single ? 1 : 2).forEach(gram -> tokens.add(token(gram)));
            } else if (beginning) {
                beginnings.add(run.text);
                prefixes.add(token(run.text));
            } else {
                words.add(run.text);
                tokens.add(token(run.text));
            }
        }

        /** Tells whether there is nothing to look for. */
        public boolean isEmpty() {
            return tokens.isEmpty() && prefixes.isEmpty();
        }

        /** Returns the tokens that a message must have. */
        public List<String> tokens() {
            return Collections.unmodifiableList(new ArrayList<>(tokens));
        }

        /** Returns beginnings of tokens; a message must have a token for each. */
        public List<String> prefixes() {
            return Collections.unmodifiableList(new ArrayList<>(prefixes));
        }

        /** Tells whether {@code text} really has it all: tokens of long words are cut, and pairs of characters may be apart. */
        public boolean isIn(String text) {
            Set<String> found = new HashSet<>();
            List<String> dense = new ArrayList<>();
            for (Run run : runs(text)) {
                if (run.dense) {
                    dense.add(run.text);
                } else {
                    found.add(run.text);
                }
            }
            return found.containsAll(words)
                    && beginnings.stream().allMatch(start -> found.stream().anyMatch(word -> word.startsWith(start)))
                    && parts.stream().allMatch(part -> dense.stream().anyMatch(run -> run.contains(part)));
        }
    }

    private static List<Run> runs(String text) {
        String folded = fold(text);
        List<Run> runs = new ArrayList<>();
        StringBuilder run = new StringBuilder();
        boolean dense = false;
        for (int i = 0; i < folded.length(); ) {
            int c = folded.codePointAt(i);
            i += Character.charCount(c);
            boolean denseHere = isDense(c);
            if (run.length() > 0 && (!isPart(c) || denseHere != dense)) {
                runs.add(new Run(run.toString(), dense));
                run.setLength(0);
            }
            if (isPart(c)) {
                dense = denseHere;
                run.appendCodePoint(c);
            }
        }
        if (run.length() > 0) {
            runs.add(new Run(run.toString(), dense));
        }
        return runs;
    }

    private static String fold(String text) {
        // By way of upper case, so that ß is found as ss and a final sigma as any other.
        String oneCase = text.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
        String apart = Normalizer.normalize(oneCase, Normalizer.Form.NFKD);
        StringBuilder plain = new StringBuilder(apart.length());
        for (int i = 0; i < apart.length(); i++) {
            char c = apart.charAt(i);
            if (c < FIRST_ACCENT || c > LAST_ACCENT) {
                plain.append(c);
            }
        }
        return Normalizer.normalize(plain, Normalizer.Form.NFC);
    }

    private static boolean isPart(int c) {
        int type = Character.getType(c);
        return Character.isLetterOrDigit(c)
                || type == Character.NON_SPACING_MARK
                || type == Character.COMBINING_SPACING_MARK;
    }

    private static boolean isDense(int c) {
        return c == PROLONGED_SOUND || c > 0x7f && WITHOUT_SPACES.contains(UnicodeScript.of(c));
    }

    private static List<String> grams(String run, int length) {
        int[] characters = run.codePoints().toArray();
        List<String> grams = new ArrayList<>();
        for (int i = 0; i + length <= characters.length; i++) {
            grams.add(new String(characters, i, length));
        }
        return grams;
    }

    /** A to y and digits stand for themselves, z begins the number of any other character, zz is z. */
    private static String token(String word) {
        StringBuilder token = new StringBuilder(PREFIX);
        word.codePoints().forEach(c -> {
            if (c >= 'a' && c < 'z' || c >= '0' && c <= '9') {
                token.append((char) c);
            } else if (c == 'z') {
                token.append("zz");
            } else {
                token.append('z').append(Integer.toHexString(c)).append('z');
            }
        });
        return token.length() <= MAX_TOKEN ? token.toString() : token.substring(0, MAX_TOKEN);
    }

    /** Returns the tokens of {@link #tokens} one by one. */
    public static List<String> split(String tokens) {
        return tokens.isEmpty() ? Collections.emptyList() : Arrays.asList(tokens.split(" "));
    }
}
