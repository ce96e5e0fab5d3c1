package io.natterjack.examples.benchmarks;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Clients that come, say hello, and go, some in good order, some by a reset, some in the middle of their request. */
public final class Churn {
    private static final String HANDSHAKE = """
            GET /chat HTTP/1.1\r
            Host: localhost\r
            Upgrade: websocket\r
            Connection: Upgrade\r
            Sec-WebSocket-Version: 13\r
            Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r
            \r
            """;
    private static final int THREADS = 4;
    private static final int ADDRESSES = 200;
    /** A close frame of code 1000, masked with zeros. */
    private static final byte[] CLOSE = {(byte) 0x88, (byte) 0x82, 0, 0, 0, 0, 0x03, (byte) 0xE8};

    private final int port;
    private final byte[] hello;

    private Churn(int port, String token) {
        this.port = port;
        byte[] payload = ("{\"t\":\"hello\",\"id\":1,\"token\":\"" + token + "\",\"device\":\"churn\"}")
                .getBytes(StandardCharsets.US_ASCII);
        hello = new byte[8 + payload.length];
        hello[0] = (byte) 0x81;
        hello[1] = (byte) (0x80 | 126);
        hello[2] = (byte) (payload.length >> 8);
        hello[3] = (byte) payload.length;
        System.arraycopy(payload, 0, hello, 8, payload.length);
    }

    /** Arguments: port, how many cycles, a token. */
    public static void main(String[] arguments) throws InterruptedException {
        Churn churn = new Churn(Integer.parseInt(arguments[0]), arguments[2]);
        AtomicInteger left = new AtomicInteger(Integer.parseInt(arguments[1]));
        AtomicInteger failed = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            Thread thread = new Thread(() -> {
                for (int n = left.getAndDecrement(); n > 0; n = left.getAndDecrement()) {
                    try {
                        churn.cycle(n);
                    } catch (IOException refused) {
                        failed.incrementAndGet();
                    }
                }
            });
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        System.out.println(failed.get());
    }

    private void cycle(int number) throws IOException {
        try (Socket socket = new Socket()) {
            // Many addresses: a port that was closed here first can't be used again for a minute.
            byte[] source = {127, 0, 0, (byte) (1 + number % ADDRESSES)};
            socket.bind(new InetSocketAddress(InetAddress.getByAddress(source), 0));
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 10_000);
            socket.setSoTimeout(10_000);
            byte[] request = HANDSHAKE.getBytes(StandardCharsets.US_ASCII);
            if (number % 10 == 0) {
                socket.getOutputStream().write(request, 0, number % request.length);
                return;
            }
            socket.getOutputStream().write(request);
            DataInputStream in = new DataInputStream(socket.getInputStream());
            int state = 0;
            while (state < 4) {
                int next = in.readUnsignedByte();
                state = next == (state % 2 == 0 ? '\r' : '\n') ? state + 1 : 0;
            }
            socket.getOutputStream().write(hello);
            in.readUnsignedByte(); // of the welcome
            if (number % 2 == 0) {
                socket.getOutputStream().write(CLOSE);
                while (in.read() >= 0) {
                    // to the end
                }
            } else {
                socket.setSoLinger(true, 0);
            }
        }
    }
}
