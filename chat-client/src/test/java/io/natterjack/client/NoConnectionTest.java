package io.natterjack.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.time.Duration;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The words are part of what an application's users and operators get to see. */
final class NoConnectionTest {
    private static final URI PLAIN = URI.create("ws://chat.test:8080/chat");
    private static final URI TLS = URI.create("wss://chat.test/chat");

    private static String because(URI server, Throwable failure) {
        return String.valueOf(NoConnection.because(server, failure).getMessage());
    }

    private static String noWebSocket(URI server, String codec, int firstByte) {
        return String.valueOf(NoConnection.noWebSocket(server, codec, firstByte).getMessage());
    }

    @Test
    void aRefusedConnectionAsksWhetherTheServerRuns() {
        assertThat(because(PLAIN, new ConnectException("Connection refused")))
                .isEqualTo("can't connect to ws://chat.test:8080/chat: connection refused."
                        + " Is the server running there, and on that port?");
    }

    @Test
    void anUnknownHostIsNamed() {
        assertThat(because(PLAIN, new UnknownHostException("chat.test")))
                .endsWith("the host chat.test isn't known. Is its name right, and is this machine online?");
    }

    @Test
    void silenceAsksForAFirewall() {
        assertThat(NoConnection.inTime(PLAIN, Duration.ofSeconds(10)))
                .hasMessage("no answer within 10 seconds from ws://chat.test:8080/chat:"
                        + " is it the right address, and does a firewall let it through?");
        assertThat(because(PLAIN, new SocketTimeoutException("connect timed out")))
                .contains("firewall");
        assertThat(because(PLAIN, new ConnectException("Connection timed out"))).contains("firewall");
        assertThat(because(PLAIN, new NoRouteToHostException("No route to host")))
                .contains("online");
    }

    @Test
    void tlsAgainstAPlainServerAndTheOtherWayRoundSaySo() {
        assertThat(because(TLS, new SSLException("Unsupported or unrecognized SSL message")))
                .isEqualTo(
                        "can't connect to wss://chat.test/chat: it doesn't speak TLS. Is it ws:// there rather than wss://?");
        assertThat(noWebSocket(PLAIN, "", NoConnection.TLS_ALERT)).endsWith("it speaks TLS, so it is wss:// there");
        assertThat(noWebSocket(PLAIN, "", -1)).contains("hung up").contains("wss://");
        assertThat(noWebSocket(PLAIN, "Invalid status code received: 400 Status line: HTTP/1.1 400 Bad", 'H'))
                .contains("TLS (wss://)");
    }

    @Test
    void aCertificateThatIsNotTakenSaysWhatIsWrongWithIt() {
        assertThat(because(TLS, tls("No subject alternative DNS name matching chat.test found.")))
                .contains("for another name");
        assertThat(because(TLS, tls("PKIX path building failed: unable to find valid certification path")))
                .contains("doesn't trust");
        assertThat(because(TLS, new SSLHandshakeException("x").initCause(new CertificateExpiredException("y"))))
                .contains("clock");
    }

    private static Throwable tls(String certificate) {
        return new SSLHandshakeException("x").initCause(new CertificateException(certificate));
    }

    @ParameterizedTest
    @CsvSource({
        "302, it is elsewhere now",
        "403, doesn't let this client connect",
        "404, there is no chat at /chat",
        "429, too many connections",
        "502, no chat server behind it",
        "200, is a chat server there?"
    })
    void whatAnswersWithAStatusIsToldWithWhatItMeans(String status, String words) {
        assertThat(noWebSocket(
                        TLS, "Invalid status code received: " + status + " Status line: HTTP/1.1 " + status, 'H'))
                .startsWith(status + " from wss://chat.test/chat: ")
                .contains(words);
    }

    @Test
    void nothingThatMayBeASecretIsPrinted() {
        URI secret = URI.create("ws://ada:hush@chat.test/chat?token=hush#hush");
        assertThat(because(secret, new IOException("x")))
                .contains("ws://chat.test/chat")
                .doesNotContain("hush");
        assertThat(NoConnection.address(secret)).isEqualTo("ws://chat.test/chat");
        assertThat(NoConnection.address(URI.create("localhost:8080/chat"))).isEqualTo("localhost:8080/chat");
    }
}
