package io.natterjack.server.session;

import io.natterjack.core.DeviceId;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.Principal;
import io.natterjack.core.UserId;
import io.natterjack.core.lane.Lane;
import io.natterjack.core.spi.AuthRequest;
import io.natterjack.core.spi.AuthResult;
import io.natterjack.core.spi.Scheduler;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who a session is, and for how long: asks the verifier, warns before a token expires, and takes a newer one of the same
 * user.
 *
 * <p><b>Threads.</b> The session's lane only; answers come there too.
 */
final class Authentication {
    private static final Duration WARNING = Duration.ofSeconds(60);
    private static final Duration GRACE = Duration.ofSeconds(25);

    /** In place of what is over, so that it isn't kept. */
    private static final Scheduler.Cancellable NOTHING = () -> {};

    /** What expires later than this never does; clocks overflow at such distances. */
    private static final Duration FOREVER = Duration.ofDays(36_500);

    /** What comes of a token. Exactly one method is called. */
    interface Answer {
        void accepted(Principal principal);

        void refused(ErrorCode code, String reason);

        /** The verifier failed, or took too long. */
        void unknown();
    }

    private final SessionContext context;
    private final Lane lane;
    private final String remote;
    private @Nullable DeviceId device;
    private @Nullable Principal principal;
    private @Nullable Answer pending;
    private Scheduler.Cancellable timeout = NOTHING;
    private Scheduler.Cancellable warning = NOTHING;
    private Scheduler.Cancellable end = NOTHING;
    private int tokens;
    private boolean stopped;

    Authentication(SessionContext context, Lane lane, String remote) {
        this.context = context;
        this.lane = lane;
        this.remote = remote;
    }

    Optional<UserId> user() {
        return Optional.ofNullable(principal).map(Principal::user);
    }

    /** Verifies the first token. */
    void begin(String token, DeviceId fromDevice, Answer answer) {
        device = fromDevice;
        verify(token, fromDevice, answer);
    }

    /** Verifies a newer token; false, and no answer, while another is being verified. */
    boolean renew(String token, Answer answer) {
        if (pending != null) {
            return false;
        }
        verify(token, Objects.requireNonNull(device), answer);
        return true;
    }

    private void verify(String token, DeviceId fromDevice, Answer answer) {
        pending = answer;
        timeout = context.scheduler()
                .after(context.settings().authTimeout(), () -> lane.execute(() -> settle(answer, null)));
        CompletionStage<AuthResult> result;
        try {
            result = Objects.requireNonNull(
                    context.auth().verify(new AuthRequest(token, fromDevice, remote)), "the verifier's stage");
        } catch (RuntimeException failure) {
            context.log().failedVerifier(failure);
            settle(answer, null);
            return;
        }
        result.whenCompleteAsync(
                (verified, failure) -> {
                    if (failure != null) {
                        context.log().failedVerifier(failure);
                    }
                    settle(answer, verified);
                },
                lane);
    }

    private void settle(Answer answer, @Nullable AuthResult result) {
        if (pending != answer || stopped) {
            return;
        }
        pending = null;
        timeout.cancel();
        timeout = NOTHING;
        Principal verified = result == null ? null : result.principal().orElse(null);
        if (result == null) {
            answer.unknown();
        } else if (verified == null) {
            answer.refused(result.code(), result.reason());
        } else if (principal != null && !principal.user().equals(verified.user())) {
            answer.refused(ErrorCode.UNAUTHORIZED, "a token of another user");
        } else {
            principal = verified;
            tokens++;
            answer.accepted(verified);
        }
    }

    /** Returns when the present token expires, Unix milliseconds; nothing if it doesn't in a lifetime. */
    OptionalLong expiresAt() {
        Instant at = principal == null ? null : principal.expiresAt().orElse(null);
        Instant never = Instant.ofEpochMilli(context.scheduler().wallMillis()).plus(FOREVER);
        if (at == null || at.isAfter(never)) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(at.isBefore(Instant.EPOCH) ? 0 : at.toEpochMilli());
    }

    /** Calls {@code expiring} a minute before the present token expires, or at half its time if that is less, and {@code expired} a while after it has. */
    void watchExpiry(Consumer<Duration> expiring, Runnable expired) {
        warning.cancel();
        end.cancel();
        OptionalLong at = expiresAt();
        if (at.isEmpty() || stopped) {
            return;
        }
        // A verifier with leeway may take a token that has just expired: that one gets the grace from now on.
        Duration left = notNegative(
                Duration.ofMillis(at.getAsLong() - context.scheduler().wallMillis()));
        // Of a token that lives shorter than two warnings, half its time: else a client would be warned of each new one
        // at once.
        Duration half = left.dividedBy(2);
        Duration warned = half.compareTo(WARNING) < 0 ? half : WARNING;
        warning = after(left.minus(warned), () -> expiring.accept(warned));
        end = after(left.plus(GRACE), expired);
    }

    private Scheduler.Cancellable after(Duration delay, Runnable task) {
        int ofToken = tokens;
        return context.scheduler()
                .after(
                        notNegative(delay),
                        () -> lane.execute(() -> {
                            if (!stopped && tokens == ofToken) {
                                task.run();
                            }
                        }));
    }

    private static Duration notNegative(Duration duration) {
        return duration.isNegative() ? Duration.ZERO : duration;
    }

    void stop() {
        stopped = true;
        timeout.cancel();
        warning.cancel();
        end.cancel();
    }
}
