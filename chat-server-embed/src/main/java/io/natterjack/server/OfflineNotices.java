package io.natterjack.server;

import io.natterjack.core.EventKind;
import io.natterjack.core.Membership;
import io.natterjack.core.Mentions;
import io.natterjack.core.Notify;
import io.natterjack.core.PresenceState;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.Standing;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.core.spi.Presence;
import io.natterjack.server.engine.StoreReads;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Finds the members of a room who aren't there when a message comes, and has the application told of them. Somebody who is hidden is there
 * all the same, but nobody but the server knows; they are told by their own device.
 *
 * <p><b>Threads.</b> As {@link EventListener} says.
 */
final class OfflineNotices implements EventListener {
    private static final int PART = 500;
    private static final long READ_SECONDS = 10;

    private final OfflineNotifier notifier;
    private final StoreReads store;
    private final Presence presence;

    OfflineNotices(OfflineNotifier notifier, StoreReads store, Presence presence) {
        this.notifier = notifier;
        this.store = store;
        this.presence = presence;
    }

    @Override
    public void onEvent(RoomEvent event) throws Exception {
        if (event.kind() != EventKind.MESSAGE || event.body().isGone()) {
            return;
        }
        Mentions mentions = Mentions.orNone(event.body());
        Optional<UserId> after = Optional.empty();
        for (List<Membership> part = part(event, after); !part.isEmpty(); part = part(event, after)) {
            Map<UserId, PresenceState> states = presence.query(
                            part.stream().map(Membership::user).toList())
                    .toCompletableFuture()
                    .get(READ_SECONDS, TimeUnit.SECONDS);
            for (Membership member : part) {
                UserId user = member.user();
                boolean mentioned = mentions.has(user);
                PresenceState state = states.getOrDefault(user, PresenceState.UNKNOWN);
                if (state.availability() == PresenceState.Availability.OFFLINE
                        && wants(member, event, mentioned)
                        && !hasBlocked(user, event.sender())) {
                    notifier.notify(user, event, mentioned);
                }
            }
            after = Optional.of(part.get(part.size() - 1).user());
        }
    }

    private static boolean wants(Membership member, RoomEvent event, boolean mentioned) {
        return !member.user().equals(event.sender())
                && member.joinedSeq() < event.seq()
                && (member.notifications() == Notify.ALL || mentioned && member.notifications() == Notify.MENTIONS);
    }

    private List<Membership> part(RoomEvent event, Optional<UserId> after) throws Exception {
        return read(s -> s.members(event.room(), Standing.IN, after, PART));
    }

    private boolean hasBlocked(UserId user, UserId other) throws Exception {
        return read(s -> s.people().blocked(user).contains(other));
    }

    private <T> T read(Function<MessageStore, T> read) throws Exception {
        return store.read(read).get(READ_SECONDS, TimeUnit.SECONDS);
    }
}
