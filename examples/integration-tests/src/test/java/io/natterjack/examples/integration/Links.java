package io.natterjack.examples.integration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The links of a Markdown page to files of the repository, and to headings in them. */
final class Links {
    private static final Pattern CODE = Pattern.compile("^```.*?^```$", Pattern.DOTALL | Pattern.MULTILINE);
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("^#{1,6} (.*)$", Pattern.MULTILINE);

    private Links() {}

    /** Returns all pages that people write. */
    static List<Path> pages(Path root) throws IOException {
        List<Path> pages = new ArrayList<>();
        for (Path folder : List.of(root, root.resolve("docs"), root.resolve("examples"))) {
            try (Stream<Path> files = Files.walk(folder, folder.endsWith("examples") ? 2 : 1)) {
                files.filter(file -> file.toString().endsWith(".md")).forEach(pages::add);
            }
        }
        return pages;
    }

    /** Returns the links that lead nowhere. Those out of the repository aren't followed. */
    static List<String> deadOnes(Path page) throws IOException {
        List<String> dead = new ArrayList<>();
        for (String link : found(LINK, page)) {
            if (!link.contains("://") && !leadsSomewhere(page, link)) {
                dead.add(link);
            }
        }
        return dead;
    }

    private static boolean leadsSomewhere(Path page, String link) throws IOException {
        int hash = link.indexOf('#');
        String file = hash < 0 ? link : link.substring(0, hash);
        Path target = file.isEmpty() ? page : page.resolveSibling(file);
        return Files.exists(target)
                && (hash < 0
                        || found(HEADING, target).stream()
                                .anyMatch(heading -> anchor(heading).equals(link.substring(hash + 1))));
    }

    private static String anchor(String heading) {
        return heading.toLowerCase(Locale.ROOT).replaceAll("[^\\w\\- ]", "").replace(' ', '-');
    }

    private static List<String> found(Pattern pattern, Path page) throws IOException {
        String text = CODE.matcher(Files.readString(page)).replaceAll("");
        return pattern.matcher(text).results().map(match -> match.group(1)).toList();
    }
}
