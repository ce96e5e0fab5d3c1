package io.natterjack.core;

import java.util.List;
import java.util.Objects;

/** A STUN or TURN server, as WebRTC wants to be told of it. */
public final class IceServer extends Value {
    private final List<String> urls;
    private final String username;
    private final String credential;

    /**
     * Makes a server.
     *
     * @param urls as {@code turns:turn.example.org:5349}
     * @param username empty if none is needed
     * @param credential a password that serves for a while; empty if none is needed
     */
    public IceServer(List<String> urls, String username, String credential) {
        this.urls = List.copyOf(urls);
        this.username = Objects.requireNonNull(username);
        this.credential = Objects.requireNonNull(credential);
    }

    public List<String> urls() {
        return urls;
    }

    public String username() {
        return username;
    }

    public String credential() {
        return credential;
    }

    @Override
    protected List<?> parts() {
        return List.of(urls, username, credential);
    }

    @Override
    public String toString() {
        return "IceServer" + urls;
    }
}
