package io.natterjack.server.websocket;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts who is here: so many connections in all, so many from one address. An IPv6 network of 64 bits counts as one address, since
 * that is what one customer gets.
 *
 * <p><b>Threads.</b> Any.
 */
final class Admission {
    private static final int NETWORK_BYTES = 8;

    private final int max;
    private final int maxPerAddress;
    private final AtomicInteger open = new AtomicInteger();
    private volatile Runnable whenThereIsRoom = () -> {};
    private final Map<InetAddress, Integer> fromAddress = new ConcurrentHashMap<>();

    Admission(int max, int maxPerAddress) {
        this.max = max;
        this.maxPerAddress = maxPerAddress;
    }

    /** Returns how many more may come. */
    int room() {
        return Math.max(0, max - open.get());
    }

    void enter() {
        open.incrementAndGet();
    }

    /** Counts one out. */
    void leave() {
        if (open.getAndDecrement() >= max) {
            whenThereIsRoom.run();
        }
    }

    /** Sets what is done when one more may come, after none could: quickly, and by any thread. */
    void whenThereIsRoom(Runnable action) {
        whenThereIsRoom = action;
    }

    /** Counts one from {@code address}; false, and nothing is counted, if there are too many. */
    boolean enterFrom(InetAddress address) {
        boolean[] entered = new boolean[1];
        fromAddress.compute(network(address), (key, count) -> {
            int others = count == null ? 0 : count;
            entered[0] = others < maxPerAddress;
            return entered[0] ? Integer.valueOf(others + 1) : count;
        });
        return entered[0];
    }

    void leaveFrom(InetAddress address) {
        fromAddress.computeIfPresent(network(address), (key, count) -> count == 1 ? null : Integer.valueOf(count - 1));
    }

    private static InetAddress network(InetAddress address) {
        if (!(address instanceof Inet6Address)) {
            return address;
        }
        byte[] bytes = address.getAddress();
        Arrays.fill(bytes, NETWORK_BYTES, bytes.length, (byte) 0);
        return Addresses.of(bytes);
    }
}
