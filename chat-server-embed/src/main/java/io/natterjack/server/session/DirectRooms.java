package io.natterjack.server.session;

import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** How the rooms of two people are called: the same by both, and by nobody else. */
public final class DirectRooms {
    private DirectRooms() {}

    /** Returns the room of the two, in whichever order they are named. */
    public static RoomId between(UserId one, UserId other) {
        boolean inOrder = one.value().compareTo(other.value()) < 0;
        String first = inOrder ? one.value() : other.value();
        String second = inOrder ? other.value() : one.value();
        try {
            // User ids have no control characters, so this is unambiguous.
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest((first + "\n" + second).getBytes(StandardCharsets.UTF_8));
            return new RoomId(RoomId.SERVERS_OWN + "d."
                    + Base64.getUrlEncoder().withoutPadding().encodeToString(hash));
        } catch (NoSuchAlgorithmException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }
}
