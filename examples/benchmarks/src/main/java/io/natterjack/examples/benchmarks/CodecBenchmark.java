package io.natterjack.examples.benchmarks;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.EventKind;
import io.natterjack.core.MessageBody;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.FrameCodec;
import io.natterjack.core.wire.ServerFrame;
import io.natterjack.core.wire.WireFrame;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What JSON costs: the frames that a message makes, with a text of 100 characters. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class CodecBenchmark {
    private static final RoomId ROOM = new RoomId("lobby");
    private static final long EPOCH = 1_767_225_600_000L;
    private static final MessageBody BODY = MessageBody.text("x".repeat(100));

    private final String send = FrameCodec.encode(new ClientFrame.Send(7, ROOM, new ClientId("c-1"), BODY, false))
            .text();
    private final ServerFrame one = new ServerFrame.Ev(ROOM, EPOCH, events(1));
    private final ServerFrame eight = new ServerFrame.Ev(ROOM, EPOCH, events(8));
    private final ServerFrame ack =
            new ServerFrame.Ack(7, ROOM, new ClientId("c-1"), new Cursor(EPOCH, 5), EPOCH, false);

    private static List<RoomEvent> events(int count) {
        return LongStream.rangeClosed(1, count)
                .mapToObj(seq -> new RoomEvent(
                        ROOM,
                        new Cursor(EPOCH, seq),
                        EventKind.MESSAGE,
                        new UserId("ada"),
                        new ClientId("c-" + seq),
                        EPOCH,
                        BODY))
                .toList();
    }

    /** A client's message is read. */
    @Benchmark
    public ClientFrame decodeSend() {
        return FrameCodec.decodeClient(send);
    }

    /** One event is written. */
    @Benchmark
    public WireFrame encodeOneEvent() {
        return FrameCodec.encode(one);
    }

    /** Eight events are written in one frame. */
    @Benchmark
    public WireFrame encodeEightEvents() {
        return FrameCodec.encode(eight);
    }

    /** An acknowledgement is written. */
    @Benchmark
    public WireFrame encodeAck() {
        return FrameCodec.encode(ack);
    }
}
