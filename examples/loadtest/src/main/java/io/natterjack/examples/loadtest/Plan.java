package io.natterjack.examples.loadtest;

import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * What is to be done. What is wrong is refused with an {@link IllegalArgumentException} that names the option.
 *
 * @param server {@code ws://host:port/path}
 * @param roomSize clients in each room; the last one may have fewer
 * @param rate messages a second in all, 0 for a closed loop
 * @param inFlight messages under way in each room, 0 for an open loop
 * @param echo whether the server is a bare echo, without hello, acks and seqs
 * @param stalledPercent of the peers never read
 * @param slowPercent of the peers read {@code slowBytes} a second
 * @param receiveBuffer of those peers' sockets, in bytes
 * @param idle whether nothing is sent
 * @param sources from how many addresses of this machine, 127.0.0.1 and up, connections come
 */
record Plan(
        URI server,
        Tokens tokens,
        int connections,
        int roomSize,
        double rate,
        int inFlight,
        Duration warmUp,
        Duration duration,
        int bodyBytes,
        boolean echo,
        int stalledPercent,
        int slowPercent,
        int slowBytes,
        int receiveBuffer,
        int sources,
        boolean idle,
        List<Long> serverPids) {
    private static final int MOST_CONNECTIONS = 1_000_000;
    private static final int HUNDRED = 100;

    Plan {
        if (!"ws".equals(server.getScheme()) || server.getHost() == null || server.getPort() < 0) {
            throw new IllegalArgumentException("--url must be ws://HOST:PORT/PATH, was " + server);
        }
        requireRange("--connections", connections, 1, MOST_CONNECTIONS);
        requireRange("--room-size", roomSize, 1, MOST_CONNECTIONS);
        requireRange("--body-bytes", bodyBytes, Stamp.LENGTH, 30_000);
        requireRange("--source-addresses", sources, 1, 250);
        requireRange("--stalled-percent and --slow-percent together", stalledPercent + slowPercent, 0, HUNDRED);
        if (!idle && (rate > 0) == (inFlight > 0)) {
            throw new IllegalArgumentException(
                    "say how much is sent: --rate MESSAGES a second, or --in-flight N in each room");
        }
        // The first of each hundred are those that don't read as they should.
        if (rate > 0 && connections <= stalledPercent + slowPercent) {
            throw new IllegalArgumentException(
                    "--stalled-percent and --slow-percent leave nobody to send at the --rate: of"
                            + " each hundred clients the first " + (stalledPercent + slowPercent)
                            + " are stalled or slow, and --connections is " + connections);
        }
    }

    private static void requireRange(String option, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(option + " must be " + min + " to " + max + ", was " + value);
        }
    }

    boolean isStalled(int peer) {
        return peer % HUNDRED < stalledPercent;
    }

    boolean isSlow(int peer) {
        return !isStalled(peer) && peer % HUNDRED < stalledPercent + slowPercent;
    }
}
