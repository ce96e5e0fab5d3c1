package io.natterjack.server.websocket;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * How the bytes of one connection travel: as they are, or through TLS. Nothing here blocks.
 *
 * <p><b>Threads.</b> Reading and all else belong to the connection's I/O thread; {@link #write} and {@link #hasUnflushed} to any one
 * thread at a time, also while another reads.
 */
interface ByteLink {
    /** Reads what has come; 0 if nothing can be read now, -1 at the end. */
    int read(ByteBuffer in) throws IOException;

    /** Whether more may have come than the selector knows of, so that reading must go on until nothing comes. */
    boolean holdsInput();

    /** Takes bytes for the network, as many as go now; 0 if the socket is full. */
    int write(ByteBuffer out) throws IOException;

    /** Whether bytes that were taken wait inside: write again, be it nothing, once the socket is writable. */
    boolean hasUnflushed();

    /** Whether reading can't go on before the socket is writable. */
    boolean readsWhenWritable();

    /** Whether reading is to be left alone until the link asks for attention. */
    boolean isBusy();

    /** Says that nothing more will be written. */
    void shutdownOutput() throws IOException;

    /** Ends at once. */
    void close() throws IOException;
}
