package io.natterjack.store.redis;

import io.natterjack.core.spi.Fence;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Commands that Redis runs in one go, on keys of one partition.
 *
 * <p><b>Threads.</b> One.
 */
final class Batch {
    /** The most arguments of one command: Lua has a bound. */
    static final int CHUNK = 1_000;

    private final int partition;
    private final List<String> keys = new ArrayList<>();
    private final Map<String, String> numbers = new HashMap<>();
    private final List<String> checks = new ArrayList<>();
    private final List<String> commands = new ArrayList<>();
    private @Nullable Fence fence;
    private long epoch;
    private int size;

    Batch(Keys names, int partition) {
        this.partition = partition;
        keys.add(names.fences(partition));
    }

    private String number(String key) {
        return numbers.computeIfAbsent(key, first -> {
            keys.add(first);
            return String.valueOf(keys.size() + 1);
        });
    }

    /** Runs nothing unless the field has that value; empty for none. */
    Batch check(String key, String field, String value) {
        checks.add(number(key));
        checks.add(field);
        checks.add(value);
        return this;
    }

    /** Runs nothing unless just this generation of the fence stands. */
    Batch under(@Nullable Fence newFence) {
        fence = newFence;
        return this;
    }

    /** Runs nothing in another epoch. */
    Batch in(long newEpoch) {
        epoch = newEpoch;
        return this;
    }

    /** Adds a command; returns the place of its result. */
    int add(String command, String key, String... arguments) {
        return add(command, key, List.of(arguments));
    }

    /** Adds a command; returns the place of its result. */
    int add(String command, String key, Collection<String> arguments) {
        commands.add(String.valueOf(arguments.size()));
        commands.add(command);
        commands.add(number(key));
        commands.addAll(arguments);
        return size++;
    }

    /** Adds as many commands as the arguments need, which must be even in number; none if there are none. */
    void addAll(String command, String key, List<String> arguments) {
        for (int from = 0; from < arguments.size(); from += CHUNK) {
            add(command, key, arguments.subList(from, Math.min(from + CHUNK, arguments.size())));
        }
    }

    /** Asks what time it is; returns the place of the answer. */
    int time() {
        commands.addAll(List.of("0", "TIME", "0"));
        return size++;
    }

    boolean isEmpty() {
        return size == 0;
    }

    Call call() {
        List<String> arguments = new ArrayList<>(commands.size() + checks.size() + 3);
        arguments.add(fence == null ? "" : fence.name());
        arguments.add(fence == null ? "0" : String.valueOf(fence.generation()));
        arguments.add(String.valueOf(checks.size() / 3));
        arguments.addAll(checks);
        arguments.addAll(commands);
        return new Call(partition, Script.RUN, keys, arguments, epoch);
    }
}
