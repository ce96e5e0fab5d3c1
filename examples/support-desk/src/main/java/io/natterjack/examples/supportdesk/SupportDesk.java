package io.natterjack.examples.supportdesk;

import io.natterjack.core.ClientId;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.EventKind;
import io.natterjack.core.HistoryQuery;
import io.natterjack.core.LogText;
import io.natterjack.core.Message;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Principal;
import io.natterjack.core.Role;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.RoomKind;
import io.natterjack.core.RoomSettings;
import io.natterjack.core.RoomView;
import io.natterjack.core.Standing;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.AuthResult;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.server.ChangeRefusedException;
import io.natterjack.server.ChatServer;
import io.natterjack.server.HostRoom;
import io.natterjack.server.RolePolicy;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * The desk: a room for each customer, a queue for the agents, and the rules between them. Agents write to the queue what is to be done:
 * {@code take ~desk-ada}, {@code hand ~desk-ada bob}, {@code close ~desk-ada}.
 *
 * <p>The names of the desk's rooms are the {@linkplain RoomId#isServersOwn server's own}, so that no client makes them before the desk.
 */
public final class SupportDesk implements AutoCloseable {
    static final RoomId QUEUE = new RoomId(RoomId.SERVERS_OWN + "queue");
    private static final String DESK = RoomId.SERVERS_OWN + "desk-";
    private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z0-9_.:-]{1,50}");

    private static final String WELCOME = "Welcome! How can we help?";

    private final ChatServer server;
    private final List<UserId> agents;
    private final List<String> transcripts = new CopyOnWriteArrayList<>();

    SupportDesk(MessageStore store, List<UserId> agents) throws Exception {
        this.agents = agents;
        server = ChatServer.builder(request -> CompletableFuture.completedFuture(
                        AuthResult.accepted(Principal.of(new UserId(request.token())))))
                .store(store)
                .port(0)
                .accessPolicy(new RolePolicy().onlyCreatedRooms())
                .listener("desk", this::happened)
                .start();
        try {
            HostRoom queue = server.room(QUEUE);
            makeUnlessThere(queue, "Waiting customers");
            for (UserId agent : agents) {
                addUnlessThere(queue, agent, Role.MEMBER);
            }
        } catch (Exception failure) {
            server.close();
            throw failure;
        }
    }

    int port() {
        return server.port();
    }

    List<String> transcripts() {
        return transcripts;
    }

    /**
     * Makes the room in which a customer talks with the desk; in a shop, whenever they open the page. The room is there from their second
     * visit on, and if the last talk was closed the next one begins.
     */
    RoomId open(UserId customer) throws Exception {
        HostRoom room = server.room(roomOf(customer));
        makeUnlessThere(room, "Support for " + customer);
        addUnlessThere(room, customer, Role.GUEST);
        RoomView view = done(room.view());
        if (view.settings().isArchived()) {
            done(room.post(derived("welcome-" + view.head().seq()), MessageBody.text(WELCOME)));
            done(room.set("{\"archived\":false}"));
        } else {
            done(room.post(derived("welcome"), MessageBody.text(WELCOME)));
        }
        return room.id();
    }

    /** Returns the room of a customer, whose name may have what the name of a room may not, or be longer. */
    static RoomId roomOf(UserId customer) {
        String name = customer.value();
        return new RoomId(DESK + (PLAIN_NAME.matcher(name).matches() ? name : "~" + uuid(name)));
    }

    private static void makeUnlessThere(HostRoom room, String name) throws Exception {
        try {
            done(room.create(RoomSettings.of(RoomKind.PRIVATE, name)));
        } catch (ExecutionException failure) {
            if (!isRefusal(failure, ErrorCode.ROOM_EXISTS)) {
                throw failure;
            }
        }
    }

    private static void addUnlessThere(HostRoom room, UserId user, Role role) throws Exception {
        if (done(room.as(user).view()).standing() == Standing.OUT) {
            done(room.add(user, role));
        }
    }

    /** Hears of every event of every room, in order, and once more if the desk died meanwhile. */
    void happened(RoomEvent event) throws Exception {
        if (event.kind() != EventKind.MESSAGE || event.sender().equals(ChatServer.SYSTEM)) {
            return;
        }
        String text = event.body().text().orElse("");
        if (event.room().equals(QUEUE)) {
            obeyIfUnderstood(event, text.split(" "));
        } else if (event.room().value().startsWith(DESK) && isFirst(event)) {
            post(event, event.room(), "An agent will be with you in a moment.");
            // Its beginning: a whole one and the room's name may be more than a message may have.
            post(event, QUEUE, event.room() + ": " + LogText.escape(text));
        }
    }

    /** Posts what an event leads to: once, though the event may come again. */
    private void post(RoomEvent event, RoomId room, String text) throws Exception {
        try {
            done(server.room(room)
                    .post(derived(uuid(event.room() + " " + event.at()).toString()), MessageBody.text(text)));
        } catch (ExecutionException failure) {
            // It was said in other words before: what it is about was erased meanwhile.
            if (!isRefusal(failure, ErrorCode.CID_CONFLICT)) {
                throw failure;
            }
        }
    }

    private static ClientId derived(String name) {
        return new ClientId(ClientId.SERVERS_OWN + name);
    }

    private static UUID uuid(String name) {
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
    }

    private static boolean isRefusal(ExecutionException failure, ErrorCode code) {
        return failure.getCause() instanceof ChangeRefusedException refused && refused.code() == code;
    }

    /** Tells whether nobody but the desk has written before, since the talk began. */
    private boolean isFirst(RoomEvent event) throws Exception {
        List<Message> before = done(server.room(event.room()).history(HistoryQuery.Direction.BEFORE, event.seq(), 10))
                .messages();
        for (int i = before.size() - 1; i >= 0; i--) {
            if (!before.get(i).sender().equals(ChatServer.SYSTEM)) {
                return false;
            }
            if (before.get(i).body().equals(MessageBody.text(WELCOME))) {
                return true;
            }
        }
        return true;
    }

    /** What nobody can obey is passed over: an event that fails comes again and again, and holds up what is behind it. */
    private void obeyIfUnderstood(RoomEvent event, String[] words) throws Exception {
        UserId agent = event.sender();
        try {
            obey(event, words);
        } catch (IllegalArgumentException noSuchName) {
            post(event, QUEUE, "I don't understand that, " + agent + ".");
        } catch (ExecutionException failure) {
            if (!(failure.getCause() instanceof ChangeRefusedException refused && refused.isFinal())) {
                throw failure;
            }
            post(event, QUEUE, "That can't be, " + agent + ": " + refused.code());
        }
    }

    private void obey(RoomEvent event, String[] words) throws Exception {
        if (words.length < 2 || !words[1].startsWith(DESK)) {
            return;
        }
        UserId agent = event.sender();
        HostRoom room = server.room(new RoomId(words[1]));
        if (!done(room.view()).isCreated()) {
            throw new IllegalArgumentException("no customer has that room");
        }
        switch (words[0]) {
            case "take" -> {
                addUnlessThere(room, agent, Role.MEMBER);
                post(event, room.id(), agent + " is here for you.");
            }
            case "hand" -> {
                UserId next = new UserId(words.length > 2 ? words[2] : "");
                if (agents.contains(next)) {
                    addUnlessThere(room, next, Role.MEMBER);
                    post(event, room.id(), agent + " hands over to " + next + ".");
                    done(room.remove(agent));
                }
            }
            case "close" -> {
                post(event, room.id(), "This talk is closed. Thank you!");
                done(room.set("{\"archived\":true}"));
                transcripts.add(Transcript.of(room));
            }
            default -> {}
        }
    }

    static <T> T done(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        server.close();
    }

    /** Runs a day at the desk. */
    public static void main(String[] arguments) throws Exception {
        System.out.println(Day.run());
    }
}
