package io.natterjack.store.redis.connection;

import io.lettuce.core.RedisCommandExecutionException;
import io.natterjack.core.Why;
import java.util.Optional;
import java.util.Set;

/** What Redis says when it refuses something, without what people wrote: answers to scripts and unknown commands may repeat that. */
public final class RedisWhy {
    /** Refusals that are about the server and its users alone. */
    private static final Set<String> HARMLESS = Set.of(
            "WRONGPASS",
            "NOAUTH",
            "NOPERM",
            "OOM",
            "READONLY",
            "LOADING",
            "MISCONF",
            "MASTERDOWN",
            "CLUSTERDOWN",
            "NOREPLICAS",
            "BUSY");

    private RedisWhy() {}

    /** Returns what Redis said, if it said anything: all of it, or its first word where the rest may be what somebody wrote. */
    static Optional<String> refusal(Throwable failure) {
        Throwable cause = failure;
        for (int i = 0; i < 10 && cause != null; i++) {
            if (cause instanceof RedisCommandExecutionException && cause.getMessage() != null) {
                String message = Why.line(cause.getMessage());
                String code = message.split(" ", 2)[0];
                return Optional.of(HARMLESS.contains(code) ? message : code);
            }
            cause = cause.getCause();
        }
        return Optional.empty();
    }

    /** Returns in brackets what Redis said, or what was at the root of {@code failure}. */
    public static String inBrackets(Throwable failure) {
        return "(" + refusal(failure).orElseGet(() -> Why.of(Why.root(failure))) + ")";
    }
}
