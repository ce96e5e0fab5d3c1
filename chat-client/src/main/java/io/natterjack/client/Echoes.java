package io.natterjack.client;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Target;
import io.natterjack.core.UserId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * This user's messages that show before the room has them: on their way, or failed until somebody decides about them.
 *
 * <p><b>Threads.</b> Guarded by its {@link Timeline}'s lock; what an {@link Echo} says never changes.
 */
final class Echoes {
    /** A message on its way. */
    static final class Echo {
        final MessageBody body;
        final Optional<Target> replyTo;
        private @Nullable ErrorCode failure;
        private String reason = "";
        private boolean queued;

        /** Where the room has it, once the server has said so; the room may show it later, or never. */
        private @Nullable Cursor at;

        Echo(MessageBody body, Optional<Target> replyTo) {
            this.body = body;
            this.replyTo = replyTo;
        }

        private TimelineEntry.State state() {
            if (failure != null) {
                return TimelineEntry.State.FAILED;
            }
            return queued ? TimelineEntry.State.QUEUED : TimelineEntry.State.PENDING;
        }
    }

    private final Map<ClientId, Echo> echoes = new LinkedHashMap<>();

    void add(ClientId clientId, Echo echo) {
        echoes.put(clientId, echo);
    }

    /** Returns what there is to see, in the order of sending. */
    List<TimelineEntry> entries(Optional<UserId> me) {
        List<TimelineEntry> entries = new ArrayList<>(echoes.size());
        echoes.forEach((clientId, echo) -> entries.add(TimelineEntry.echo(
                clientId, me, echo.body, echo.state(), Optional.ofNullable(echo.failure), echo.reason)));
        return entries;
    }

    /** The server keeps it for a store that is busy or away. */
    void queued(ClientId clientId) {
        Echo echo = echoes.get(clientId);
        if (echo != null) {
            echo.queued = true;
        }
    }

    void failed(ClientId clientId, Throwable failure) {
        Echo echo = echoes.get(clientId);
        if (echo != null) {
            echo.failure = failure instanceof RequestRefusedException refused ? refused.code() : ErrorCode.UNAVAILABLE;
            echo.reason = failure instanceof SendRefusedException refused ? refused.reason() : "";
        }
    }

    /** The server has it at that place; it is on its way until the room shows it, or won't. */
    void sent(ClientId clientId, Cursor at) {
        Echo echo = echoes.get(clientId);
        if (echo != null) {
            echo.at = at;
        }
    }

    /**
     * Drops what the server has and the room won't show any more; returns whether there was something.
     *
     * @param reached where the room is
     * @param trimmed up to which seq it shows nothing
     */
    boolean dropPassed(Optional<Cursor> reached, long trimmed) {
        return echoes.values().removeIf(echo -> {
            @Nullable Cursor at = echo.at;
            return at != null
                    && (at.seq() <= trimmed
                            || reached.filter(place -> isPassed(at, place)).isPresent());
        });
    }

    private static boolean isPassed(Cursor at, Cursor place) {
        return at.epoch() < place.epoch() || at.epoch() == place.epoch() && at.seq() <= place.seq();
    }

    /** The room has it: it isn't on its way any more. */
    void arrived(ClientId clientId) {
        echoes.remove(clientId);
    }

    /** Takes out one that has failed; nothing if there is no such. */
    Optional<Echo> takeFailed(ClientId clientId) {
        Echo echo = echoes.get(clientId);
        if (echo == null || echo.failure == null) {
            return Optional.empty();
        }
        echoes.remove(clientId);
        return Optional.of(echo);
    }
}
