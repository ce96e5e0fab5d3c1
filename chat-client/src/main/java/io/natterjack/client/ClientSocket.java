package io.natterjack.client;

import io.natterjack.core.TransportException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
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
    private final Socket raw = new Socket();
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
        raw.setTcpNoDelay(true);
        raw.connect(new InetSocketAddress(server.getHost(), port()), timeoutMillis);
        stream = isTls() ? secured() : raw;
    }

    private Socket secured() throws IOException {
        String name = server.getHost().replaceAll("^\\[|\\]$", "");
        SSLSocketFactory factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
        SSLSocket socket = (SSLSocket) factory.createSocket(raw, name, port(), true);
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
        return String.valueOf(raw.getRemoteSocketAddress());
    }

    /** Ends the connection at once. Not through TLS, which could wait for a writer that waits for the peer. */
    void cut() {
        try {
            raw.close();
        } catch (IOException gone) {
            // It is what was wanted.
        }
    }
}
