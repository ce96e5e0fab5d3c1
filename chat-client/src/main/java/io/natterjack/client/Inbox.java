package io.natterjack.client;

import io.natterjack.core.InboxEntry;
import io.natterjack.core.LogText;
import io.natterjack.core.RoomId;
import io.natterjack.core.wire.PeopleRequest;
import io.natterjack.core.wire.ServerSignal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rooms that this user belongs to or is invited to, with what is new in each; kept up to date while the client is online. What a signal
 * says has changed is asked for, so that nothing depends on a signal that gets lost for longer than until the next one, or {@link #refresh}.
 *
 * <p><b>Threads.</b> Any thread may call any method; the listener is called on the client's listener executor.
 *
 * <p><b>Bounded.</b> {@value #MAX_ROOMS} rooms, those in which something happened last.
 */
public final class Inbox implements AutoCloseable {
    /** The most rooms that are kept. */
    public static final int MAX_ROOMS = 1_000;

    /** How long after one that failed the rooms are loaded again. */
    private static final Duration RETRY = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(Inbox.class);
    private static final Comparator<InboxEntry> LATEST_FIRST =
            Comparator.comparingLong(InboxEntry::timestamp).reversed();

    private final ChatClient client;
    private final Consumer<Inbox> listener;
    private final Consumer<ServerSignal> signals = this::onSignal;
    private final Runnable comesBack = this::onOnline;
    private final Object lock = new Object();

    // Guarded by lock.
    private final Map<RoomId, InboxEntry> entries = new HashMap<>();
    private final Set<RoomId> changed = new LinkedHashSet<>();

    /** Of what signals came since the last time that all was asked for. */
    private final Set<RoomId> signalled = new LinkedHashSet<>();

    private boolean asking;

    /** Counts the loads, since the newest counts alone. */
    private int loads;

    /** Whether no page of the newest load has come. */
    private boolean beginning;

    private boolean closed;

    private Inbox(ChatClient client, Consumer<Inbox> listener) {
        this.client = client;
        this.listener = listener;
    }

    /**
     * Opens the inbox; {@code listener} is called when it has loaded, and whenever it has changed. Until then it is empty. What can't be
     * loaded isn't told: the list stays as it is, and is loaded again a little later, or with the next session.
     */
    public static Inbox open(ChatClient client, Consumer<Inbox> listener) {
        Inbox inbox = new Inbox(client, listener);
        client.engine().listen(inbox.signals);
        client.engine().whenOnline(inbox.comesBack);
        inbox.refresh();
        return inbox;
    }

    /** Returns the rooms, the one in which something happened last first. */
    public List<InboxEntry> entries() {
        synchronized (lock) {
            List<InboxEntry> sorted = new ArrayList<>(entries.values());
            sorted.sort(LATEST_FIRST);
            return sorted;
        }
    }

    /** Loads everything anew. Happens by itself whenever the client is online again, and after a load that has failed. */
    public void refresh() {
        int load;
        synchronized (lock) {
            if (closed) {
                return;
            }
            signalled.clear();
            beginning = true;
            load = ++loads;
        }
        load(load, Optional.empty(), new HashMap<>());
    }

    private void onOnline() {
        boolean isAsked;
        synchronized (lock) {
            isAsked = beginning; // and will be answered on this connection
        }
        if (!isAsked) {
            refresh();
        }
    }

    private void load(int load, Optional<String> cursor, Map<RoomId, InboxEntry> loaded) {
        client.inbox(cursor, PeopleRequest.MAX_ROOMS).whenComplete((page, failure) -> {
            if (!goesOn(load)) {
                return;
            }
            if (page == null) {
                failed(load, failure);
                return;
            }
            page.entries().forEach(entry -> loaded.put(entry.room(), entry));
            if (page.cursor().isPresent() && loaded.size() < MAX_ROOMS) {
                load(load, page.cursor(), loaded);
            } else {
                loaded(loaded);
            }
        });
    }

    private boolean goesOn(int load) {
        synchronized (lock) {
            if (closed || load != loads) {
                return false;
            }
            beginning = false;
            return true;
        }
    }

    private void loaded(Map<RoomId, InboxEntry> loaded) {
        List<RoomId> since;
        synchronized (lock) {
            entries.clear();
            entries.putAll(loaded);
            since = new ArrayList<>(signalled);
            signalled.clear();
        }
        tell();
        since.forEach(this::ask); // what was loaded may be older than what was said of it meanwhile
    }

    private void failed(int load, Throwable failure) {
        if (client.state() == ClientState.CLOSED) {
            return;
        }
        LOG.warn("The inbox couldn't be loaded and is tried again: {}", LogText.escape(String.valueOf(failure)));
        client.engine().tellAfter(RETRY, () -> {
            if (goesOn(load)) {
                refresh();
            }
        });
    }

    /** Has the listener called on its executor, unless the inbox is closed by then. */
    private void tell() {
        client.engine().tell(() -> {
            boolean isOpen;
            synchronized (lock) {
                isOpen = !closed;
            }
            if (isOpen) {
                listener.accept(this);
            }
        });
    }

    private void onSignal(ServerSignal signal) {
        if (signal instanceof ServerSignal.Bump bump) {
            ask(bump.room());
        } else if (signal instanceof ServerSignal.Standing standing) {
            ask(standing.room());
        } else if (signal instanceof ServerSignal.Notified notified) {
            ask(notified.room());
        } else if (signal instanceof ServerSignal.Marked marked
                && client.user().filter(marked.user()::equals).isPresent()) {
            ask(marked.room());
        }
    }

    /** Asks how a room is now. What changes while it is asked is asked for after that, all at once. */
    private void ask(RoomId room) {
        List<RoomId> rooms = new ArrayList<>();
        synchronized (lock) {
            changed.add(room);
            if (signalled.size() < MAX_ROOMS) {
                signalled.add(room);
            }
            if (asking) {
                return;
            }
            asking = true;
            take(rooms);
        }
        ask(rooms);
    }

    /** Guarded by lock. */
    private void take(List<RoomId> rooms) {
        for (RoomId each : new ArrayList<>(changed)) {
            if (rooms.size() < PeopleRequest.MAX_ROOMS) {
                rooms.add(each);
                changed.remove(each);
            }
        }
    }

    private void ask(List<RoomId> rooms) {
        client.inbox(rooms).whenComplete((found, failure) -> {
            List<RoomId> next = new ArrayList<>();
            synchronized (lock) {
                if (found != null) {
                    rooms.forEach(entries::remove);
                    found.forEach(entry -> entries.put(entry.room(), entry));
                    dropOldest();
                    take(next);
                } else if (changed.size() < MAX_ROOMS) {
                    changed.addAll(rooms); // they are asked for with what changes next
                }
                asking = !next.isEmpty();
            }
            if (found != null) {
                tell();
            }
            if (!next.isEmpty()) {
                ask(next);
            }
        });
    }

    /** Guarded by lock. */
    private void dropOldest() {
        while (entries.size() > MAX_ROOMS) {
            entries.remove(Collections.max(entries.values(), LATEST_FIRST).room());
        }
    }

    /** Ends the listening; what is here stays as it is. The listener isn't called any more but for a call that is being made. */
    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
        }
        client.engine().stopListening(signals);
        client.engine().stopRunning(comesBack);
    }
}
