package io.natterjack.client;

import io.natterjack.core.PresenceState.Availability;
import io.natterjack.core.UserId;
import io.natterjack.core.wire.ClientSignal;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How this user wants to be seen and whom they want to see; said again on each connection. Lane only. */
final class OwnPresence {
    private Optional<Availability> availability = Optional.empty();
    private Optional<String> status = Optional.empty();
    private Optional<List<UserId>> watched = Optional.empty();
    private @Nullable Link link;

    void online(Link newLink) {
        link = newLink;
        if (availability.isPresent() || status.isPresent() || watched.isPresent()) {
            newLink.tell(new ClientSignal.SetPresence(availability, status, watched));
        }
    }

    void offline() {
        link = null;
    }

    void set(Availability newAvailability, String newStatus) {
        availability = Optional.of(newAvailability);
        status = Optional.of(newStatus);
        if (link != null) {
            link.tell(new ClientSignal.SetPresence(availability, status, Optional.empty()));
        }
    }

    void watch(List<UserId> users) {
        watched = Optional.of(users);
        if (link != null) {
            link.tell(new ClientSignal.SetPresence(Optional.empty(), Optional.empty(), watched));
        }
    }
}
