package io.natterjack.store.redis;

import io.natterjack.core.Cursor;
import io.natterjack.core.Draft;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.Outcome;
import io.natterjack.core.RoomId;
import io.natterjack.core.StoreException;
import io.natterjack.core.Terms;
import io.natterjack.core.spi.DraftRules;
import io.natterjack.core.spi.Fence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Appends batches, each room of one by itself, all at once.
 *
 * <p>Plain messages need one call of a script, which decides all there is to decide. Drafts that are about other messages, or that change
 * the room, are decided here, upon what Redis has, and written if that is still so; if not, they are decided again.
 *
 * <p><b>Threads.</b> Any thread may call, and waits for Redis.
 */
final class Appends {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** After how many tries in vain plain messages have to let others write. */
    private static final int PATIENT_ATTEMPTS = 3;

    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(4);

    private final Calls calls;
    private final Keys keys;

    Appends(Calls calls, Keys keys) {
        this.calls = calls;
        this.keys = keys;
    }

    /** The drafts of one room, and where they are in their batch. */
    private static final class Part {
        final RoomId room;
        final List<Draft> drafts = new ArrayList<>();
        final List<Integer> places = new ArrayList<>();
        boolean plain = true;
        List<Outcome> outcomes = List.of();

        Part(RoomId room) {
            this.room = room;
        }

        void add(Draft draft, int place) {
            drafts.add(draft);
            places.add(place);
            plain &= draft.change().isEmpty() && draft.target().isEmpty();
        }
    }

    List<Outcome> append(List<Draft> batch, @Nullable Fence fence) {
        if (batch.isEmpty()) {
            throw new IllegalArgumentException("a batch must have at least one draft");
        }
        Map<RoomId, Part> parts = new LinkedHashMap<>();
        for (int i = 0; i < batch.size(); i++) {
            Draft draft = batch.get(i);
            parts.computeIfAbsent(draft.room(), Part::new).add(draft, i);
        }
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        List<Part> open = List.copyOf(parts.values());
        for (int attempt = 1; !open.isEmpty(); attempt++) {
            if (attempt > 1) {
                pause(open, deadline);
            }
            boolean urgent = attempt > PATIENT_ATTEMPTS;
            List<Part> plain = tryPlain(open.stream().filter(part -> part.plain).toList(), fence);
            List<Part> planned =
                    tryPlanned(open.stream().filter(part -> !part.plain).toList(), fence, urgent);
            open = Stream.concat(plain.stream(), planned.stream()).toList();
        }
        Outcome[] outcomes = new Outcome[batch.size()];
        for (Part part : parts.values()) {
            for (int i = 0; i < part.places.size(); i++) {
                outcomes[part.places.get(i)] = part.outcomes.get(i);
            }
        }
        return List.copyOf(Arrays.asList(outcomes));
    }

    private static void pause(List<Part> open, long deadline) {
        if (System.nanoTime() > deadline) {
            throw new StoreException(StoreException.Kind.UNAVAILABLE, "Room " + open.get(0).room + " is too busy");
        }
        LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(LONGEST_PAUSE_NANOS));
    }

    // ---- plain messages

    /** Returns those that have to let somebody else write first. */
    private List<Part> tryPlain(List<Part> parts, @Nullable Fence fence) {
        List<Reply> replies =
                calls.all(parts.stream().map(part -> plain(part, fence)).toList());
        List<Part> again = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            Reply reply = replies.get(i);
            if (reply.isConflict()) {
                again.add(parts.get(i));
            } else {
                List<Outcome> outcomes = new ArrayList<>();
                for (int n = 0; n < reply.size(); n++) {
                    outcomes.add(outcome(reply.epoch(), reply.text(n)));
                }
                parts.get(i).outcomes = outcomes;
            }
        }
        return again;
    }

    private Call plain(Part part, @Nullable Fence fence) {
        RoomId room = part.room;
        int partition = Keys.partition(room);
        List<String> all = List.of(
                keys.fences(partition),
                keys.room(room),
                keys.log(room),
                keys.bodies(room),
                keys.sent(room),
                keys.cancelled(room),
                keys.changedRooms(partition),
                keys.listeners(partition),
                keys.behind(partition),
                keys.heard(partition),
                keys.mentions(room),
                keys.turn(room));
        List<String> arguments = new ArrayList<>(3 + 6 * part.drafts.size());
        arguments.add(fence == null ? "" : fence.name());
        arguments.add(fence == null ? "0" : String.valueOf(fence.generation()));
        arguments.add(room.value());
        for (Draft draft : part.drafts) {
            arguments.add(draft.sender().value());
            arguments.add(draft.clientId().value());
            arguments.add(draft.contentHash());
            arguments.add(draft.terms().map(Appends::permitted).orElse(""));
            arguments.add(draft.body().json());
            arguments.add(Entries.mentioned(draft.body()));
        }
        return new Call(partition, Script.APPEND, all, arguments, 0);
    }

    private static String permitted(Terms terms) {
        return terms.accessRev() + " " + terms.epoch();
    }

    private static Outcome outcome(long epoch, String text) {
        return switch (text.charAt(0)) {
            case 'A' -> {
                String[] parts = text.split(" ", 3);
                yield new Outcome.Accepted(
                        new Cursor(epoch, Long.parseLong(parts[1])), Long.parseLong(parts[2]), false);
            }
            case 'D' -> Entries.first(epoch, text.split(" ", 4));
            case 'X' -> Outcome.Refused.forGood(ErrorCode.CID_CONFLICT);
            case 'R' -> Outcome.Refused.forGood(ErrorCode.TARGET_REVOKED);
            case 'N' -> Outcome.Refused.forGood(ErrorCode.NO_ROOM);
            default -> DraftRules.stale();
        };
    }

    // ---- the rest

    /** Returns those that somebody else got in the way of. */
    private List<Part> tryPlanned(List<Part> parts, @Nullable Fence fence, boolean urgent) {
        List<PlannedAppend> tries = parts.stream()
                .map(part -> new PlannedAppend(keys, part.room, part.drafts, fence, urgent))
                .toList();
        List<PlannedAppend> open = tries;
        while (!open.isEmpty()) {
            List<Reply> replies = calls.all(
                    open.stream().flatMap(each -> each.next().stream()).toList());
            for (int i = 0; i < replies.size(); i++) {
                open.get(i).answered(replies.get(i));
            }
            open = open.stream().filter(each -> each.next().isPresent()).toList();
        }
        List<Part> again = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            parts.get(i).outcomes = tries.get(i).outcomes();
            if (tries.get(i).isConflict()) {
                again.add(parts.get(i));
            }
        }
        return again;
    }
}
