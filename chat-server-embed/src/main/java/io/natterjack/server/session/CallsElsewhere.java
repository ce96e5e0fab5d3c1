package io.natterjack.server.session;

import io.natterjack.core.CallSignal;
import io.natterjack.core.DeviceId;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.RoomId;
import io.natterjack.core.SessionId;
import io.natterjack.core.UserId;
import io.natterjack.core.wire.ClientSignal;
import io.natterjack.core.wire.FrameCodec;
import io.natterjack.server.node.NodeText;
import io.natterjack.server.node.Nodes;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Brings what is said of a call to the node that knows it: all are asked, and that one answers.
 *
 * <pre>
 *   call? (a question)   room user device session, the client's frame; answered with "ok" or why not
 *   gone                 session
 * </pre>
 *
 * <p><b>Threads.</b> Any.
 */
final class CallsElsewhere {
    private static final String CALL = "call";
    private static final String GONE = "gone";
    private static final String OK = "ok";
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final Nodes nodes;
    private final Calls calls;

    /** Sessions of this node that have asked others of calls. */
    private final Set<SessionId> involved = ConcurrentHashMap.newKeySet();

    CallsElsewhere(Nodes nodes, Calls calls) {
        this.nodes = nodes;
        this.calls = calls;
        nodes.answer(CALL, this::answer);
        nodes.on(GONE, text -> calls.goneHere(new SessionId(text.field(0))));
    }

    CompletionStage<Optional<ErrorCode>> signal(RoomId room, Calls.Party from, CallSignal signal) {
        NodeText question = NodeText.of(
                CALL,
                FrameCodec.encode(new ClientSignal.Call(0, room, signal)).text(),
                room.value(),
                from.user().value(),
                from.device().value(),
                from.session().value());
        involved.add(from.session());
        return nodes.askFirst(CALL, question.encoded(), PATIENCE)
                .thenApply(answer -> answer.filter(OK::equals).isPresent()
                        ? Optional.empty()
                        : Optional.of(answer.flatMap(ErrorCode::ofWireName).orElse(ErrorCode.TARGET_UNKNOWN)));
    }

    private String answer(String question) {
        NodeText text = NodeText.decode(question);
        if (!(FrameCodec.decodeClient(text.payload()) instanceof ClientSignal.Call frame)
                || !calls.isKnown(frame.signal().call())) {
            return "";
        }
        Calls.Party from =
                new Calls.Party(new UserId(text.field(1)), new DeviceId(text.field(2)), new SessionId(text.field(3)));
        return calls.signalHere(new RoomId(text.field(0)), from, frame.signal())
                .map(ErrorCode::wireName)
                .orElse(OK);
    }

    /** A session of this node is over. */
    void gone(SessionId session) {
        if (involved.remove(session)) {
            // Under the key of the questions: it must not overtake one.
            nodes.publish(CALL, NodeText.of(GONE, "", session.value()));
        }
    }
}
