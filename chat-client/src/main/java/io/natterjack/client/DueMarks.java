package io.natterjack.client;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Rooms of which it is to be said how far this user is. A client that comes back has something to say of all its rooms at once, far more
 * than the server takes at once from anybody: it is said as the pace allows, in turn, behind all that is asked and sent. What the user
 * has read goes first: nobody else says that. Lane only.
 */
final class DueMarks {
    private final Set<RoomSignals> due = new LinkedHashSet<>();

    void add(RoomSignals signals) {
        due.add(signals);
    }

    /** Says what the pace allows now. */
    void say() {
        if (say(RoomSignals::hasReadMore)) {
            say(any -> true);
        }
    }

    /** Returns false if the pace allows no more. */
    private boolean say(Predicate<RoomSignals> which) {
        Iterator<RoomSignals> all = due.iterator();
        while (all.hasNext()) {
            RoomSignals signals = all.next();
            if (which.test(signals)) {
                if (!signals.sayMark()) {
                    return false;
                }
                all.remove();
            }
        }
        return true;
    }

    /** There is no connection: each room begins anew on the next. */
    void clear() {
        due.clear();
    }
}
