package io.natterjack.examples.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.HistoryQuery;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Principal;
import io.natterjack.core.Role;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomId;
import io.natterjack.core.RoomKind;
import io.natterjack.core.RoomSettings;
import io.natterjack.core.Standing;
import io.natterjack.core.Target;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.AuthResult;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.ClientSignal;
import io.natterjack.core.wire.PeopleRequest;
import io.natterjack.core.wire.ServerFrame;
import io.natterjack.core.wire.ServerSignal;
import io.natterjack.server.ChatServer;
import io.natterjack.server.HostRoom;
import io.natterjack.testkit.HttpClientConnector;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tries every cell of the tables of docs/rooms.md on a real server: each action, by each role, in each kind of room. */
final class PermissionTableIT {
    private static final UserId TARGET = new UserId("target");
    private static final UserId BANNED = new UserId("banned-target");

    private static HttpClientConnector connector;
    private static ChatServer server;
    private static final Map<String, Talk> TALKS = new HashMap<>();

    /** One row of one table. */
    record Row(String kind, String action, List<String> roles, List<String> cells) {
        @Override
        public String toString() {
            return kind + ": " + action;
        }
    }

    @BeforeAll
    static void start() {
        server = ChatServer.builder(request -> CompletableFuture.completedFuture(
                        AuthResult.accepted(Principal.of(new UserId(request.token())))))
                .port(0)
                .noRateLimit()
                .start();
        connector = new HttpClientConnector();
    }

    @AfterAll
    static void stop() {
        TALKS.values().forEach(Talk::close);
        TALKS.clear();
        connector.close();
        server.close();
    }

    static List<Row> rows() throws IOException {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("docs/rooms.md"))) {
            folder = folder.getParent();
        }
        List<Row> rows = new ArrayList<>();
        String kind = "";
        List<String> roles = List.of();
        for (String line : Files.readAllLines(folder.resolve("docs/rooms.md"))) {
            if (line.startsWith("### ")) {
                kind = line.substring(4).split(" ")[0];
            } else if (line.startsWith("## ")) {
                kind = "";
            }
            List<String> cells =
                    Arrays.stream(line.split("\\|", -1)).map(String::strip).toList();
            if (!kind.isEmpty() && cells.size() > 3 && !line.startsWith("|---")) {
                List<String> rest = cells.subList(2, cells.size() - 1);
                if (cells.get(1).equals("Action")) {
                    roles = rest;
                } else {
                    rows.add(new Row(kind, cells.get(1), roles, rest));
                }
            }
        }
        assertThat(rows).hasSizeGreaterThan(120);
        return rows;
    }

    @ParameterizedTest
    @MethodSource("rows")
    void everybodyMayDoWhatTheTableSays(Row row) throws Exception {
        List<String> actual = new ArrayList<>();
        for (String role : row.roles()) {
            Scene scene = new Scene(row.kind(), role);
            actual.add(scene.attempt(row.action()));
        }
        assertThat(actual).as(row.roles() + " " + row.action()).isEqualTo(row.cells());
    }

    private static <T> T done(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private static Talk talk(String user) throws Exception {
        Talk talk = TALKS.get(user);
        if (talk == null) {
            talk = new Talk(connector, URI.create("ws://127.0.0.1:" + server.port() + "/chat"), user);
            TALKS.put(user, talk);
        }
        return talk;
    }

    /** A room of its own for one cell, with one who tries something there. */
    private static final class Scene {
        private final UserId user;
        private final Talk talk;
        private final HostRoom room;
        private final Cursor own;
        private final Cursor others;
        private final boolean isDirect;

        Scene(String kind, String role) throws Exception {
            user = new UserId(role.replace(' ', '-'));
            talk = talk(user.value());
            isDirect = kind.equals("direct");
            UserId other = new UserId("other-" + UUID.randomUUID());
            room = isDirect
                    ? server.directRoom(role.equals("stranger") ? TARGET : user, other)
                    : server.room(new RoomId("r-" + UUID.randomUUID()));
            switch (kind) {
                case "nobody's" -> {}
                case "direct" -> {
                    UserId one = role.equals("stranger") ? TARGET : user;
                    done(room.create(RoomSettings.direct(one, other), one, other));
                }
                case "archived" -> done(room.create(RoomSettings.of(RoomKind.OPEN, "")));
                default -> done(room.create(RoomSettings.of(RoomKind.ofWireName(kind), "")));
            }
            if (!isDirect && !kind.equals("nobody's")) {
                done(room.add(TARGET, Role.GUEST));
                done(room.ban(BANNED));
                stand(role);
            }
            others = done(room.as(TARGET).post(MessageBody.text("frog"))).at();
            own = done(room.as(user).post(MessageBody.text("toad"))).at();
            if (kind.equals("archived")) {
                done(room.set("{\"archived\":true}"));
            }
            if (role.equals("blocked")) {
                talk.ask(id -> new PeopleRequest.Block(id, other, true));
            }
        }

        private void stand(String role) throws Exception {
            switch (role) {
                case "stranger" -> {}
                case "invited" -> done(room.invite(user, Role.MEMBER));
                case "banned" -> done(room.ban(user));
                default -> done(room.add(user, Role.ofWireName(role)));
            }
        }

        /** Returns what became of it: {@code yes}, {@code no} or {@code hidden}. */
        String attempt(String action) throws Exception {
            ServerFrame joined = talk.join(room.id());
            boolean isIn = joined instanceof ServerFrame.Joined;
            try {
                return action.equals("type") ? type(isIn) : result(action.equals("read") ? joined : act(action));
            } finally {
                if (isIn) {
                    talk.say(new ClientFrame.Leave(0, room.id()));
                }
            }
        }

        private static String result(ServerFrame answer) {
            if (!(answer instanceof ServerFrame.Refused refused)) {
                return "yes";
            }
            return switch (refused.code()) {
                case NO_ROOM, NOT_MEMBER -> "hidden";
                case FORBIDDEN -> "no";
                default -> refused.code().wireName();
            };
        }

        private ServerFrame act(String action) throws Exception {
            return switch (action) {
                case "enter" -> change(new RoomChange.Member(user, true));
                case "send" -> send("{\"text\":\"hi\"}", Optional.empty());
                case "mention everybody" -> send("{\"text\":\"hi\",\"mentionAll\":true}", Optional.empty());
                case "reply" -> send("{\"text\":\"hi\"}", Optional.of(Target.at(others)));
                case "edit own" -> change(edit(own));
                case "edit another's" -> change(edit(others));
                case "revoke own" -> change(new RoomChange.Revoked(Target.at(own)));
                case "revoke another's" -> change(new RoomChange.Revoked(Target.at(others)));
                case "react" -> change(new RoomChange.Reacted(Target.at(others), "+", true));
                case "pin" -> change(new RoomChange.Pinned(Target.at(others), true));
                case "receipts" -> talk.ask(id -> new PeopleRequest.Readers(id, room.id(), own));
                case "members" ->
                    talk.ask(id -> new PeopleRequest.Members(id, room.id(), Standing.IN, Optional.empty(), 10));
                case "search" ->
                    talk.ask(id -> new PeopleRequest.Search(id, "frog", List.of(room.id()), Optional.empty(), 10));
                case "invite" -> change(member("somebody", Standing.INVITED, Optional.empty()));
                case "add" -> change(member("somebody", Standing.IN, Optional.empty()));
                case "kick" -> change(member(TARGET.value(), Standing.OUT, Optional.empty()));
                case "ban" -> change(member(TARGET.value(), Standing.BANNED, Optional.empty()));
                case "end a ban" -> change(member(BANNED.value(), Standing.OUT, Optional.empty()));
                case "rename" -> change(new RoomChange.Settings("{\"name\":\"x\"}"));
                case "archive" -> change(new RoomChange.Settings("{\"archived\":true}"));
                case "make a moderator" -> change(member(TARGET.value(), Standing.IN, Optional.of(Role.MODERATOR)));
                case "call" -> talk.ask(id -> new ClientSignal.AskIce(id, room.id()));
                case "quit" -> change(new RoomChange.Member(user, false));
                default -> throw new IllegalArgumentException(action);
            };
        }

        private static RoomChange edit(Cursor at) {
            return new RoomChange.Edited(Target.at(at), MessageBody.text("newt"), OptionalLong.empty());
        }

        private static RoomChange member(String name, Standing standing, Optional<Role> role) {
            return new RoomChange.Member(new UserId(name), standing, role, 0);
        }

        private ServerFrame change(RoomChange change) throws Exception {
            return talk.ask(id -> new ClientFrame.Change(id, room.id(), cid(), change, false));
        }

        private ServerFrame send(String body, Optional<Target> replyTo) throws Exception {
            return talk.ask(id -> new ClientFrame.Send(id, room.id(), cid(), MessageBody.json(body), replyTo, false));
        }

        private static ClientId cid() {
            return new ClientId(UUID.randomUUID().toString());
        }

        /** Typing has no answer: whether another hears of it is what counts. */
        private String type(boolean isIn) throws Exception {
            String listener = isDirect ? "listener-" + room.id().value().substring(3, 20) : "listener";
            if (!isDirect) {
                done(room.add(new UserId(listener), Role.GUEST));
            }
            if (!isIn) {
                return result(talk.join(room.id()));
            }
            try (Talk other = talkOf(listener)) {
                other.join(room.id());
                talk.say(new ClientSignal.Typing(room.id(), true));
                talk.say(new ClientSignal.Typing(room.id(), false));
                // What is answered comes after it.
                talk.ask(id -> new ClientFrame.History(id, OptionalLong.empty(), HistoryQuery.latest(room.id(), 1)));
                other.ask(id -> new ClientFrame.History(id, OptionalLong.empty(), HistoryQuery.latest(room.id(), 1)));
                return other.seen().stream().anyMatch(ServerSignal.Typed.class::isInstance) ? "yes" : "no";
            }
        }

        private Talk talkOf(String listener) throws Exception {
            String name = isDirect ? otherOf() : listener;
            return new Talk(connector, URI.create("ws://127.0.0.1:" + server.port() + "/chat"), name);
        }

        private String otherOf() throws Exception {
            return done(room.view()).settings().people().stream()
                    .map(UserId::value)
                    .filter(name -> name.startsWith("other-"))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
