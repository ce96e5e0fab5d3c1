package io.natterjack.core.spi;

import io.natterjack.core.DeviceId;
import io.natterjack.core.Value;
import java.util.List;
import java.util.Objects;

/** Somebody who wants in. */
public final class AuthRequest extends Value {
    private final String token;
    private final DeviceId device;
    private final String remote;

    /**
     * Makes a request.
     *
     * @param token as the client sent it, at most 8 KiB; of any form
     * @param device as the client names itself; unproven
     * @param remote the peer's address, for logs and limits
     */
    public AuthRequest(String token, DeviceId device, String remote) {
        this.token = Objects.requireNonNull(token);
        this.device = Objects.requireNonNull(device);
        this.remote = Objects.requireNonNull(remote);
    }

    /** Returns the token. A secret: it must not reach a log. */
    public String token() {
        return token;
    }

    public DeviceId device() {
        return device;
    }

    public String remote() {
        return remote;
    }

    @Override
    protected List<?> parts() {
        return List.of(token, device, remote);
    }

    @Override
    public String toString() {
        return "AuthRequest[" + device + ", " + remote + "]";
    }
}
