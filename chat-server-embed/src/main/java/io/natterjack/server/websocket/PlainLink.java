package io.natterjack.server.websocket;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** Bytes as they are. */
record PlainLink(SocketChannel channel) implements ByteLink {
    @Override
    public int read(ByteBuffer in) throws IOException {
        return channel.read(in);
    }

    @Override
    public boolean holdsInput() {
        return false;
    }

    @Override
    public int write(ByteBuffer out) throws IOException {
        return channel.write(out);
    }

    @Override
    public boolean hasUnflushed() {
        return false;
    }

    @Override
    public boolean readsWhenWritable() {
        return false;
    }

    @Override
    public boolean isBusy() {
        return false;
    }

    @Override
    public void shutdownOutput() throws IOException {
        channel.shutdownOutput();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
