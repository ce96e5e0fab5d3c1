package io.natterjack.server;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * Makes the {@link SSLContext} of a server from the files that people have. Reads files, so it blocks.
 *
 * <p>What goes wrong is told as {@link IllegalArgumentException}, with the name of the file and never with what is in it.
 */
public final class TlsContexts {
    private static final Pattern KEY = Pattern.compile(
            "-----BEGIN (?<type>(?:\\w+ )*)PRIVATE KEY-----(?<base64>[^-]+)-----END (?:\\w+ )*PRIVATE KEY-----");
    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "Ed25519");
    private static final char[] IN_MEMORY = {};

    private TlsContexts() {}

    /**
     * Reads PEM files, as certificate authorities and their tools write them.
     *
     * @param chain the server's certificate and behind it those of the authorities between it and the root
     * @param key the private key in PKCS#8 form ({@code BEGIN PRIVATE KEY}), not encrypted
     */
    public static SSLContext ofPem(Path chain, Path key) {
        try {
            Collection<? extends Certificate> certificates =
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(read(chain)));
            if (certificates.isEmpty()) {
                throw new IllegalArgumentException(chain + " has no certificate in it");
            }
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, IN_MEMORY);
            Certificate[] ordered = certificates.toArray(Certificate[]::new);
            PrivateKey privateKey = privateKey(key, ordered[0].getPublicKey().getAlgorithm());
            requirePair(privateKey, (X509Certificate) ordered[0], chain, key);
            store.setKeyEntry("server", privateKey, IN_MEMORY, ordered);
            return context(store, IN_MEMORY);
        } catch (GeneralSecurityException | IOException unusable) {
            throw new IllegalArgumentException(chain + " and " + key + " can't be used for TLS", unusable);
        }
    }

    /** Reads a key store, PKCS#12 or JKS, whose key has the password of the store. */
    public static SSLContext ofKeyStore(Path file, char[] password) {
        try (InputStream in = new ByteArrayInputStream(read(file))) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(in, password);
            return context(store, password);
        } catch (GeneralSecurityException | IOException unusable) {
            throw new IllegalArgumentException(
                    file + " can't be read as a key store: is it one, and is this its password?", unusable);
        }
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException unreadable) {
            throw new IllegalArgumentException(file + " can't be read", unreadable);
        }
    }

    private static PrivateKey privateKey(Path file, String algorithmOfCertificate) throws GeneralSecurityException {
        Matcher pem = KEY.matcher(new String(read(file), StandardCharsets.US_ASCII));
        if (!pem.find()) {
            throw new IllegalArgumentException(file + " has no private key in it (BEGIN PRIVATE KEY)");
        }
        if (!pem.group("type").isEmpty()) {
            throw new IllegalArgumentException(file + " has a key of another form ("
                    + pem.group("type").trim()
                    + "); this makes one that can be used: openssl pkcs8 -topk8 -nocrypt -in " + file.getFileName());
        }
        byte[] der = Base64.getMimeDecoder().decode(pem.group("base64"));
        String algorithm = algorithmOfCertificate.equals("EdDSA") ? "Ed25519" : algorithmOfCertificate;
        if (!ALGORITHMS.contains(algorithm)) {
            throw new IllegalArgumentException("certificates for " + algorithm + " keys aren't supported");
        }
        try {
            return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
        } catch (InvalidKeySpecException other) {
            throw new IllegalArgumentException(
                    file + " has no " + algorithm + " key in it, as the certificate needs", other);
        }
    }

    private static void requirePair(PrivateKey key, X509Certificate certificate, Path chain, Path keyFile)
            throws GeneralSecurityException {
        String algorithm = switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> "Ed25519";
        };
        byte[] probe = {1, 2, 3};
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(key);
        signature.update(probe);
        byte[] signed = signature.sign();
        signature.initVerify(certificate.getPublicKey());
        signature.update(probe);
        if (!signature.verify(signed)) {
            throw new IllegalArgumentException(keyFile + " isn't the key of the first certificate in " + chain);
        }
    }

    private static SSLContext context(KeyStore store, char[] password) throws GeneralSecurityException {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, password);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }
}
