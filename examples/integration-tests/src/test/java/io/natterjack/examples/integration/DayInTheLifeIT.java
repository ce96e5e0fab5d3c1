package io.natterjack.examples.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.client.ChatClient;
import io.natterjack.client.Timeline;
import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.EventKind;
import io.natterjack.core.InboxEntry;
import io.natterjack.core.Membership;
import io.natterjack.core.Mentions;
import io.natterjack.core.Message;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Principal;
import io.natterjack.core.Receipts;
import io.natterjack.core.Role;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.RoomKind;
import io.natterjack.core.RoomSettings;
import io.natterjack.core.Standing;
import io.natterjack.core.Target;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.AuthResult;
import io.natterjack.server.ChatServer;
import io.natterjack.server.InMemoryStore;
import io.natterjack.testkit.Await;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * A day in the life of 20 people on 40 devices in 30 rooms, devices coming and going. At every pause what each person's inbox says,
 * who has read what, and what each device shows are what a plain model makes of the rooms' logs.
 */
final class DayInTheLifeIT {
    private static final int OPERATIONS = Integer.getInteger("day.operations", 50_000);
    private static final int PAUSES = 10;
    private static final long SEED = Long.getLong("day.seed", 1);

    private final Random random = new Random(SEED);
    private final InMemoryStore store = new InMemoryStore();
    private final List<UserId> people =
            IntStream.range(0, 20).mapToObj(i -> new UserId("user" + i)).toList();
    private final List<RoomId> rooms = new ArrayList<>();
    private final Map<RoomId, List<UserId>> members = new HashMap<>();
    private final List<Device> devices = new ArrayList<>();
    private final List<CompletionStage<?>> underWay = new ArrayList<>();

    /** How far each person has said that they have read. */
    private final Map<RoomId, Map<UserId, Long>> read = new HashMap<>();

    private ChatServer server;

    /** One device: connected or not, with some of its user's rooms on the screen. */
    private final class Device {
        final UserId user;
        ChatClient client;
        final Map<RoomId, Timeline> shown = new HashMap<>();

        Device(UserId user) {
            this.user = user;
        }

        void comes() {
            client = ChatClient.builder(
                            URI.create("ws://127.0.0.1:" + server.port() + "/chat"),
                            () -> CompletableFuture.completedFuture(user.value()))
                    .connect();
            Await.result(client.ready());
            for (RoomId room : rooms) {
                if (Objects.requireNonNull(members.get(room)).contains(user) && random.nextInt(2) == 0) {
                    shown.put(room, Timeline.join(client, room, 100, timeline -> {}));
                }
            }
        }

        void goes() {
            settle();
            client.close();
            shown.clear();
        }
    }

    @Test
    void everythingAddsUp() {
        server = ChatServer.builder(request -> CompletableFuture.completedFuture(
                        AuthResult.accepted(Principal.of(new UserId(request.token())))))
                .store(store)
                .port(0)
                .noRateLimit()
                .start();
        try {
            makeRooms();
            for (int i = 0; i < 40; i++) {
                Device device = new Device(people.get(i / 2));
                devices.add(device);
                device.comes();
            }
            for (int i = 1; i <= OPERATIONS; i++) {
                operate();
                if (i % 200 == 0) {
                    settle();
                }
                if (i % (OPERATIONS / PAUSES) == 0) {
                    pause();
                }
            }
        } finally {
            devices.forEach(device -> device.client.close());
            server.close();
        }
    }

    private void makeRooms() {
        for (int i = 0; i < 30; i++) {
            List<UserId> in = new ArrayList<>(people);
            Collections.shuffle(in, random);
            if (i >= 20) {
                in = List.copyOf(in.subList(0, 2));
                rooms.add(server.directRoom(in.get(0), in.get(1)).id());
                Await.result(server.room(rooms.get(i))
                        .create(RoomSettings.direct(in.get(0), in.get(1)), in.get(0), in.get(1)));
            } else {
                in = List.copyOf(in.subList(0, 4 + random.nextInt(8)));
                rooms.add(new RoomId("room" + i));
                Await.result(server.room(rooms.get(i))
                        .create(RoomSettings.of(i < 10 ? RoomKind.OPEN : RoomKind.PRIVATE, "Room " + i)));
                for (UserId user : in) {
                    Await.result(server.room(rooms.get(i)).add(user, Role.MODERATOR));
                }
            }
            members.put(rooms.get(i), in);
            read.put(rooms.get(i), new HashMap<>());
        }
    }

    private void operate() {
        Device device = devices.get(random.nextInt(devices.size()));
        if (random.nextInt(500) == 0) {
            device.goes();
            device.comes();
            return;
        }
        if (device.shown.isEmpty()) {
            return;
        }
        List<RoomId> shown = new ArrayList<>(device.shown.keySet());
        RoomId room = shown.get(random.nextInt(shown.size()));
        Timeline timeline = Objects.requireNonNull(device.shown.get(room));
        List<Message> messages = timeline.messages();
        Message some = messages.isEmpty()
                ? null
                : messages.get(messages.size() - 1 - random.nextInt(Math.min(20, messages.size())));
        int what = random.nextInt(20);
        if (some == null || what < 9) {
            underWay.add(timeline.send(body(room)));
        } else {
            Target target = Target.at(some.at());
            switch (what) {
                case 9, 10 -> underWay.add(timeline.reply(target, body(room)));
                case 11, 12 -> underWay.add(timeline.room().edit(target, body(room)));
                case 13 -> underWay.add(timeline.room().revoke(target));
                case 14, 15 ->
                    underWay.add(timeline.room().react(target, "k" + random.nextInt(5), random.nextInt(3) > 0));
                case 16 -> {
                    ClientId cid = device.client.newClientId();
                    underWay.add(timeline.room().send(cid, body(room)));
                    underWay.add(timeline.room().edit(Target.own(cid), body(room)));
                }
                case 17 -> timeline.room().typing(random.nextBoolean());
                default -> {
                    timeline.room().markRead(some.at());
                    Objects.requireNonNull(read.get(room)).merge(device.user, some.seq(), Math::max);
                }
            }
        }
    }

    private MessageBody body(RoomId room) {
        List<UserId> in = Objects.requireNonNull(members.get(room));
        return MessageBody.json(
                switch (random.nextInt(10)) {
                    case 0 -> "{\"text\":\"m\",\"mentions\":[\"" + in.get(random.nextInt(in.size())) + "\"]}";
                    case 1 -> "{\"text\":\"m\",\"mentionAll\":true}";
                    default -> "{\"text\":\"m" + random.nextInt(1_000) + "\"}";
                });
    }

    /** Waits for all that is under way; refusals are part of the day. */
    private void settle() {
        for (CompletionStage<?> each : underWay) {
            Await.result(each.handle((done, refused) -> true));
        }
        underWay.clear();
    }

    private void pause() {
        settle();
        for (UserId user : people) {
            Device device = devices.stream()
                    .filter(each -> each.user.equals(user))
                    .findFirst()
                    .orElseThrow();
            Await.until(
                    "the inbox of " + user + " is right",
                    () -> differences(user, device).isEmpty());
            assertThat(differences(user, device)).isEmpty();
        }
        for (Device device : devices) {
            device.shown.forEach((room, timeline) -> Await.until(
                    "a device of " + device.user + " shows " + room,
                    () -> shows(device, room, timeline).isEmpty()));
        }
    }

    private List<String> differences(UserId user, Device device) {
        List<String> differences = new ArrayList<>();
        Map<RoomId, InboxEntry> inbox = new HashMap<>();
        Await.result(device.client.inbox(Optional.empty(), 100))
                .entries()
                .forEach(each -> inbox.put(each.room(), each));
        for (RoomId room : rooms) {
            if (!Objects.requireNonNull(members.get(room)).contains(user)) {
                continue;
            }
            Map<Long, Message> model = fromLog(room, user);
            long joined =
                    store.membership(room, user).map(Membership::joinedSeq).orElse(0L);
            long upto = Math.max(joined, Objects.requireNonNull(read.get(room)).getOrDefault(user, 0L));
            List<Message> unread = model.values().stream()
                    .filter(each -> each.seq() > upto
                            && !each.sender().equals(user)
                            && !each.body().isGone())
                    .toList();
            long mentions = unread.stream()
                    .filter(each -> Mentions.of(each.body()).has(user))
                    .count();
            Message last = null;
            for (Message each : model.values()) {
                last = each.body().isGone() ? last : each;
            }
            InboxEntry entry = Objects.requireNonNull(inbox.get(room));
            if (entry.unread() != Math.min(100, unread.size())
                    || entry.mentions() != Math.min(100, mentions)
                    || !entry.last()
                            .map(Message::seq)
                            .equals(Optional.ofNullable(last).map(Message::seq))) {
                differences.add(room + " has " + entry + ", should have " + unread.size() + " and " + mentions);
            }
            if (last != null) {
                compareReceipts(room, last, device, differences);
            }
        }
        return differences;
    }

    private void compareReceipts(RoomId room, Message message, Device device, List<String> differences) {
        Receipts receipts = store.receipts(room, message.seq(), message.sender());
        List<UserId> readers = Objects.requireNonNull(members.get(room)).stream()
                .filter(each -> !each.equals(message.sender())
                        && Objects.requireNonNull(read.get(room)).getOrDefault(each, 0L) >= message.seq())
                .sorted((a, b) -> a.value().compareTo(b.value()))
                .toList();
        if (!receipts.readers().equals(readers)
                || receipts.read() != readers.size()
                || receipts.delivered() < readers.size()
                || receipts.of()
                        != store.members(room, Standing.IN, Optional.empty(), 100).stream()
                                .filter(each -> !each.user().equals(message.sender()))
                                .count()) {
            differences.add(room + " has " + receipts + ", should have " + readers + ", as " + device.user + " sees");
        }
    }

    private Map<Long, Message> fromLog(RoomId room, UserId reader) {
        Map<Long, Message> messages = new TreeMap<>();
        for (RoomEvent event : store.eventsAfter(room, 0, Integer.MAX_VALUE, Integer.MAX_VALUE)) {
            if (event.kind() == EventKind.MESSAGE) {
                messages.put(event.seq(), Message.of(event));
            }
            messages.computeIfPresent(event.target(), (seq, message) -> message.after(event, reader));
        }
        return messages;
    }

    /** Returns what the device shows otherwise than it is. */
    private List<String> shows(Device device, RoomId room, Timeline timeline) {
        List<String> differences = new ArrayList<>();
        Map<Long, Message> model = fromLog(room, device.user);
        List<Message> shown = timeline.messages();
        for (Message message : shown) {
            if (!message.equals(model.get(message.seq()))) {
                differences.add(message + " should be " + model.get(message.seq()));
            }
        }
        long head = store.heads(List.of(room)).get(room).seq();
        if (timeline.room().cursor().map(Cursor::seq).orElse(0L) != head) {
            differences.add("it is at " + timeline.room().cursor() + " of " + head);
        }
        return differences;
    }
}
