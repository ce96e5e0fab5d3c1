package io.natterjack.server.websocket;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * The proxies whose word is taken for who a client is. In {@code X-Forwarded-For} each proxy puts the address of whom it serves
 * last, and anybody may have written what stands before; so the client is the last one that isn't a proxy of ours.
 *
 * <p><b>Threads.</b> Any.
 */
final class TrustedProxies {
    /** A network: the first {@code bits} of an address. */
    private record Network(InetAddress address, int bits) {
        boolean contains(InetAddress other) {
            byte[] own = address.getAddress();
            byte[] bytes = other.getAddress();
            if (bytes.length != own.length) {
                return false;
            }
            for (int bit = 0; bit < bits; bit++) {
                int mask = 0x80 >> (bit & 7);
                if ((bytes[bit >> 3] & mask) != (own[bit >> 3] & mask)) {
                    return false;
                }
            }
            return true;
        }
    }

    static final TrustedProxies NONE = new TrustedProxies(List.of());

    private final List<Network> networks;

    private TrustedProxies(List<Network> networks) {
        this.networks = networks;
    }

    /**
     * Reads addresses, each alone or with the bits of its network ({@code 10.0.0.0/8}).
     *
     * @throws IllegalArgumentException if one can't be read
     */
    static TrustedProxies of(List<String> addresses) {
        return new TrustedProxies(
                addresses.stream().map(TrustedProxies::network).toList());
    }

    private static Network network(String text) {
        int slash = text.indexOf('/');
        InetAddress address =
                Addresses.parse(slash < 0 ? text : text.substring(0, slash)).orElseThrow(() -> unreadable(text));
        int all = address.getAddress().length * 8;
        int bits = slash < 0 ? all : bits(text, slash + 1);
        if (bits < 0 || bits > all) {
            throw unreadable(text);
        }
        return new Network(address, bits);
    }

    private static int bits(String text, int from) {
        try {
            return Integer.parseInt(text, from, text.length(), 10);
        } catch (NumberFormatException notOne) {
            throw unreadable(text);
        }
    }

    private static IllegalArgumentException unreadable(String text) {
        return new IllegalArgumentException(
                "a proxy is given as an address or a network, 192.0.2.7 or 10.0.0.0/8, not " + text);
    }

    boolean contains(InetAddress address) {
        return networks.stream().anyMatch(network -> network.contains(address));
    }

    /**
     * Returns whom a proxy of ours says it serves; nothing if it doesn't say.
     *
     * @param forwardedFor the header's elements, the latest last
     */
    Optional<InetAddress> client(List<String> forwardedFor) {
        for (int i = forwardedFor.size() - 1; i >= 0; i--) {
            Optional<InetAddress> address = Addresses.parse(forwardedFor.get(i));
            if (address.isEmpty() || !contains(address.get())) {
                return address;
            }
        }
        return Optional.empty();
    }
}
