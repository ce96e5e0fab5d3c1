package io.natterjack.client;

/**
 * What a client is doing.
 *
 * <pre>
 *              connect()
 *                  │
 *                  ▼    welcome
 *            CONNECTING ───────▶ ONLINE
 *              ▲    │              │ connection lost
 *   pause over │    │ failed       │
 *              │    ▼              ▼
 *            WAITING ◀─────────────┘
 *
 *   from each: close(), or the server says stop ──▶ CLOSED
 * </pre>
 *
 * A server that drains makes a client change its connection without leaving {@link #ONLINE}.
 */
public enum ClientState {
    /** Fetching a token, opening a connection, or waiting for the server's welcome. */
    CONNECTING,
    /** The server has let the client in; rooms are joined, and what was sent is on its way. */
    ONLINE,
    /** Without a connection; the next attempt follows after a pause of random length, 30 seconds at most. */
    WAITING,
    /** For good: the application closed the client, or the server said not to come back. */
    CLOSED
}
