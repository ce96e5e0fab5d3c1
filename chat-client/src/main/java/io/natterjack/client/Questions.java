package io.natterjack.client;

import io.natterjack.core.ErrorCode;
import io.natterjack.core.RoomId;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.ServerFrame;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What the application has asked and waits for: pages of history of joined rooms, or what needs none: who is who, what is new,
 * block this one. Most of it does no harm when it is asked twice, so that what a lost connection didn't answer is asked again on
 * the next one.
 *
 * <p><b>Threads.</b> Any thread reserves; all else is for the lane.
 */
final class Questions {
    private final int maxOpen;
    private final Loop loop;
    private final Deliveries deliveries;
    private final Runnable changed;
    private final AtomicInteger reserved = new AtomicInteger();

    // Lane only.
    private final Set<Question<?>> open = new LinkedHashSet<>();
    private int generation;

    /**
     * Makes an empty one.
     *
     * @param maxOpen how many may be open at once
     * @param changed run on the lane when {@link #pump} may have more to do
     */
    Questions(int maxOpen, Loop loop, Deliveries deliveries, Runnable changed) {
        this.maxOpen = maxOpen;
        this.loop = loop;
        this.deliveries = deliveries;
        this.changed = changed;
    }

    /** Makes room for one more; false if there is none. Any thread. */
    boolean reserve() {
        if (reserved.incrementAndGet() <= maxOpen) {
            return true;
        }
        reserved.decrementAndGet();
        return false;
    }

    /**
     * Takes a question for which there is room.
     *
     * @param room the one that must be joined for it, if one must
     * @param answer returns nothing for a frame that is no answer to it
     * @param size of an answer, in bytes, roughly
     */
    <T> void add(
            Optional<RoomId> room,
            String what,
            boolean isAskedAgain,
            IntFunction<ClientFrame> frame,
            Function<ServerFrame, Optional<T>> answer,
            ToIntFunction<T> size,
            CompletableFuture<T> promise) {
        open.add(new Question<>(room, what, isAskedAgain, frame, answer, size, promise));
    }

    boolean has(RoomId room) {
        return open.stream().anyMatch(question -> question.isOf(room));
    }

    /** The connection is another one, or gone. */
    void restart() {
        generation++;
        for (Question<?> question : new ArrayList<>(open)) {
            if (question.isAsked && !question.isAskedAgain) {
                question.fail(ErrorCode.UNAVAILABLE);
            }
            question.isAsked = false;
        }
    }

    /** Asks what isn't asked yet. */
    void pump(Link link, Predicate<RoomId> joined) {
        for (Question<?> question : new ArrayList<>(open)) {
            if (!question.isAsked && (!question.room.isPresent() || joined.test(question.room.get()))) {
                question.isAsked = true;
                question.link = link;
                link.request(question.frame, question);
            }
        }
    }

    /** Gives up all that was asked of {@code room}. */
    void fail(RoomId room, ErrorCode code) {
        for (Question<?> question : new ArrayList<>(open)) {
            if (question.isOf(room)) {
                question.fail(code);
            }
        }
    }

    private final class Question<T> implements Request {
        private final Optional<RoomId> room;
        private final String what;
        private final IntFunction<ClientFrame> frame;
        private final Function<ServerFrame, Optional<T>> answer;
        private final ToIntFunction<T> size;
        private final CompletableFuture<T> promise;
        private final boolean isAskedAgain;
        private boolean isAsked;

        /** The one that it was asked on last. */
        private @Nullable Link link;

        Question(
                Optional<RoomId> room,
                String what,
                boolean isAskedAgain,
                IntFunction<ClientFrame> frame,
                Function<ServerFrame, Optional<T>> answer,
                ToIntFunction<T> size,
                CompletableFuture<T> promise) {
            this.room = room;
            this.what = what;
            this.isAskedAgain = isAskedAgain;
            this.frame = frame;
            this.answer = answer;
            this.size = size;
            this.promise = promise;
        }

        boolean isOf(RoomId other) {
            return room.filter(other::equals).isPresent();
        }

        @Override
        public void answered(ServerFrame answered) {
            Optional<T> result = answer.apply(answered);
            if (result.isPresent()) {
                succeed(result.get());
            } else {
                fail(ErrorCode.INTERNAL); // asked again it would be answered so again
                if (link != null) {
                    link.violated("an answer to another question");
                }
            }
        }

        private void succeed(T result) {
            forget();
            deliveries.deliver(size.applyAsInt(result), () -> promise.complete(result));
            changed.run();
        }

        @Override
        public void refused(ServerFrame.Refused refusal) {
            if (refusal.retry().isPresent() && isAskedAgain) {
                int current = generation;
                loop.after(refusal.retry().get(), () -> {
                    if (current == generation) {
                        isAsked = false;
                        changed.run();
                    }
                });
            } else {
                fail(refusal.code());
                changed.run();
            }
        }

        void fail(ErrorCode code) {
            forget();
            RequestRefusedException failure = new RequestRefusedException(what + " was refused", code);
            deliveries.deliver(0, () -> promise.completeExceptionally(failure));
        }

        private void forget() {
            if (open.remove(this)) {
                reserved.decrementAndGet();
            }
        }
    }
}
