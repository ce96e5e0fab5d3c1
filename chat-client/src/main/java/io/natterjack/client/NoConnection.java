package io.natterjack.client;

import io.natterjack.core.LogText;
import io.natterjack.core.TransportException;
import io.natterjack.core.wire.Frame;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Says why there is no connection, and what to look at, in words for whoever has to mend it. */
final class NoConnection {
    /** What Java-WebSocket says of an answer that isn't 101. */
    private static final Pattern STATUS = Pattern.compile("Invalid status code received: (\\d{3})\\b");

    /** The first byte of a TLS alert, with which a server answers who speaks no TLS. */
    static final int TLS_ALERT = 0x15;

    private NoConnection() {}

    /** Returns an address as it may be printed: without user, password and query, which may be secrets. */
    static String address(URI server) {
        String scheme = server.getScheme() == null ? "" : server.getScheme() + ":";
        if (server.isOpaque()) {
            return scheme + server.getRawSchemeSpecificPart();
        }
        String authority = server.getRawAuthority();
        String host = authority == null ? "" : "//" + authority.substring(authority.lastIndexOf('@') + 1);
        return scheme + host + (server.getRawPath() == null ? "" : server.getRawPath());
    }

    /** Returns a time as people say it. */
    static String words(Duration time) {
        long millis = time.toMillis();
        return millis % 1_000 == 0 ? millis / 1_000 + " seconds" : millis + " ms";
    }

    static TransportException inTime(URI server, Duration timeout) {
        return new TransportException("no answer within " + words(timeout) + " from " + address(server)
                + ": is it the right address, and does a firewall let it through?");
    }

    /** Opening or shaking hands failed with {@code failure}. */
    static TransportException because(URI server, Throwable failure) {
        return new TransportException("can't connect to " + address(server) + ": " + explain(server, failure), failure);
    }

    private static String explain(URI server, Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        if (failure instanceof UnknownHostException) {
            return "the host " + server.getHost() + " isn't known. Is its name right, and is this machine online?";
        }
        if (failure instanceof SocketTimeoutException || message.contains("timed out")) {
            return "no answer. Is it the right address, and does a firewall let it through?";
        }
        if (failure instanceof NoRouteToHostException || message.contains("unreachable")) {
            return "there is no way to that host. Is this machine online?";
        }
        if (failure instanceof ConnectException && message.contains("refused")) {
            return "connection refused. Is the server running there, and on that port?";
        }
        return failure instanceof SSLException ? explainTls(failure, message) : LogText.escape(failure.toString());
    }

    private static String explainTls(Throwable failure, String message) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateExpiredException || cause instanceof CertificateNotYetValidException) {
                return "by this machine's clock the server's certificate isn't valid now. Is the clock right?";
            }
            String text = String.valueOf(cause.getMessage());
            if (text.contains("No subject alternative")
                    || text.contains("No name matching")
                    || text.contains("not verified")) {
                return "the server's certificate is for another name. Is the host's name the one that is in it?";
            }
            if (text.contains("PKIX path") || text.contains("Trust anchor")) {
                return "this machine doesn't trust the server's certificate."
                        + " Is it signed by an authority that the machine knows?";
            }
        }
        String noTls = message.contains("unrecognized SSL message") || message.contains("TLS packet header")
                ? "it doesn't speak TLS"
                : "TLS failed, " + LogText.escape(failure.toString());
        return noTls + ". Is it ws:// there rather than wss://?";
    }

    /**
     * The peer is there, but didn't agree on a WebSocket.
     *
     * @param codec what the codec says of its answer; empty if nothing
     * @param firstByte of its answer; -1 if there was none
     */
    static TransportException noWebSocket(URI server, String codec, int firstByte) {
        Matcher status = STATUS.matcher(codec);
        if (status.find()) {
            String code = String.valueOf(status.group(1));
            return new TransportException(code + " from " + address(server) + ": " + explain(server, code));
        }
        boolean plain = "ws".equals(server.getScheme());
        String why = firstByte == TLS_ALERT
                ? "it speaks TLS, so it is wss:// there"
                : firstByte >= 0
                        ? "is a chat server there?"
                        : "it hung up without an answer. Is a chat server there"
                                + (plain ? ", and is it ws:// rather than wss://?" : "?");
        return new TransportException("no WebSocket of " + Frame.SUBPROTOCOL + " at " + address(server) + ": " + why);
    }

    private static String explain(URI server, String status) {
        @Nullable String path = server.getRawPath();
        return switch (status) {
            case "301", "302", "303", "307", "308" -> "it is elsewhere now. Use the address that it points to";
            case "400" ->
                "it doesn't understand the request. "
                        + ("ws".equals(server.getScheme())
                                ? "Does it expect TLS (wss://), or does a proxy not pass WebSockets on?"
                                : "Does a proxy not pass WebSockets on?");
            case "401", "407" -> "a proxy before the server wants a password";
            case "403" ->
                "the server, or a proxy before it, doesn't let this client connect."
                        + " Web pages connect if their origin is among allowedOrigins";
            case "404" ->
                "there is no chat at " + (path == null || path.isEmpty() ? "/" : path)
                        + ", a server has it at /chat unless told otherwise";
            case "426" -> "it got no request for a WebSocket. Does a proxy in between leave out Upgrade?";
            case "429" -> "too many connections, from this address or in all";
            case "502", "503", "504" -> "a proxy answers, and no chat server behind it. Is that running?";
            default -> "is a chat server there?";
        };
    }
}
