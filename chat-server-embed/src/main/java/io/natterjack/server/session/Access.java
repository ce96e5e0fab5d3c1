package io.natterjack.server.session;

import io.natterjack.core.ErrorCode;
import io.natterjack.core.Permission;
import io.natterjack.core.Permissions;
import io.natterjack.core.Principal;
import io.natterjack.core.RoomView;
import io.natterjack.core.Terms;
import io.natterjack.core.spi.AccessPolicy;
import io.natterjack.server.engine.HostCodeException;
import java.time.Duration;

/** What a session's user may do in one room, as the room was when it was asked. */
final class Access {
    private final RoomView view;
    private final Permissions permissions;
    private final Terms unlimited;

    Access(RoomView view, Permissions permissions) {
        this.view = view;
        this.permissions = permissions;
        this.unlimited = new Terms(view.head().epoch(), view.accessRev(), permissions.has(Permission.MODERATE), 0);
    }

    /**
     * Asks the policy about somebody. About a room whose name is the server's own there is nothing to ask before it is created: it is for
     * nobody then, else whoever can tell its name would be in it before those for whom it is made.
     *
     * @throws HostCodeException if the policy fails
     */
    static Access of(AccessPolicy policy, Principal who, RoomView view) {
        Permissions granted = view.room().isServersOwn() && !view.isCreated()
                ? Permissions.NONE
                : HostCodeException.guard("access policy", () -> policy.permissions(who, view));
        return new Access(view, granted);
    }

    RoomView view() {
        return view;
    }

    boolean may(Permission permission) {
        return permissions.has(permission);
    }

    /** Tells whether the room is there for this user at all. */
    boolean isVisible() {
        return may(Permission.READ) || may(Permission.ENTER);
    }

    /** Returns why something is refused: a room that isn't there for this user answers as one that isn't there for anybody. */
    ErrorCode refusal() {
        return isVisible() ? ErrorCode.FORBIDDEN : ErrorCode.NO_ROOM;
    }

    /**
     * Returns the terms of a draft.
     *
     * @param undoWindow for how long own messages can be changed; zero for ever
     */
    Terms terms(long now, Duration undoWindow) {
        return undoWindow.isZero()
                ? unlimited
                : new Terms(
                        unlimited.epoch(),
                        unlimited.accessRev(),
                        unlimited.isOverOthers(),
                        now - undoWindow.toMillis());
    }
}
