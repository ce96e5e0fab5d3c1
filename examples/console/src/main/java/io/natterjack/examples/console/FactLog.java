package io.natterjack.examples.console;

import io.natterjack.client.ClientState;
import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.Message;
import io.natterjack.core.RoomId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * A file with one line a fact, for programs to read. A line is on its way to the disk before the client goes on.
 *
 * <pre>
 *   state STATE
 *   joined ROOM EPOCH SEQ               messages after SEQ follow
 *   sent ROOM CID                       before it is sent for the first time
 *   ack ROOM CID EPOCH SEQ dup|new
 *   refused ROOM CID CODE               not sent, for good
 *   unknown ROOM CID                    the client ended before it heard
 *   event ROOM EPOCH SEQ CID SENDER
 *   skipped ROOM EPOCH FROM UPTO        messages after FROM up to UPTO don't come
 *   reset ROOM EPOCH BASE               what was above BASE is gone
 * </pre>
 *
 * <p><b>Threads.</b> Any.
 */
final class FactLog implements AutoCloseable {
    private final Object lock = new Object();
    private final Writer out;
    private boolean closed;

    private FactLog(Writer out) {
        this.out = out;
    }

    /** Opens the log; without a file it forgets everything. */
    static FactLog open(Optional<Path> file) throws IOException {
        return new FactLog(
                file.isPresent()
                        ? Files.newBufferedWriter(file.get(), StandardOpenOption.CREATE, StandardOpenOption.APPEND)
                        : Writer.nullWriter());
    }

    void state(ClientState state) {
        write("state " + state);
    }

    void joined(RoomId room, Cursor at) {
        write("joined " + room + " " + at.epoch() + " " + at.seq());
    }

    void sent(RoomId room, ClientId id) {
        write("sent " + room + " " + id);
    }

    void ack(RoomId room, ClientId id, Cursor at, boolean duplicate) {
        write("ack " + room + " " + id + " " + at.epoch() + " " + at.seq() + (duplicate ? " dup" : " new"));
    }

    void refused(RoomId room, ClientId id, String code) {
        write("refused " + room + " " + id + " " + code);
    }

    void unknown(RoomId room, ClientId id) {
        write("unknown " + room + " " + id);
    }

    /** The sender is last because it alone may have spaces. */
    void event(Message message) {
        write("event " + message.room() + " " + message.at().epoch() + " " + message.seq() + " " + message.clientId()
                + " " + message.sender());
    }

    void skipped(RoomId room, Cursor from, Cursor upto) {
        write("skipped " + room + " " + upto.epoch() + " " + from.seq() + " " + upto.seq());
    }

    void reset(RoomId room, Cursor base) {
        write("reset " + room + " " + base.epoch() + " " + base.seq());
    }

    private void write(String line) {
        synchronized (lock) {
            if (closed) {
                return; // the client tells of its own end, too
            }
            try {
                out.write(line + "\n");
                out.flush();
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }

    @Override
    public void close() throws IOException {
        synchronized (lock) {
            closed = true;
            out.close();
        }
    }
}
