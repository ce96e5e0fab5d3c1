package io.natterjack.client;

import io.natterjack.core.RoomId;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;

/** What an application chose for its client, and what the client shares with it. */
final class Settings {
    final TokenSource tokens;
    final ClientListener listener;
    final Executor listenerExecutor;
    final int maxOutboxMessages;
    final long maxOutboxBytes;
    final long maxGapFill;

    /** The rooms that the application has joined and not left. Any thread. */
    final ConcurrentMap<RoomId, Room> rooms = new ConcurrentHashMap<>();

    Settings(ChatClient.Builder builder, Executor listenerExecutor) {
        this.tokens = builder.tokens;
        this.listener = builder.listener;
        this.listenerExecutor = listenerExecutor;
        this.maxOutboxMessages = builder.maxOutboxMessages;
        this.maxOutboxBytes = builder.maxOutboxBytes;
        this.maxGapFill = builder.maxGapFill;
    }
}
