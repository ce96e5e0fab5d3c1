package io.natterjack.server.websocket;

import io.natterjack.core.wire.Frame;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.java_websocket.drafts.Draft;
import org.java_websocket.drafts.Draft_6455;
import org.java_websocket.enums.HandshakeState;
import org.java_websocket.enums.Role;
import org.java_websocket.exceptions.InvalidHandshakeException;
import org.java_websocket.handshake.ClientHandshake;
import org.java_websocket.handshake.HandshakeBuilder;
import org.java_websocket.handshake.HandshakeImpl1Server;
import org.java_websocket.protocols.Protocol;

/**
 * The opening handshake of RFC 6455 section 4.2, from a complete request head to the answer. Extensions are never agreed on:
 * the codec's compression has no limit to what a message may grow to.
 */
final class Handshake {
    private static final String VERSION = "13";
    private static final int KEY_BYTES = 16;

    private final byte[] response;
    private final List<String> forwardedFor;

    private Handshake(byte[] response, List<String> forwardedFor) {
        this.response = response;
        this.forwardedFor = forwardedFor;
    }

    /** Returns what is to be sent as it is. */
    byte[] response() {
        return response;
    }

    /** Returns what the request's {@code X-Forwarded-For} lists; anybody may have written it. */
    List<String> forwardedFor() {
        return forwardedFor;
    }

    /**
     * Accepts a request.
     *
     * @param head the whole head of the request, and nothing else
     * @param path the one that may be asked for; a query after it is not looked at
     * @throws RefusalException if it doesn't ask for a WebSocket there, or comes from a page that may not
     */
    static Handshake accept(ByteBuffer head, String path, OriginPolicy origins) throws RefusalException {
        ClientHandshake request = parse(head);
        checkPath(request, path);
        checkUpgrade(request);
        if (!origins.allows(request.getFieldValue("Origin"), request.getFieldValue("Host"))) {
            throw RefusalException.ofOrigin(request.getFieldValue("Origin"));
        }
        Protocol protocol = new Protocol(chooseProtocol(request));
        Draft_6455 draft = new Draft_6455(List.of(), List.of(protocol));
        draft.setParseMode(Role.SERVER);
        return new Handshake(
                answer(draft, request), tokens(request, "X-Forwarded-For").toList());
    }

    private static ClientHandshake parse(ByteBuffer head) throws RefusalException {
        String method = method(head.duplicate());
        if (!method.equals("GET")) {
            throw new RefusalException(405, "Method Not Allowed", "Allow: GET");
        }
        try {
            return (ClientHandshake) Draft.translateHandshakeHttp(head, Role.SERVER);
        } catch (InvalidHandshakeException | RuntimeException malformed) {
            throw new RefusalException(400, "Bad Request");
        }
    }

    private static String method(ByteBuffer head) {
        StringBuilder method = new StringBuilder();
        while (head.hasRemaining() && method.length() < 8) {
            char next = (char) (head.get() & 0xFF);
            if (next == ' ') {
                break;
            }
            method.append(next);
        }
        return method.toString();
    }

    private static void checkPath(ClientHandshake request, String path) throws RefusalException {
        String target = request.getResourceDescriptor();
        int query = target.indexOf('?');
        if (!path.equals(query < 0 ? target : target.substring(0, query))) {
            throw new RefusalException(404, "Not Found");
        }
    }

    private static void checkUpgrade(ClientHandshake request) throws RefusalException {
        if (tokens(request, "Upgrade").noneMatch("websocket"::equalsIgnoreCase)) {
            throw new RefusalException(426, "Upgrade Required", "Upgrade: websocket");
        }
        if (tokens(request, "Connection").noneMatch("upgrade"::equalsIgnoreCase)) {
            throw new RefusalException(400, "Bad Request");
        }
        if (!request.getFieldValue("Sec-WebSocket-Version").trim().equals(VERSION)) {
            throw new RefusalException(426, "Upgrade Required", "Sec-WebSocket-Version: " + VERSION);
        }
        if (!isKey(request.getFieldValue("Sec-WebSocket-Key").trim())) {
            throw new RefusalException(400, "Bad Request");
        }
    }

    private static boolean isKey(String text) {
        try {
            return Base64.getDecoder().decode(text).length == KEY_BYTES;
        } catch (IllegalArgumentException notBase64) {
            return false;
        }
    }

    /** Returns the subprotocol to agree on; an empty one with a client that offers none. */
    private static String chooseProtocol(ClientHandshake request) throws RefusalException {
        List<String> offered = tokens(request, "Sec-WebSocket-Protocol").toList();
        if (offered.isEmpty()) {
            return "";
        }
        if (offered.contains(Frame.SUBPROTOCOL)) {
            return Frame.SUBPROTOCOL;
        }
        throw new RefusalException(400, "Bad Request");
    }

    /** Returns the elements of a list in a header field. The parser joins fields of one name by semicolons. */
    private static Stream<String> tokens(ClientHandshake request, String field) {
        return Arrays.stream(request.getFieldValue(field).split("[,;]"))
                .map(String::trim)
                .filter(token -> !token.isEmpty());
    }

    private static byte[] answer(Draft_6455 draft, ClientHandshake request) throws RefusalException {
        try {
            if (draft.acceptHandshakeAsServer(request) != HandshakeState.MATCHED) {
                throw new RefusalException(400, "Bad Request");
            }
            HandshakeBuilder response = draft.postProcessHandshakeResponseAsServer(request, new HandshakeImpl1Server());
            // The draft repeats what the client sent, and names itself.
            response.put("Connection", "Upgrade");
            response.put("Server", "natterjack");
            return draft.createHandshake(response).get(0).array();
        } catch (InvalidHandshakeException malformed) {
            throw new RefusalException(400, "Bad Request");
        }
    }
}
