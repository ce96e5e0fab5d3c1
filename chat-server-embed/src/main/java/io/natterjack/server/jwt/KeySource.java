package io.natterjack.server.jwt;

import java.util.Optional;

/** Finds the key that a token must be signed with. Any thread; doesn't block. */
@FunctionalInterface
interface KeySource {
    /**
     * Returns the key.
     *
     * @param keyId as the token gives it; nothing but a name to look up
     */
    Optional<VerificationKey> find(Optional<String> keyId);
}
