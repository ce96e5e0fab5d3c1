package io.natterjack.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.natterjack.server.websocket.TestCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads what the JDK's keytool has made. */
final class TlsContextsIT {
    @TempDir
    Path directory;

    private Path certificate(String name) {
        return directory.resolve(name + ".crt");
    }

    private Path key(String name) {
        return directory.resolve(name + ".key");
    }

    private void make(String name, String algorithm) throws Exception {
        TestCertificates.writePem(TestCertificates.keyStore(directory, name, algorithm), certificate(name), key(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC"})
    void pemFilesMakeAContext(String algorithm) throws Exception {
        make("server", algorithm);

        assertThat(TlsContexts.ofPem(certificate("server"), key("server")).getProtocol())
                .isEqualTo("TLS");
    }

    @Test
    void aKeyOfAnotherCertificateIsRefused() throws Exception {
        make("one", "EC");
        make("two", "EC");
        make("three", "RSA");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> TlsContexts.ofPem(certificate("one"), key("two")))
                .withMessageContaining("two.key isn't the key of the first certificate in");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TlsContexts.ofPem(certificate("one"), key("three")))
                .withMessageContaining("three.key has no EC key in it");
    }

    @Test
    void filesThatCantBeUsedAreNamedWithTheReason() throws Exception {
        make("server", "EC");
        Path other = directory.resolve("other.key");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> TlsContexts.ofPem(directory.resolve("none"), key("server")))
                .withMessageEndingWith("none can't be read");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TlsContexts.ofPem(certificate("server"), certificate("server")))
                .withMessageContaining("server.crt has no private key in it");
        write(other, Files.readString(key("server")).replace("PRIVATE KEY", "EC PRIVATE KEY"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TlsContexts.ofPem(certificate("server"), other))
                .withMessageContaining("openssl pkcs8 -topk8 -nocrypt");
        write(other, Files.readString(key("server")).replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TlsContexts.ofPem(certificate("server"), other))
                .withMessageContaining("another form (ENCRYPTED)");
    }

    private static void write(Path file, String text) throws IOException {
        Files.writeString(file, text);
    }

    @Test
    void aWrongPasswordIsRefused() throws Exception {
        Path store = TestCertificates.keyStore(directory, "server", "EC");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> TlsContexts.ofKeyStore(store, "wrong".toCharArray()))
                .withMessageContaining("is this its password?");
    }
}
