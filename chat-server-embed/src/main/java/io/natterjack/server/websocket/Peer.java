package io.natterjack.server.websocket;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * Who is at the other end, as far as addresses tell: the one that connected, or, behind a proxy of ours, the one it serves.
 *
 * <p><b>Threads.</b> The address may be asked for by any thread; all else belongs to the connection's I/O thread.
 */
final class Peer {
    private final Admission admission;
    private final TrustedProxies proxies;
    private volatile InetAddress address;
    private boolean counted;

    Peer(InetAddress address, Admission admission, TrustedProxies proxies) {
        this.address = address;
        this.admission = admission;
        this.proxies = proxies;
    }

    String address() {
        return address.getHostAddress();
    }

    /** Counts it in, unless it is a proxy; false if there are too many from where it is. */
    boolean arrives() {
        return proxies.contains(address) || count();
    }

    /** Hears whom it says it forwards for; false if there are too many from there. */
    boolean says(List<String> forwardedFor) {
        if (counted) {
            return true;
        }
        Optional<InetAddress> client = proxies.client(forwardedFor);
        client.ifPresent(found -> address = found);
        // A proxy that doesn't say is the application's own, and isn't counted.
        return client.isEmpty() || count();
    }

    private boolean count() {
        counted = admission.enterFrom(address);
        return counted;
    }

    void leaves() {
        if (counted) {
            counted = false;
            admission.leaveFrom(address);
        }
    }
}
