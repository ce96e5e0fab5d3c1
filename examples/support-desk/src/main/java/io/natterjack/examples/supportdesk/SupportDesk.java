package io.natterjack.examples.supportdesk;

import io.natterjack.core.EventKind;
import io.natterjack.core.HistoryQuery;
import io.natterjack.core.Message;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Principal;
import io.natterjack.core.Role;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.RoomKind;
import io.natterjack.core.RoomSettings;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.AuthResult;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.server.ChangeRefusedException;
import io.natterjack.server.ChatServer;
import io.natterjack.server.HostRoom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * The desk: a room for each customer, a queue for the agents, and the rules between them. Agents write to the queue what is to be done:
 * {@code take desk-ada}, {@code hand desk-ada bob}, {@code close desk-ada}.
 */
public final class SupportDesk implements AutoCloseable {
    static final RoomId QUEUE = new RoomId("queue");
    private static final String DESK = "desk-";

    private final ChatServer server;
    private final List<UserId> agents;
    private final List<String> transcripts = new CopyOnWriteArrayList<>();

    SupportDesk(MessageStore store, List<UserId> agents) throws Exception {
        this.agents = agents;
        server = ChatServer.builder(request -> CompletableFuture.completedFuture(
                        AuthResult.accepted(Principal.of(new UserId(request.token())))))
                .store(store)
                .port(0)
                .listener("desk", this::happened)
                .start();
        done(server.room(QUEUE).create(RoomSettings.of(RoomKind.PRIVATE, "Waiting customers")));
        for (UserId agent : agents) {
            done(server.room(QUEUE).add(agent, Role.MEMBER));
        }
    }

    int port() {
        return server.port();
    }

    List<String> transcripts() {
        return transcripts;
    }

    /** Makes the room in which a customer talks with the desk; in a shop, when they open the page. */
    RoomId open(UserId customer) throws Exception {
        HostRoom room = server.room(new RoomId(DESK + customer.value()));
        done(room.create(RoomSettings.of(RoomKind.PRIVATE, "Support for " + customer)));
        done(room.add(customer, Role.GUEST));
        done(room.post(MessageBody.text("Welcome! How can we help?")));
        return room.id();
    }

    /** Hears of every event of every room, in order, and once more if the desk died meanwhile. */
    private void happened(RoomEvent event) throws Exception {
        if (event.kind() != EventKind.MESSAGE || event.sender().equals(ChatServer.SYSTEM)) {
            return;
        }
        String text = event.body().text().orElse("");
        if (event.room().equals(QUEUE)) {
            obeyIfUnderstood(event.sender(), text.split(" "));
        } else if (event.room().value().startsWith(DESK) && isFirst(event)) {
            done(server.room(event.room()).post(MessageBody.text("An agent will be with you in a moment.")));
            done(server.room(QUEUE).post(MessageBody.text(event.room() + ": " + text)));
        }
    }

    /** Tells whether nobody but the desk has written before. */
    private boolean isFirst(RoomEvent event) throws Exception {
        return done(server.room(event.room()).history(HistoryQuery.Direction.BEFORE, event.seq(), 10))
                .messages()
                .stream()
                .allMatch(message -> message.sender().equals(ChatServer.SYSTEM));
    }

    /** What nobody can obey is passed over: an event that fails comes again and again, and holds up what is behind it. */
    private void obeyIfUnderstood(UserId agent, String[] words) throws Exception {
        try {
            obey(agent, words);
        } catch (IllegalArgumentException noSuchName) {
            done(server.room(QUEUE).post(MessageBody.text("I don't understand that, " + agent + ".")));
        } catch (ExecutionException failure) {
            if (!(failure.getCause() instanceof ChangeRefusedException refused && refused.isFinal())) {
                throw failure;
            }
            done(server.room(QUEUE).post(MessageBody.text("That can't be, " + agent + ": " + refused.code())));
        }
    }

    private void obey(UserId agent, String[] words) throws Exception {
        if (words.length < 2 || !words[1].startsWith(DESK)) {
            return;
        }
        HostRoom room = server.room(new RoomId(words[1]));
        switch (words[0]) {
            case "take" -> {
                done(room.add(agent, Role.MEMBER));
                done(room.post(MessageBody.text(agent + " is here for you.")));
            }
            case "hand" -> {
                UserId next = new UserId(words.length > 2 ? words[2] : "");
                if (agents.contains(next)) {
                    done(room.add(next, Role.MEMBER));
                    done(room.post(MessageBody.text(agent + " hands over to " + next + ".")));
                    done(room.remove(agent));
                }
            }
            case "close" -> {
                done(room.post(MessageBody.text("This talk is closed. Thank you!")));
                done(room.set("{\"archived\":true}"));
                transcripts.add(transcript(room));
            }
            default -> {}
        }
    }

    /** Returns all that was said, a line for each message. */
    private static String transcript(HostRoom room) throws Exception {
        List<String> lines = new ArrayList<>();
        lines.add("Transcript of " + room.id());
        for (Message message : done(room.latest(100)).messages()) {
            lines.add("  " + message.sender() + ": " + message.body().text().orElse("(taken back)"));
        }
        return String.join("\n", lines);
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
