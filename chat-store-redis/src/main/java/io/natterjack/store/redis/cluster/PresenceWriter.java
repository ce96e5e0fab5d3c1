package io.natterjack.store.redis.cluster;

import io.natterjack.core.UserId;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what this node says of people in step with what it has to say. Only changes are written, the last one if several came; at most
 * {@value #MAX_UNANSWERED} people's at a time, however many there are.
 *
 * <p><b>Threads.</b> The presence lane only.
 */
final class PresenceWriter {
    static final int MAX_UNANSWERED = 256;

    /** One person, as long as something is or may be said of them. */
    private static final class Person {
        @Nullable
        PresenceEntry wanted;

        long goneAt;

        @Nullable
        PresenceEntry written;
        // What the others have been told of, and need not be told of again unless Redis had forgotten it.
        @Nullable
        PresenceEntry told;
        // False if certainly nothing is said of them under the present lease.
        boolean mayBeThere;
        boolean writing;
        boolean again;
        boolean queued;
    }

    private final PresenceEntries entries;
    private final Executor lane;
    private final Consumer<UserId> announcer;
    private final Map<UserId, Person> people = new HashMap<>();
    private final Queue<UserId> queue = new ArrayDeque<>();
    private String lease;
    private int unanswered;
    private boolean paused;
    private boolean closed;

    /** Makes one that tells {@code announcer} of each change once it's written. */
    PresenceWriter(PresenceEntries entries, String lease, Executor lane, Consumer<UserId> announcer) {
        this.entries = entries;
        this.lease = lease;
        this.lane = lane;
        this.announcer = announcer;
    }

    /** Says {@code entry} of {@code user} from now on. */
    void say(UserId user, PresenceEntry entry) {
        Person person = people.computeIfAbsent(user, first -> new Person());
        person.wanted = entry;
        enqueue(user, person);
        pump();
    }

    /** Says nothing of {@code user} any more, who went at {@code at}. */
    void sayNothing(UserId user, long at) {
        Person person = people.get(user);
        if (person != null) {
            person.wanted = null;
            person.goneAt = at;
            enqueue(user, person);
            pump();
        }
    }

    private void enqueue(UserId user, Person person) {
        if (!person.queued && !person.writing) {
            person.queued = true;
            queue.add(user);
        }
    }

    /** Tells whether all is written that is to be said of {@code user}. */
    boolean isSettled(UserId user) {
        Person person = people.get(user);
        return person == null || !person.queued && !person.writing;
    }

    /** Tells whether nothing is left to do. */
    boolean isIdle() {
        return unanswered == 0 && queue.isEmpty();
    }

    /** Says it all again under another lease. */
    void relet(String next) {
        lease = next;
        people.forEach((user, person) -> {
            person.written = null;
            person.told = null;
            person.mayBeThere = false;
            enqueue(user, person);
        });
        resume();
    }

    /** Says it all again under the same lease: some of it may have been forgotten. */
    void sayAgain() {
        people.forEach((user, person) -> {
            person.again = person.writing;
            person.written = null;
            enqueue(user, person);
        });
        pump();
    }

    /** Goes on after something couldn't be written. */
    void resume() {
        paused = false;
        pump();
    }

    /** Writes no more. */
    void close() {
        closed = true;
    }

    private void pump() {
        while (!closed && !paused && unanswered < MAX_UNANSWERED) {
            UserId user = queue.poll();
            if (user == null) {
                return;
            }
            Person person = people.get(user);
            if (person != null) {
                person.queued = false;
                write(user, person);
            }
        }
    }

    private void write(UserId user, Person person) {
        PresenceEntry wanted = person.wanted;
        if (wanted == null && !person.mayBeThere) {
            people.remove(user);
            return;
        }
        if (wanted != null && wanted.equals(person.written)) {
            return;
        }
        person.writing = true;
        person.mayBeThere = true;
        person.written = null;
        unanswered++;
        String under = lease;
        if (wanted == null) {
            entries.remove(under, user, person.goneAt)
                    .whenComplete((nothing, failure) ->
                            lane.execute(() -> written(user, person, under, null, failure == null, true)));
        } else {
            entries.write(under, user, wanted)
                    .whenComplete((changed, failure) -> lane.execute(() ->
                            written(user, person, under, wanted, failure == null, !Boolean.FALSE.equals(changed))));
        }
    }

    private void written(
            UserId user, Person person, String under, @Nullable PresenceEntry what, boolean done, boolean changed) {
        unanswered--;
        person.writing = false;
        boolean again = person.again;
        person.again = false;
        boolean told = !changed && what != null && what.equals(person.told);
        // Of a failure nobody knows what it has changed.
        person.told = done && under.equals(lease) ? what : null;
        if (!under.equals(lease)) {
            // What was begun under the former lease counts no more; relet couldn't put it in the queue then.
            person.mayBeThere = false;
            enqueue(user, person);
        } else if (!done) {
            paused = true;
            enqueue(user, person);
        } else {
            person.mayBeThere = what != null;
            person.written = again ? null : what;
            enqueue(user, person);
            if (!told) {
                announcer.accept(user);
            }
        }
        pump();
    }
}
