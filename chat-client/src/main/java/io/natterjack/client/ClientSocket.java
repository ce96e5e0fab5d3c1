package io.natterjack.client;

import io.natterjack.core.TransportException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * A TCP connection to a server, inside TLS for {@code wss}.
 *
 * <p><b>Threads.</b> One thread opens, one reads, one writes; any thread may {@link #cut}, which doesn't block.
 */
final class ClientSocket {
    private final URI server;
    private final Object lock = new Object();

    // Guarded by lock.
    private Socket raw = new Socket();
    private boolean isCut;

    private @Nullable Socket stream;

    ClientSocket(URI server) {
        this.server = server;
    }

    private boolean isTls() {
        return "wss".equals(server.getScheme());
    }

    private int port() {
        int named = server.getPort();
        return named != -1 ? named : isTls() ? 443 : 80;
    }

    /** Returns what the {@code Host} header says. */
    String host() {
        return server.getHost() + (server.getPort() == -1 ? "" : ":" + server.getPort());
    }

    /** Resolves the name, connects and shakes hands. Blocks; {@link #cut} from another thread ends it but for the name. */
    void open(int timeoutMillis) throws IOException {
        open(InetAddress.getAllByName(server.getHost()), timeoutMillis);
    }

    /** The same with the addresses that the name has: the first that can be reached is taken. */
    void open(InetAddress[] addresses, int timeoutMillis) throws IOException {
        Socket connected = connected(addresses, timeoutMillis);
        stream = isTls() ? secured(connected) : connected;
    }

    private Socket connected(InetAddress[] addresses, int timeoutMillis) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        IOException failure = new UnknownHostException(server.getHost());
        for (int i = 0; i < addresses.length; i++) {
            Socket socket = nextSocket();
            // One that is silent leaves the others their share.
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            int share = (int) Math.max(1, left / (addresses.length - i));
            try {
                socket.setTcpNoDelay(true);
                socket.connect(new InetSocketAddress(addresses[i], port()), share);
                return socket;
            } catch (IOException unreachable) {
                socket.close();
                failure = i == 0 ? unreachable : failure;
            }
        }
        throw failure;
    }

    private Socket nextSocket() throws SocketException {
        synchronized (lock) {
            if (isCut) {
                throw new SocketException("Socket closed");
            }
            raw = new Socket();
            return raw;
        }
    }

    private Socket secured(Socket connected) throws IOException {
        String name = server.getHost().replaceAll("^\\[|\\]$", "");
        SSLSocketFactory factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
        SSLSocket socket = (SSLSocket) factory.createSocket(connected, name, port(), true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS"); // without it any valid certificate would do
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    InputStream in() throws IOException {
        return opened().getInputStream();
    }

    OutputStream out() throws IOException {
        return opened().getOutputStream();
    }

    private Socket opened() {
        if (stream == null) {
            throw new TransportException("not connected to " + server);
        }
        return stream;
    }

    String remote() {
        synchronized (lock) {
            return String.valueOf(raw.getRemoteSocketAddress());
        }
    }

    /** Ends the connection at once. Not through TLS, which could wait for a writer that waits for the peer. */
    void cut() {
        Socket last;
        synchronized (lock) {
            isCut = true;
            last = raw;
        }
        try {
            last.close();
        } catch (IOException gone) {
            // It is what was wanted.
        }
    }
}
