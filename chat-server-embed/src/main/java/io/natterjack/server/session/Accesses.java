package io.natterjack.server.session;

import io.natterjack.core.Membership;
import io.natterjack.core.Principal;
import io.natterjack.core.RoomId;
import io.natterjack.core.RoomView;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.MessageStore;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Asks the store and the policy what a session's user may do.
 *
 * <p><b>Threads.</b> Any. Stages complete on threads that read the store: what follows them must hand the work on. They fail if the store
 * can't be read.
 */
final class Accesses {
    private final SessionContext context;
    private final UserId user;
    private final Supplier<Principal> who;

    /**
     * Makes one.
     *
     * @param who the user as the newest token has them
     */
    Accesses(SessionContext context, UserId user, Supplier<Principal> who) {
        this.context = context;
        this.user = user;
        this.who = who;
    }

    UserId user() {
        return user;
    }

    Principal who() {
        return who.get();
    }

    CompletableFuture<Access> load(RoomId room) {
        return context.store().read(store -> now(store, room));
    }

    /** Asks on the thread that reads the store. */
    Access now(MessageStore store, RoomId room) {
        RoomView view = store.view(room, user);
        return of(view);
    }

    /** Asks about a room as it was read. */
    Access of(RoomView view) {
        return Access.of(context.services().policy(), who.get(), view);
    }

    CompletableFuture<Optional<Membership>> membership(RoomId room, UserId other) {
        return context.store().read(store -> store.membership(room, other));
    }
}
