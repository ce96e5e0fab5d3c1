package io.natterjack.server.session;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.DeviceId;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.Message;
import io.natterjack.core.MessageBody;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.SessionId;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.Ping;
import io.natterjack.core.wire.Pong;
import io.natterjack.core.wire.RoomCursor;
import io.natterjack.core.wire.ServerFrame;
import io.natterjack.core.wire.ServerFrame.Joined.Mode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/** A client that obeys docs/protocol.md, step by step, on connections that come and go. */
final class SimulatedClient {
    static final String POISON = "poison";

    private enum State {
        NEW,
        SENT,
        REFUSED
    }

    private static final class Entry {
        final ClientId id;
        final MessageBody body;
        State state = State.NEW;
        boolean resend;

        Entry(ClientId id, MessageBody body) {
            this.id = id;
            this.body = body;
        }
    }

    /** What the client knows of one room. */
    private static final class View {
        final RoomId room;
        final TreeMap<Long, ClientId> memory = new TreeMap<>();
        final List<Entry> outbox = new ArrayList<>();
        final List<RoomEvent> held = new ArrayList<>();
        Optional<Cursor> cursor = Optional.empty();
        Optional<Cursor> gapTo = Optional.empty();
        long from;
        long changesSince;
        int pageId;
        long pageAt;
        long retryAt;
        long joinAt;
        boolean wanted = true;
        boolean joining;
        boolean joined;
        boolean leaving;
        /** Whether what was refused goes out again, in order, one after another. */
        boolean resending;

        View(RoomId room) {
            this.room = room;
        }

        void reset() {
            outbox.forEach(entry -> {
                entry.resend |= entry.state != State.NEW;
                entry.state = State.NEW;
            });
            held.clear();
            gapTo = Optional.empty();
            retryAt = 0;
            joinAt = 0;
            joining = false;
            joined = false;
            leaving = false;
            resending = false;
            pageId = 0;
            pageAt = 0;
            wanted = true;
        }
    }

    private final String name;
    private final String user;
    private final Random random;
    private final LongSupplier millis;
    private final SimulationCheck check;
    private final Function<String, SimulatedConnection> connector;
    private final Map<RoomId, View> views = new LinkedHashMap<>();
    private final Map<Integer, LongConsumer> ifRefused = new HashMap<>();
    private final Queue<SimulatedConnection> halfOpen = new ArrayDeque<>();
    private Optional<SimulatedConnection> link = Optional.empty();
    private Optional<SessionId> session = Optional.empty();
    private boolean welcome;
    private boolean hasty = true;
    private long readsAt;
    private long connectAt;
    private int ids;
    private int links;
    private int messages;

    SimulatedClient(
            String name,
            String user,
            List<RoomId> rooms,
            Random random,
            LongSupplier millis,
            SimulationCheck check,
            Function<String, SimulatedConnection> connector) {
        this.name = name;
        this.user = user;
        this.random = random;
        this.millis = millis;
        this.check = check;
        this.connector = connector;
        rooms.forEach(room -> views.put(room, new View(room)));
    }

    // What the simulation makes it do.

    void write() {
        View view = anyView();
        boolean poisoned = random.nextInt(30) == 0;
        ClientId id = new ClientId(name + "-" + ++messages + (poisoned ? "-" + POISON : ""));
        check.wrote(name, view.room, id);
        view.outbox.add(new Entry(id, MessageBody.text("x".repeat(random.nextInt(300)))));
    }

    void joinAgain() {
        View view = anyView();
        if (view.joined && !view.joining && !view.leaving && view.gapTo.isEmpty()) {
            join(view);
        }
    }

    void leave() {
        View view = anyView();
        if (view.joined && !view.joining && !view.leaving) {
            view.leaving = true;
            request(id -> new ClientFrame.Leave(id, view.room), wait -> view.leaving = false);
        }
    }

    /** The connection breaks; the server may hear of it only later. */
    void lose() {
        link.ifPresent(lost -> {
            halfOpen.add(lost);
            disconnected();
        });
    }

    void breakHalfOpen() {
        while (!halfOpen.isEmpty()) {
            halfOpen.remove().lose();
        }
    }

    private void disconnected() {
        link = Optional.empty();
        welcome = false;
        ifRefused.clear();
        views.values().forEach(View::reset);
        connectAt = millis.getAsLong() + random.nextInt(500);
    }

    void carryUp(int most) {
        link.ifPresent(up -> up.carryUp(most));
        halfOpen.forEach(up -> up.carryUp(most));
    }

    /** It reads nothing for a while. */
    void dawdle(long forMillis) {
        readsAt = millis.getAsLong() + forMillis;
    }

    void read(int most) {
        for (int i = 0; i < most && millis.getAsLong() >= readsAt && link.isPresent(); i++) {
            Optional<ServerFrame> frame = link.get().carryDown();
            if (frame.isEmpty()) {
                break;
            }
            handle(frame.get());
        }
        if (link.isPresent() && link.get().isOver()) {
            check.reached(link.get().toString().replaceFirst(".*? ", ""));
            SimulationCheck.require(link.get().isFairlyClosed(), name + " was closed: " + link.get());
            link.get().lose();
            disconnected();
        }
    }

    /** Does what is due. */
    void tick() {
        if (link.isEmpty()) {
            if (millis.getAsLong() >= connectAt) {
                connect();
            }
            return;
        }
        if (welcome) {
            views.values().forEach(this::tick);
        }
    }

    private void tick(View view) {
        long now = millis.getAsLong();
        if (view.wanted && !view.joined && !view.joining && now >= view.joinAt) {
            join(view);
        }
        if (!view.joined || view.leaving) {
            return;
        }
        if (view.gapTo.isPresent() && view.pageId == 0 && now >= view.pageAt) {
            askForChanges(view);
        }
        boolean refused = view.outbox.stream().anyMatch(entry -> entry.state == State.REFUSED);
        long underWay =
                view.outbox.stream().filter(entry -> entry.state == State.SENT).count();
        view.resending |= underWay == 0 && now >= view.retryAt;
        if (!refused || view.resending) {
            view.outbox.stream()
                    .filter(entry -> entry.state != State.SENT)
                    .limit(Math.max(0, hasty ? 25 - underWay : 1))
                    .forEach(entry -> send(view, entry));
        }
    }

    private void send(View view, Entry entry) {
        entry.state = State.SENT;
        sendFrame(new ClientFrame.Send(0, view.room, entry.id, entry.body, entry.resend));
        entry.resend = true;
    }

    /** From now on it wants all rooms, and keeps to the limits. */
    void calmDown() {
        hasty = false;
        readsAt = 0;
        views.values().forEach(view -> view.wanted = true);
    }

    boolean isDone() {
        return views.values().stream().allMatch(view -> view.joined && view.outbox.isEmpty() && view.gapTo.isEmpty());
    }

    String state() {
        StringBuilder text = new StringBuilder(name + " linked " + link.isPresent() + " welcome " + welcome);
        views.values()
                .forEach(view -> text.append("; ")
                        .append(view.room)
                        .append(" joined ")
                        .append(view.joined)
                        .append(" gap ")
                        .append(view.gapTo.isPresent())
                        .append(" outbox ")
                        .append(view.outbox.size()));
        return text.toString();
    }

    void checkMemory(Map<RoomId, List<RoomEvent>> logs) {
        views.values().forEach(view -> check.has(name, view.room, view.from, view.memory, logs.get(view.room)));
    }

    private View anyView() {
        return List.copyOf(views.values()).get(random.nextInt(views.size()));
    }

    private void connect() {
        SimulatedConnection made = connector.apply(name + "#" + ++links);
        link = Optional.of(made);
        List<RoomCursor> rooms = new ArrayList<>();
        if (random.nextBoolean()) {
            views.values().forEach(view -> {
                view.joining = true;
                rooms.add(new RoomCursor(view.room, view.cursor));
            });
        }
        sendFrame(new ClientFrame.Hello(++ids, user, new DeviceId(name), session, rooms));
    }

    private void join(View view) {
        view.joining = true;
        request(id -> new ClientFrame.Join(id, view.room, view.cursor, 0), wait -> joinLater(view, wait));
    }

    private void joinLater(View view, long delay) {
        view.joining = false;
        view.joined = false;
        view.joinAt = millis.getAsLong() + delay;
    }

    private void askForChanges(View view) {
        long epoch = view.cursor.orElseThrow().epoch();
        view.pageId = request(
                id -> new ClientFrame.Changes(id, view.room, OptionalLong.of(epoch), view.changesSince, 20), wait -> {
                    view.pageId = 0;
                    view.pageAt = millis.getAsLong() + wait;
                });
    }

    private int request(Function<Integer, ClientFrame> frame, LongConsumer onRefusal) {
        int id = ++ids;
        ifRefused.put(id, onRefusal);
        sendFrame(frame.apply(id));
        return id;
    }

    private void sendFrame(ClientFrame frame) {
        link.orElseThrow().send(frame);
    }

    // What the server sends.

    private void handle(ServerFrame frame) {
        if (frame instanceof ServerFrame.Welcome in) {
            welcome = true;
            session = Optional.of(in.session());
        } else if (frame instanceof ServerFrame.Joined joined) {
            joined(views.get(joined.room()), joined);
        } else if (frame instanceof ServerFrame.Left left) {
            left(views.get(left.room()));
        } else if (frame instanceof ServerFrame.Ev ev) {
            ev.events().forEach(event -> event(views.get(ev.room()), event));
        } else if (frame instanceof ServerFrame.Ack ack) {
            check.reached(ack.isDuplicate() ? "DUPLICATE" : "ACK");
            check.acked(ack.clientId(), ack.at());
            views.get(ack.room()).outbox.removeIf(entry -> entry.id.equals(ack.clientId()));
        } else if (frame instanceof ServerFrame.Messages page) {
            page(views.get(page.room()), page);
        } else if (frame instanceof ServerFrame.Refused refused) {
            refused(refused);
        } else if (frame instanceof Ping) {
            sendFrame(new Pong());
        }
    }

    private void joined(View view, ServerFrame.Joined joined) {
        check.joined(link.orElseThrow(), view.room, joined.after());
        SimulationCheck.require(joined.base().isEmpty(), "the past is gone: " + joined);
        check.reached(joined.mode());
        view.joining = false;
        view.joined = true;
        view.held.clear();
        view.gapTo = Optional.empty();
        if (joined.mode() == Mode.GAP) {
            view.gapTo = Optional.of(joined.head());
            view.changesSince = view.cursor.orElseThrow().seq();
            askForChanges(view);
        } else if (view.cursor.isEmpty()) {
            view.from = joined.after();
            view.cursor = Optional.of(new Cursor(joined.head().epoch(), joined.after()));
        }
    }

    private void left(View view) {
        check.left(link.orElseThrow(), view.room);
        view.joined = false;
        view.leaving = false;
        view.held.clear();
        view.gapTo = Optional.empty();
        view.wanted = random.nextBoolean();
    }

    private void event(View view, RoomEvent event) {
        check.saw(link.orElseThrow(), event);
        if (view.gapTo.isPresent()) {
            view.held.add(event);
        } else {
            apply(view, event);
        }
    }

    private static void apply(View view, RoomEvent event) {
        if (event.seq() == view.cursor.orElseThrow().seq() + 1) {
            view.memory.put(event.seq(), event.clientId());
            view.cursor = Optional.of(event.at());
        }
    }

    private void page(View view, ServerFrame.Messages page) {
        if (view.gapTo.isEmpty() || page.id() != view.pageId) {
            return;
        }
        for (Message message : page.page().messages()) {
            view.memory.put(message.seq(), message.clientId());
            view.changesSince = message.rev();
        }
        if (page.page().hasMore()) {
            askForChanges(view);
            return;
        }
        view.cursor = view.gapTo;
        view.gapTo = Optional.empty();
        view.held.forEach(event -> apply(view, event));
        view.held.clear();
    }

    private void refused(ServerFrame.Refused refused) {
        check.reached(refused.code());
        long retry = refused.retry().map(wait -> wait.toMillis()).orElse(0L);
        if (refused.clientId().isPresent()) {
            View view = views.get(refused.room().orElseThrow());
            ClientId id = refused.clientId().get();
            if (refused.retry().isPresent()) {
                view.resending = false;
                view.retryAt = Math.max(view.retryAt, millis.getAsLong() + retry);
                view.outbox.stream().filter(entry -> entry.id.equals(id)).forEach(entry -> entry.state = State.REFUSED);
            } else {
                boolean expected =
                        refused.code() == ErrorCode.INTERNAL && id.value().contains(POISON);
                SimulationCheck.require(expected, "refused for good: " + refused);
                check.refusedForGood(id);
                view.outbox.removeIf(entry -> entry.id.equals(id));
            }
        } else if (refused.id() > 0) {
            Optional.ofNullable(ifRefused.remove(refused.id())).ifPresent(onRefusal -> onRefusal.accept(retry));
        } else {
            refused.room().ifPresent(room -> joinLater(views.get(room), retry));
        }
    }
}
