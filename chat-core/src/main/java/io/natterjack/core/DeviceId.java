package io.natterjack.core;

/** Names one installation of a client. A user may have several. */
public final class DeviceId extends TextId {
    /**
     * Wraps an identifier.
     *
     * @param value 1 to 64 characters of {@code A-Z a-z 0-9 _ . : ~ -}
     * @throws IllegalArgumentException if it is anything else
     */
    public DeviceId(String value) {
        super(requireIdentifier("device id", value));
    }
}
