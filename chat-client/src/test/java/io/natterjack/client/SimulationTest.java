package io.natterjack.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.Message;
import io.natterjack.core.MessageBody;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What the client promises, against a server on which nearly everything goes wrong. Each seed is a different story. */
final class SimulationTest {
    private static final int SEEDS = 600;
    private static final List<RoomId> ROOMS = List.of(new RoomId("lobby"), new RoomId("attic"));

    @Test
    void theListenersLogIsTheServersAndEachMessageIsKeptOnce() {
        for (int seed = 0; seed < SEEDS; seed++) {
            Story story = new Story(seed, false);
            story.run();
            story.expectSameLogs();
            story.expectEachMessageOnceAndInOrder();
        }
    }

    @Test
    void theListenersLogIsTheServersEvenIfTheServerForgets() {
        for (int seed = 0; seed < SEEDS; seed++) {
            Story story = new Story(seed, true);
            story.run();
            story.expectSameLogs();
            story.expectAllAnswered();
        }
    }

    private static final class Story {
        private final String name;
        private final Random random;
        private final boolean forgets;
        private final ClientFixture it = new ClientFixture();
        private final SimulatedServer server;
        private final Map<RoomId, Room> rooms = new LinkedHashMap<>();
        private final Map<RoomId, List<Message>> seen = new LinkedHashMap<>();
        private final Map<ClientId, CompletableFuture<Sent>> sent = new LinkedHashMap<>();

        Story(int seed, boolean forgets) {
            this.name = "seed " + seed;
            this.random = new Random(seed);
            this.forgets = forgets;
            this.server = new SimulatedServer(it.time, it.server, random);
            it.builder.random(random);
            it.client = it.builder.connect();
            for (RoomId room : ROOMS) {
                List<Message> log = new ArrayList<>();
                seen.put(room, log);
                rooms.put(room, it.client.join(room, new Cursor(1, 0), new RoomListener() {
                    @Override
                    public void onMessage(Message message) {
                        log.add(message);
                    }

                    @Override
                    public void onReset(Cursor base) {
                        log.removeIf(message -> message.seq() > base.seq());
                    }
                }));
            }
        }

        void run() {
            for (int i = 0; i < 150; i++) {
                happen(random.nextInt(100));
                it.time.advance(Duration.ofMillis(random.nextInt(150)));
            }
            server.endBadLuck();
            it.time.advance(Duration.ofMinutes(1));
            ROOMS.forEach(server::somebodyElseWrites); // shows any hole that is left
            it.time.advance(Duration.ofMinutes(1));
        }

        private void happen(int what) {
            RoomId room = ROOMS.get(random.nextInt(ROOMS.size()));
            if (what < 45) {
                send(room);
            } else if (what < 75) {
                for (int i = random.nextInt(6); i >= 0; i--) {
                    server.somebodyElseWrites(room);
                }
            } else if (what < 80) {
                server.cutAll();
            } else if (what < 83) {
                server.drain();
            } else if (what < 86) {
                it.server.setReachable(random.nextBoolean());
            } else if (what < 88 && forgets) {
                server.forget();
            }
        }

        private void send(RoomId room) {
            ClientId cid = new ClientId("ada-" + sent.size());
            sent.put(
                    cid,
                    rooms.get(room).send(cid, MessageBody.text(cid.value())).toCompletableFuture());
        }

        void expectSameLogs() {
            for (RoomId room : ROOMS) {
                assertThat(seen.get(room).stream().map(Story::line).collect(Collectors.toList()))
                        .as(name)
                        .isEqualTo(server.log(room).stream()
                                .map(event -> line(Message.of(event)))
                                .collect(Collectors.toList()));
                assertThat(rooms.get(room).cursor().map(Cursor::seq)).as(name).contains((long)
                        server.log(room).size());
            }
        }

        private static String line(Message message) {
            return message.seq() + " " + message.sender() + " " + message.clientId();
        }

        void expectAllAnswered() {
            assertThat(sent.values()).as(name).allMatch(CompletableFuture::isDone);
        }

        void expectEachMessageOnceAndInOrder() {
            expectAllAnswered();
            int kept = 0;
            for (RoomId room : ROOMS) {
                List<RoomEvent> own = server.log(room).stream()
                        .filter(event -> sent.containsKey(event.clientId()))
                        .collect(Collectors.toList());
                for (RoomEvent event : own) {
                    assertThat(sent.get(event.clientId()).join().at()).as(name).isEqualTo(event.at());
                }
                assertThat(own)
                        .as(name)
                        .extracting(event ->
                                Integer.valueOf(event.clientId().value().substring(4)))
                        .isSorted()
                        .doesNotHaveDuplicates();
                kept += own.size();
            }
            assertThat(kept).as(name).isEqualTo(sent.size());
        }
    }
}
