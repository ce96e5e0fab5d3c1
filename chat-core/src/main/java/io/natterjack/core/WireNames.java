package io.natterjack.core;

import java.util.Locale;
import java.util.Optional;

/** Names of constants as frames carry them: in lower case. */
final class WireNames {
    private WireNames() {}

    static String of(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** Returns the constant of that name, nothing if there is none. */
    static <E extends Enum<E>> Optional<E> find(Class<E> type, String name) {
        for (E constant : type.getEnumConstants()) {
            if (of(constant).equals(name)) {
                return Optional.of(constant);
            }
        }
        return Optional.empty();
    }

    static <E extends Enum<E>> E require(Class<E> type, String what, String name) {
        return find(type, name).orElseThrow(() -> new IllegalArgumentException("there is no such " + what));
    }
}
