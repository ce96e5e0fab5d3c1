package io.natterjack.server;

import io.natterjack.core.DeviceId;
import io.natterjack.core.Draft;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.EventKind;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Outcome;
import io.natterjack.core.Principal;
import io.natterjack.core.RoomView;
import io.natterjack.server.session.Interception;
import io.natterjack.server.session.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The application's interceptors, one after the other, under one time limit.
 *
 * <p><b>Threads.</b> Any; the interceptors run on threads for host code.
 */
final class Interceptors implements Interception {
    private static final Logger LOG = LoggerFactory.getLogger(Interceptors.class);
    private static final Duration SOON = Duration.ofSeconds(1);

    private final List<Interceptor> interceptors;
    private final HostThreads threads;
    private final Duration limit;

    Interceptors(List<Interceptor> interceptors, HostThreads threads, Duration limit) {
        this.interceptors = List.copyOf(interceptors);
        this.threads = threads;
        this.limit = limit;
    }

    @Override
    public boolean isNone() {
        return interceptors.isEmpty();
    }

    @Override
    public CompletionStage<Verdict> before(Principal who, DeviceId device, Draft draft, RoomView room) {
        CompletableFuture<Verdict> verdict = threads.call(() -> ask(who, device, draft, room), limit);
        return verdict.handle((answer, failure) -> answer != null ? answer : failed(draft, failure));
    }

    private Verdict ask(Principal who, DeviceId device, Draft draft, RoomView room) throws Exception {
        Draft current = draft;
        for (Interceptor interceptor : interceptors) {
            Interceptor.Decision decision = interceptor.before(new Proposal(who, device, current, room));
            if (decision.code().isPresent()) {
                return Verdict.refuse(
                        Outcome.Refused.forGood(ErrorCode.REJECTED),
                        decision.code().get());
            }
            Optional<MessageBody> body = decision.body();
            if (body.isPresent() && (draft.kind() == EventKind.MESSAGE || draft.kind() == EventKind.EDIT)) {
                current = current.rewritten(body.get());
            }
        }
        return Verdict.pass(current);
    }

    private static Verdict failed(Draft draft, @Nullable Throwable failure) {
        if (failure instanceof TimeoutException) {
            LOG.warn("An interceptor took too long over a change in room {}", draft.room());
            return Verdict.refuse(Outcome.Refused.retryAfter(ErrorCode.TIMEOUT, SOON), "");
        }
        if (failure instanceof RejectedExecutionException) {
            return Verdict.refuse(Outcome.Refused.retryAfter(ErrorCode.BUSY, SOON), "");
        }
        LOG.error("An interceptor failed; the change in room {} is refused", draft.room(), failure);
        return Verdict.refuse(Outcome.Refused.forGood(ErrorCode.INTERNAL), "");
    }
}
