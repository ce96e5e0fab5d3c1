package io.natterjack.core.wire;

import io.natterjack.core.ErrorCode;
import io.natterjack.core.ProtocolException;
import io.natterjack.core.text.TooLargeException;
import java.io.IOException;
import java.util.Optional;

/**
 * Frames to JSON and back, as docs/protocol.md has them. Streaming and without reflection, so that it is as safe as it is
 * quick, and survives the shrinking of Android builds.
 *
 * <p>Reading is strict (RFC 8259, no name twice, nesting limited, every value within its range), but fields that it doesn't
 * know are skipped, so that either side may be upgraded first.
 */
public final class FrameCodec {
    private FrameCodec() {}

    /** Encodes a client's frame. */
    public static WireFrame encode(ClientFrame frame) {
        return FrameEncoder.encode(frame);
    }

    /** Encodes a server's frame. */
    public static WireFrame encode(ServerFrame frame) {
        return FrameEncoder.encode(frame);
    }

    /**
     * Decodes what a client sent.
     *
     * @throws ProtocolException saying what is wrong with it: {@code bad_frame}, {@code too_large}, or {@code unsupported}
     *     if the type isn't known
     */
    public static ClientFrame decodeClient(String text) {
        JsonFields fields = new JsonFields();
        return checked(fields, () -> {
            fields.readDocument(text);
            return FrameDecoder.client(fields);
        });
    }

    /**
     * Decodes what a server sent.
     *
     * @return nothing if the frame is of a type that this version doesn't know; it is to be ignored
     * @throws ProtocolException if it isn't what the protocol says
     */
    public static Optional<ServerFrame> decodeServer(String text) {
        JsonFields fields = new JsonFields();
        return checked(fields, () -> {
            fields.readDocument(text);
            return FrameDecoder.server(fields);
        });
    }

    private interface Decoding<T> {
        T run() throws IOException;
    }

    private static <T> T checked(JsonFields fields, Decoding<T> decoding) {
        try {
            return decoding.run();
        } catch (TooLargeException tooLarge) {
            throw new ProtocolException(ErrorCode.TOO_LARGE, fields.idOrZero(), String.valueOf(tooLarge.getMessage()));
        } catch (IllegalArgumentException invalid) {
            throw new ProtocolException(ErrorCode.BAD_FRAME, fields.idOrZero(), String.valueOf(invalid.getMessage()));
        } catch (IOException | IllegalStateException malformed) {
            throw new ProtocolException(
                    ErrorCode.BAD_FRAME,
                    fields.idOrZero(),
                    "not a JSON object by RFC 8259, or nested too deep, or with a lone surrogate");
        }
    }
}
