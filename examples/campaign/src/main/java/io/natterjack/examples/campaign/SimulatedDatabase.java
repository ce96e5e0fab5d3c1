package io.natterjack.examples.campaign;

import io.natterjack.core.Cursor;
import io.natterjack.core.Draft;
import io.natterjack.core.Outcome;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.StoreException;
import io.natterjack.core.Terms;
import io.natterjack.core.UserId;
import io.natterjack.server.InMemoryStore;
import io.natterjack.testkit.ForwardingStore;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * A database that outlives the servers of a simulation: it can be away, lose its answers, be set back to an older state, and, for a
 * test of the test, break its contract.
 *
 * <p><b>Threads.</b> One.
 */
final class SimulatedDatabase {
    /** What a broken database does. */
    enum Fault {
        NONE,
        /** Says that it has a message, and hasn't. */
        LOSES,
        /** Keeps a message twice. */
        DOUBLES,
        /** Gives two messages of a sender each other's place. */
        SWAPS,
        /** Leaves some events out whenever they are read. */
        HIDES,
        /** Has a message that nobody sent. */
        INVENTS
    }

    /** What a process that uses the database has to do with an append, as seen from there. */
    enum Answer {
        GIVEN,
        /** It was carried out, and nobody hears of it. */
        LOST_AFTER_COMMIT,
        /** It wasn't carried out. */
        LOST_BEFORE_COMMIT
    }

    private final LongSupplier clock;
    private final Fault fault;
    private final List<List<Draft>> history = new ArrayList<>();
    private InMemoryStore store;
    private Answer nextAnswer = Answer.GIVEN;
    private long awayUntil;
    private int appends;

    SimulatedDatabase(LongSupplier clock, Fault fault) {
        this.clock = clock;
        this.fault = fault;
        this.store = new InMemoryStore(clock);
    }

    /** Doesn't answer until then. */
    void awayUntil(long wallMillis) {
        awayUntil = wallMillis;
    }

    /** Says what becomes of the next append's answer. */
    void next(Answer answer) {
        nextAnswer = answer;
    }

    /** Forgets the last batches that it has committed, and begins a new epoch. Processes may use it: they find out. */
    void setBack(int batches) {
        int kept = Math.max(0, history.size() - batches);
        history.subList(kept, history.size()).clear();
        store = new InMemoryStore(clock);
        history.forEach(store::append);
    }

    /** What was permitted in one epoch has its place in the next one too, when it is set back. */
    private static Draft ofAnyEpoch(Draft draft) {
        return draft.terms()
                .map(terms -> draft.under(new Terms(terms.accessRev(), terms.isOverOthers(), terms.notBefore())))
                .orElse(draft);
    }

    int committedBatches() {
        return history.size();
    }

    /** Returns everything that is in the rooms, as it really is. */
    Map<RoomId, List<RoomEvent>> logs(List<RoomId> rooms) {
        Map<RoomId, List<RoomEvent>> logs = new LinkedHashMap<>();
        rooms.forEach(room -> logs.put(room, store.eventsAfter(room, 0, Integer.MAX_VALUE, Integer.MAX_VALUE)));
        return logs;
    }

    /** Opens a connection for a process. */
    ForwardingStore open() {
        return new Connection();
    }

    private void requireHere() {
        if (clock.getAsLong() < awayUntil) {
            throw new StoreException(StoreException.Kind.UNAVAILABLE, "the database is away");
        }
    }

    private final class Connection extends ForwardingStore {
        Connection() {
            super(() -> store);
        }

        @Override
        protected void beforeCall() {
            requireHere();
        }

        @Override
        public boolean mayBlock() {
            return true;
        }

        @Override
        public List<Outcome> append(List<Draft> batch) {
            beforeCall();
            Answer answer = nextAnswer;
            nextAnswer = Answer.GIVEN;
            if (answer == Answer.LOST_BEFORE_COMMIT) {
                throw new StoreException(StoreException.Kind.UNAVAILABLE, "the connection broke before the commit");
            }
            List<Outcome> outcomes = broken(batch);
            if (answer == Answer.LOST_AFTER_COMMIT) {
                throw new StoreException(StoreException.Kind.UNAVAILABLE, "the connection broke after the commit");
            }
            return outcomes;
        }

        private List<Outcome> broken(List<Draft> batch) {
            Draft first = batch.get(0);
            if (fault == Fault.NONE || ++appends % 25 != 0) {
                return kept(batch);
            }
            switch (fault) {
                case LOSES -> {
                    Cursor head = super.heads(List.of(first.room())).getOrDefault(first.room(), new Cursor(1, 0));
                    List<Outcome> outcomes = new ArrayList<>();
                    outcomes.add(
                            new Outcome.Accepted(new Cursor(head.epoch(), head.seq() + 1), clock.getAsLong(), false));
                    if (batch.size() > 1) {
                        outcomes.addAll(kept(batch.subList(1, batch.size())));
                    }
                    return outcomes;
                }
                case DOUBLES, INVENTS -> {
                    UserId sender = new UserId(fault == Fault.INVENTS ? "nobody" : first.sender() + "'");
                    kept(List.of(new Draft(first.room(), sender, first.clientId(), first.body())));
                    return kept(batch);
                }
                case SWAPS -> {
                    List<Draft> turned = new ArrayList<>(batch);
                    Collections.reverse(turned);
                    List<Outcome> outcomes = new ArrayList<>(kept(turned));
                    Collections.reverse(outcomes);
                    return outcomes;
                }
                default -> {
                    return kept(batch);
                }
            }
        }

        private List<Outcome> kept(List<Draft> batch) {
            List<Outcome> outcomes = super.append(batch);
            List<Draft> accepted = new ArrayList<>();
            for (int i = 0; i < batch.size(); i++) {
                // What was refused must not find its place when the rest is appended again.
                if (outcomes.get(i) instanceof Outcome.Accepted) {
                    accepted.add(ofAnyEpoch(batch.get(i)));
                }
            }
            if (!accepted.isEmpty()) {
                history.add(List.copyOf(accepted));
            }
            return outcomes;
        }

        @Override
        public List<RoomEvent> eventsAfter(RoomId room, long seq, int maxEvents, int maxBytes) {
            List<RoomEvent> events = super.eventsAfter(room, seq, maxEvents, maxBytes);
            return fault == Fault.HIDES
                    ? events.stream().filter(event -> event.seq() % 20 > 0).toList()
                    : events;
        }
    }
}
