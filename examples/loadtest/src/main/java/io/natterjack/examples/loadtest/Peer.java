package io.natterjack.examples.loadtest;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One client: connects, says hello, joins its room, sends, and takes note of what comes.
 *
 * <p>A message that is refused for now is sent again when the server said, and those behind it one after the other, in order; nothing
 * new is sent meanwhile.
 *
 * <p><b>Threads.</b> The run's thread only.
 */
final class Peer implements FrameInput.Sink {
    /** What a peer needs of the run. */
    interface Run {
        Plan plan();

        Tally tally();

        Selector selector();

        ByteBuffer readBuffer();

        /** A peer has joined its room, or joined it again after it was cut. */
        void joined(Peer peer, boolean again);

        /** A message of this peer's own came back to it. */
        void cameBack(Peer peer);

        /** A peer's connection is gone; it had joined, or not yet. */
        void lost(Peer peer, boolean hadJoined);
    }

    private record Message(int number, Stamp stamp) {}

    private static final byte[] SEQ = Scan.key("{\"s\":");
    private static final byte[] ID = Scan.key("\"id\":");
    private static final byte[] ACKED_SEQ = Scan.key("\"s\":");
    private static final byte[] AFTER = Scan.key("\"after\":");
    private static final byte[] EPOCH = Scan.key("\"e\":");
    private static final byte[] RETRY = Scan.key("\"retry\":");
    private static final byte[] CODE = Scan.key("\"code\":\"");
    /** Where the type of a frame stands, behind the name of the first field. */
    private static final int TYPE = 6;

    private static final int JOIN_ID = 1;
    private static final int MOST_UNSETTLED = 1_000;
    private static final long SLOW_TICK_NANOS = 100_000_000;

    private final Run run;
    private final int index;
    private final String room;
    private final RoomCheck check;
    private final RoomCheck.Reader reader;
    private final boolean isHealthy;
    private final String token;
    private final String runName;
    private final Deque<Message> unsettled = new ArrayDeque<>();

    private @Nullable SocketChannel channel;
    private @Nullable SelectionKey key;
    private FrameInput input = new FrameInput();
    private Optional<ByteBuffer> unwritten = Optional.empty();
    private boolean handshakeDone;
    private boolean joined;
    private boolean wasJoined;
    private boolean readsAll;
    private long epoch;
    private int lastNumber = JOIN_ID;
    private long pausedUntil;
    private boolean paused;
    private boolean catchingUp;
    private long readAgainAt;

    Peer(Run run, int index, String room, RoomCheck check, String runName) {
        this.run = run;
        this.index = index;
        this.room = room;
        this.check = check;
        this.reader = check.reader();
        this.runName = runName;
        // Before the clock runs: whoever gives out tokens isn't measured.
        this.token = run.plan().tokens().of(index);
        this.isHealthy = !run.plan().isStalled(index) && !run.plan().isSlow(index);
    }

    boolean isHealthy() {
        return isHealthy;
    }

    boolean isSettled() {
        return unsettled.isEmpty();
    }

    /** Returns how many messages were sent, and neither acknowledged nor refused for good. */
    int unsettled() {
        return unsettled.size();
    }

    /** Has a peer that was slow or stalled read as fast as it can from now on. */
    void readAll() {
        readsAll = true;
        updateInterest();
    }

    void connect() throws IOException {
        input = new FrameInput();
        unwritten = Optional.empty();
        handshakeDone = false;
        SocketChannel opened = SocketChannel.open();
        channel = opened;
        opened.configureBlocking(false);
        opened.setOption(StandardSocketOptions.TCP_NODELAY, true);
        if (!isHealthy && run.plan().receiveBuffer() > 0) {
            opened.setOption(StandardSocketOptions.SO_RCVBUF, run.plan().receiveBuffer());
        }
        if (run.plan().sources() > 1) {
            opened.bind(
                    new InetSocketAddress("127.0.0." + (1 + index % run.plan().sources()), 0));
        }
        key = opened.register(run.selector(), SelectionKey.OP_CONNECT, this);
        opened.connect(new InetSocketAddress(
                run.plan().server().getHost(), run.plan().server().getPort()));
    }

    /** The socket can be connected, read or written. */
    void ready() {
        try {
            SelectionKey ready = key;
            if (channel == null || ready == null) {
                return;
            }
            if (ready.isConnectable() && channel.finishConnect()) {
                write(ClientFrames.handshake(
                        run.plan().server().getHost(), run.plan().server().getPath()));
            }
            // No longer valid once a write has failed.
            if (ready.isValid() && ready.isWritable()) {
                flush();
            }
            if (ready.isValid() && ready.isReadable()) {
                read();
            }
            updateInterest();
        } catch (IOException broken) {
            lose();
        }
    }

    private void read() throws IOException {
        if (channel == null) {
            return;
        }
        ByteBuffer in = run.readBuffer().clear();
        if (isSlowNow()) {
            in.limit(Math.max(1, run.plan().slowBytes() / 10));
            readAgainAt = System.nanoTime() + SLOW_TICK_NANOS;
        }
        int count = channel.read(in);
        if (count < 0) {
            lose();
            return;
        }
        in.flip();
        if (!handshakeDone) {
            skipHandshake(in);
        }
        input.read(in, this);
    }

    private boolean isSlowNow() {
        return joined && !readsAll && run.plan().isSlow(index);
    }

    private boolean wantsToRead() {
        if (!joined || readsAll || isHealthy) {
            return true;
        }
        return isSlowNow() && System.nanoTime() - readAgainAt >= 0;
    }

    /** To be called now and then: a slow peer may read again, a refused message may be sent again. */
    void tick(long now) {
        if (channel == null) {
            return;
        }
        if (isSlowNow() && now - readAgainAt >= 0) {
            updateInterest();
        }
        if (paused && now - pausedUntil >= 0) {
            paused = false;
            catchUp();
        }
    }

    private void catchUp() {
        Message first = unsettled.peek();
        catchingUp = first != null;
        if (first != null) {
            write(first);
        }
    }

    private void skipHandshake(ByteBuffer in) {
        // The answer is a few hundred bytes and comes whole on one machine.
        String head = java.nio.charset.StandardCharsets.ISO_8859_1
                .decode(in.duplicate())
                .toString();
        int end = head.indexOf("\r\n\r\n");
        if (end < 0) {
            return;
        }
        in.position(in.position() + end + 4);
        handshakeDone = true;
        if (!head.startsWith("HTTP/1.1 101")) {
            run.tally().refused(head.lines().findFirst().orElse("no answer"));
            lose();
        } else {
            greet();
        }
    }

    private void greet() {
        if (run.plan().echo()) {
            write(ClientFrames.text("{\"t\":\"join\",\"id\":1,\"room\":\"" + room + "\"}"));
            return;
        }
        String hello = "{\"t\":\"hello\",\"id\":1,\"token\":\"" + token + "\",\"device\":\"load\"";
        if (wasJoined) {
            write(ClientFrames.text(hello + ",\"rooms\":[{\"room\":\"" + room + "\",\"e\":" + epoch + ",\"s\":"
                    + reader.last() + "}]}"));
        } else {
            write(ClientFrames.text(hello + "}"));
            write(ClientFrames.text("{\"t\":\"join\",\"id\":1,\"room\":\"" + room + "\"}"));
        }
    }

    /** Sends a message that is due; not while an earlier one has to be sent again. */
    void send(long due) {
        if (!joined) {
            return;
        }
        if (paused || catchingUp || unsettled.size() >= MOST_UNSETTLED) {
            run.tally().heldBack++;
            return;
        }
        Message message = new Message(++lastNumber, new Stamp(due, index));
        if (!run.plan().echo()) {
            unsettled.add(message);
        }
        run.tally().sent++;
        write(message);
    }

    private void write(Message message) {
        String text = message.stamp.text();
        write(ClientFrames.text("{\"t\":\"send\",\"id\":" + message.number + ",\"room\":\"" + room + "\",\"cid\":\""
                + message.number + "-" + runName + "\",\"b\":{\"text\":\"" + text
                + "x".repeat(run.plan().bodyBytes() - text.length()) + "\"}}"));
    }

    private void write(ByteBuffer frame) {
        if (channel == null) {
            return;
        }
        try {
            if (unwritten.isPresent()) {
                ByteBuffer former = unwritten.get();
                unwritten = Optional.of(ByteBuffer.allocate(former.remaining() + frame.remaining())
                        .put(former)
                        .put(frame)
                        .flip());
                return;
            }
            channel.write(frame);
            if (frame.hasRemaining()) {
                unwritten = Optional.of(frame);
                updateInterest();
            }
        } catch (IOException broken) {
            lose();
        }
    }

    private void flush() throws IOException {
        if (unwritten.isPresent() && channel != null) {
            channel.write(unwritten.get());
            if (!unwritten.get().hasRemaining()) {
                unwritten = Optional.empty();
            }
        }
    }

    private void updateInterest() {
        if (key != null && key.isValid() && channel != null && channel.isConnected()) {
            key.interestOps(
                    (wantsToRead() ? SelectionKey.OP_READ : 0) | (unwritten.isPresent() ? SelectionKey.OP_WRITE : 0));
        }
    }

    @Override
    public void text(byte[] bytes, int from, int to) {
        switch (bytes[from + TYPE]) {
            case 's' -> echoed(bytes, from, to);
            case 'a' -> acked(bytes, from, to);
            case 'j' -> joined(bytes, from, to);
            case 'p' -> write(ClientFrames.text("{\"t\":\"pong\"}"));
            case 'e' -> {
                if (bytes[from + TYPE + 1] == 'v') {
                    events(bytes, from, to);
                } else if (bytes[from + TYPE + 1] == 'r') {
                    refused(bytes, from, to);
                }
            }
            default -> {
                // welcome, expiring, drain: nothing that matters to a load.
            }
        }
    }

    private void joined(byte[] bytes, int from, int to) {
        boolean again = wasJoined;
        joined = true;
        wasJoined = true;
        epoch = Scan.number(bytes, from, to, EPOCH);
        check.joined(reader, Math.max(0, Scan.number(bytes, from, to, AFTER)));
        run.joined(this, again);
        // What was on its way when the connection was lost.
        unsettled.forEach(this::write);
    }

    private void events(byte[] bytes, int from, int to) {
        int at = Scan.behind(bytes, from, to, SEQ);
        while (at >= 0) {
            int next = Scan.behind(bytes, at, to, SEQ);
            if (check.seen(reader, Scan.digits(bytes, at, to))) {
                delivered(bytes, at, next < 0 ? to : next);
            }
            at = next;
        }
    }

    private void echoed(byte[] bytes, int from, int to) {
        delivered(bytes, from, to);
    }

    private void delivered(byte[] bytes, int from, int to) {
        int at = Stamp.find(bytes, from, to);
        if (at < 0) {
            return;
        }
        Stamp stamp = Stamp.read(bytes, at);
        run.tally().delivered++;
        if (isHealthy) {
            run.tally().latency.recordValue(Math.max(0, System.nanoTime() - stamp.due()));
        }
        if (stamp.sender() == index) {
            run.cameBack(this);
        }
    }

    private void acked(byte[] bytes, int from, int to) {
        long number = Scan.number(bytes, from, to, ID);
        if (unsettled.removeIf(message -> message.number == number)) {
            run.tally().acked++;
        }
        check.acked(Scan.number(bytes, from, to, ACKED_SEQ));
        if (catchingUp && !paused) {
            catchUp();
        }
    }

    private void refused(byte[] bytes, int from, int to) {
        run.tally().refused(Scan.text(bytes, from, to, CODE));
        long retry = Scan.number(bytes, from, to, RETRY);
        if (retry >= 0) {
            paused = true;
            pausedUntil = System.nanoTime() + retry * 1_000_000;
        } else {
            long number = Scan.number(bytes, from, to, ID);
            unsettled.removeIf(message -> message.number == number);
        }
    }

    @Override
    public void closes(int code) {
        run.tally().refused("closed with " + code);
        lose();
    }

    /** Gives the connection up. */
    void lose() {
        if (channel == null) {
            return;
        }
        close();
        if (joined) {
            run.tally().cut++;
        } else {
            run.tally().failedConnects++;
        }
        boolean hadJoined = joined;
        joined = false;
        run.lost(this, hadJoined);
    }

    void close() {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException alreadyBroken) {
            // It is gone, which is what was wanted.
        }
        channel = null;
        key = null;
    }
}
