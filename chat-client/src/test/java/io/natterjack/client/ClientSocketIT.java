package io.natterjack.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class ClientSocketIT {
    private static final int TIMEOUT_MILLIS = 10_000;

    private static InetAddress loopback(int last) throws IOException {
        return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last});
    }

    private static ClientSocket socketTo(int port) {
        return new ClientSocket(URI.create("ws://chat.test:" + port + "/"));
    }

    private static int freePort() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, loopback(1))) {
            return taken.getLocalPort();
        }
    }

    @Test
    void aNameIsReachedByAnyOfItsAddresses() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, loopback(1))) {
            ClientSocket socket = socketTo(server.getLocalPort());
            socket.open(new InetAddress[] {loopback(2), loopback(3), loopback(1)}, TIMEOUT_MILLIS);

            assertThat(socket.remote()).contains("127.0.0.1");
            server.accept().close();
            assertThat(socket.in().read()).isEqualTo(-1);
            socket.cut();
        }
    }

    @Test
    void aNameOfWhichNoAddressIsReachedFailsAsTheFirstDid() throws Exception {
        ClientSocket socket = socketTo(freePort());

        assertThatThrownBy(() -> socket.open(new InetAddress[] {loopback(1), loopback(2)}, TIMEOUT_MILLIS))
                .isInstanceOf(ConnectException.class);
    }

    @Test
    void aSocketThatWasCutTriesNoAddress() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, loopback(1))) {
            ClientSocket socket = socketTo(server.getLocalPort());
            socket.cut();

            assertThatThrownBy(() -> socket.open(new InetAddress[] {loopback(1)}, TIMEOUT_MILLIS))
                    .isInstanceOf(SocketException.class);
        }
    }
}
