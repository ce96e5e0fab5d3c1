package io.natterjack.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.Draft;
import io.natterjack.core.EventKind;
import io.natterjack.core.Membership;
import io.natterjack.core.Message;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Outcome;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.Standing;
import io.natterjack.core.Target;
import io.natterjack.core.UserId;
import io.natterjack.store.redis.connection.RedisProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Several processes change the same room at once: what it is then is what its log says. */
final class SharedRoomIT {
    private static final RoomId ROOM = new RoomId("room");
    private static final List<UserId> PEOPLE = List.of(new UserId("ada"), new UserId("bob"), new UserId("cy"));
    private static final int ROUNDS = 60;

    @Test
    void aRoomIsWhatItsLogMakesOfIt() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (RedisProcess redis = RedisProcess.startDurable();
                RedisMessageStore one = RedisMessageStore.connect(redis.uri());
                RedisMessageStore other = RedisMessageStore.connect(redis.uri())) {
            List<Future<Integer>> writers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Random random = new Random(i);
                RedisMessageStore store = i % 2 == 0 ? one : other;
                writers.add(threads.submit(() -> write(store, random)));
            }
            int events = 0;
            for (Future<Integer> writer : writers) {
                events += writer.get(60, TimeUnit.SECONDS);
            }
            List<RoomEvent> log = one.eventsAfter(ROOM, 0, Integer.MAX_VALUE, Integer.MAX_VALUE);
            assertThat(log).hasSize(events);
            for (UserId reader : PEOPLE) {
                assertThat(one.changes(ROOM, reader, 0, 0, 100_000, Integer.MAX_VALUE)
                                .messages())
                        .containsExactlyInAnyOrderElementsOf(
                                messages(log, reader).values());
                assertThat(one.membership(ROOM, reader)).contains(membership(log, reader));
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static int write(RedisMessageStore store, Random random) {
        int events = 0;
        for (int round = 0; round < ROUNDS; round++) {
            List<Draft> batch = new ArrayList<>();
            boolean isPlain = random.nextBoolean();
            Cursor head = Objects.requireNonNull(store.heads(List.of(ROOM)).get(ROOM));
            for (int i = random.nextInt(5); i >= 0; i--) {
                UserId user = PEOPLE.get(random.nextInt(PEOPLE.size()));
                batch.add(isPlain || head.seq() == 0 ? message(random, user) : change(random, user, head));
            }
            for (Outcome outcome : store.append(batch)) {
                events += outcome instanceof Outcome.Accepted accepted && accepted.isEvent() ? 1 : 0;
            }
            store.mark(ROOM, PEOPLE.get(random.nextInt(PEOPLE.size())), 0, 0);
        }
        return events;
    }

    private static ClientId cid() {
        return new ClientId(UUID.randomUUID().toString());
    }

    private static Draft message(Random random, UserId user) {
        return new Draft(ROOM, user, cid(), MessageBody.text("m" + random.nextInt(100)));
    }

    private static Draft change(Random random, UserId user, Cursor head) {
        Target target = Target.at(new Cursor(head.epoch(), 1 + random.nextInt((int) head.seq())));
        RoomChange change = switch (random.nextInt(8)) {
            case 0 -> new RoomChange.Edited(target, MessageBody.text("e" + random.nextInt(100)), OptionalLong.empty());
            case 1 -> new RoomChange.Pinned(target, random.nextBoolean());
            case 2 -> new RoomChange.Member(user, random.nextBoolean());
            case 3 ->
                random.nextInt(4) > 0
                        ? new RoomChange.Member(user, true)
                        : new RoomChange.Erased(List.of(1L + random.nextInt((int) head.seq())));
            case 4 -> random.nextInt(4) > 0 ? new RoomChange.Member(user, true) : new RoomChange.Revoked(target);
            default -> new RoomChange.Reacted(target, "k" + random.nextInt(3), random.nextInt(3) > 0);
        };
        return random.nextInt(6) == 0
                ? Draft.reply(ROOM, user, cid(), MessageBody.text("r"), target)
                : Draft.change(ROOM, user, cid(), change);
    }

    private static Map<Long, Message> messages(List<RoomEvent> log, UserId reader) {
        Map<Long, Message> messages = new TreeMap<>();
        for (RoomEvent event : log) {
            if (event.kind() == EventKind.MESSAGE) {
                messages.put(event.seq(), Message.of(event));
            }
            messages.replaceAll((seq, message) -> message.after(event, reader));
        }
        return messages;
    }

    private static Membership membership(List<RoomEvent> log, UserId user) {
        Membership member = Membership.none(ROOM, user);
        boolean known = false;
        for (RoomEvent event : log) {
            if (event.kind() == EventKind.MEMBER
                    && RoomChange.of(event) instanceof RoomChange.Member change
                    && change.user().equals(user)
                    && (known || change.standing() != Standing.OUT)) {
                known = true;
                member = member.after(change, event.seq());
            }
        }
        return member;
    }
}
