package io.natterjack.examples.standalone;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Options as {@code --name VALUE}, {@code --name=VALUE} or, without a value, {@code --name}. */
final class CommandLine {
    private final Map<String, List<String>> values = new HashMap<>();

    private CommandLine() {}

    /**
     * Reads a command line.
     *
     * @param withValue the names of options that need a value
     * @param flags the names of those that have none
     * @throws UsageException if something isn't an option, is unknown, or lacks its value
     */
    static CommandLine parse(List<String> arguments, Set<String> withValue, Set<String> flags) {
        CommandLine parsed = new CommandLine();
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            int equals = argument.indexOf('=');
            String name = equals < 0 ? argument : argument.substring(0, equals);
            if (flags.contains(name) && equals < 0) {
                parsed.add(name, "");
            } else if (withValue.contains(name)) {
                parsed.add(name, equals < 0 ? valueAt(arguments, ++i, name) : argument.substring(equals + 1));
            } else {
                throw new UsageException(
                        flags.contains(name) ? name + " takes no value" : "unknown option " + argument);
            }
        }
        return parsed;
    }

    private static String valueAt(List<String> arguments, int index, String name) {
        if (index >= arguments.size() || arguments.get(index).startsWith("--")) {
            throw new UsageException(name + " needs a value");
        }
        return arguments.get(index);
    }

    private void add(String name, String value) {
        values.computeIfAbsent(name, unused -> new ArrayList<>()).add(value);
    }

    /** Tells whether the option is there. */
    boolean has(String name) {
        return values.containsKey(name);
    }

    /**
     * Returns the value of an option.
     *
     * @throws UsageException if it is there more than once
     */
    Optional<String> value(String name) {
        List<String> all = values(name);
        if (all.size() > 1) {
            throw new UsageException(name + " may be given once");
        }
        return all.stream().findFirst();
    }

    /** Returns the values of an option that may be repeated, in their order. */
    List<String> values(String name) {
        return values.getOrDefault(name, List.of());
    }

    /** Returns the value of an option as an integer from {@code min} to {@code max}. */
    Optional<Integer> integer(String name, int min, int max) {
        return value(name).map(text -> {
            try {
                int number = Integer.parseInt(text);
                if (number >= min && number <= max) {
                    return number;
                }
            } catch (NumberFormatException notInteger) {
                // The message below says it.
            }
            throw new UsageException(name + " must be " + min + " to " + max + ", was " + text);
        });
    }

    /** Refuses options that make no sense beside each other. */
    void atMostOneOf(String... names) {
        List<String> given = List.of(names).stream().filter(this::has).toList();
        if (given.size() > 1) {
            throw new UsageException(given.get(0) + " and " + given.get(1) + " exclude each other");
        }
    }
}
