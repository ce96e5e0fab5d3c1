package io.natterjack.examples.benchmarks;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.java_websocket.WebSocket;
import org.java_websocket.handshake.ClientHandshake;
import org.java_websocket.server.WebSocketServer;
import org.jspecify.annotations.Nullable;

/**
 * The floor: Java-WebSocket's own server, which sends each message to its room as it came, and does nothing else. No tokens, no
 * checks, no JSON, no order, no acknowledgements, no history.
 */
public final class StockServer extends WebSocketServer {
    private static final int BACKLOG = 4_096;
    private static final String JOIN = "{\"t\":\"join\"";
    private static final String ROOM = "\"room\":\"";

    private final Map<String, List<WebSocket>> rooms = new ConcurrentHashMap<>();

    private StockServer(int port) {
        super(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        setTcpNoDelay(true);
        setReuseAddr(true);
        setMaxPendingConnections(BACKLOG);
    }

    /** Serves at the port that is the first argument. */
    public static void main(String[] arguments) {
        new StockServer(Integer.parseInt(arguments[0])).run();
    }

    @Override
    public void onStart() {
        System.out.println("READY");
    }

    @Override
    public void onOpen(WebSocket connection, ClientHandshake handshake) {}

    @Override
    public void onMessage(WebSocket connection, String message) {
        if (message.startsWith(JOIN)) {
            int from = message.indexOf(ROOM) + ROOM.length();
            String name = message.substring(from, message.indexOf('"', from));
            List<WebSocket> room = rooms.computeIfAbsent(name, first -> new CopyOnWriteArrayList<>());
            room.add(connection);
            connection.setAttachment(room);
            connection.send("{\"t\":\"joined\"}");
        } else {
            broadcast(message, Objects.requireNonNull(connection.<List<WebSocket>>getAttachment()));
        }
    }

    @Override
    public void onClose(WebSocket connection, int code, String reason, boolean byPeer) {
        List<WebSocket> room = connection.getAttachment();
        if (room != null) {
            room.remove(connection);
        }
    }

    @Override
    public void onError(@Nullable WebSocket connection, Exception failure) {
        if (connection == null) {
            failure.printStackTrace();
        }
    }
}
