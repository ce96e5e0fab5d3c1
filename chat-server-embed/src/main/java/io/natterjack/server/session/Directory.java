package io.natterjack.server.session;

import io.natterjack.core.Profile;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.server.engine.HostCodeException;
import java.util.Collection;
import java.util.Map;
import java.util.function.Function;

/**
 * Who people are.
 *
 * <p><b>Threads.</b> Called on threads that read the store; may block.
 */
public interface Directory {
    /** The profiles that people give themselves, kept in the store. */
    Directory STORED = new Directory() {
        @Override
        public Map<UserId, Profile> profiles(MessageStore store, Collection<UserId> users) {
            return store.people().profiles(users);
        }

        @Override
        public boolean isWritable() {
            return true;
        }
    };

    /**
     * Returns what the application knows.
     *
     * @param profiles code of the application
     */
    static Directory of(Function<Collection<UserId>, Map<UserId, Profile>> profiles) {
        return new Directory() {
            @Override
            public Map<UserId, Profile> profiles(MessageStore store, Collection<UserId> users) {
                return HostCodeException.guard("user directory", () -> profiles.apply(users));
            }

            @Override
            public boolean isWritable() {
                return false;
            }
        };
    }

    /** Returns the profiles of those of the users, at most 100, that have one. */
    Map<UserId, Profile> profiles(MessageStore store, Collection<UserId> users);

    /** Tells whether people may change their own. */
    boolean isWritable();
}
