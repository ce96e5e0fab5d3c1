package io.natterjack.examples.campaign;

import io.natterjack.client.ChatClient;
import io.natterjack.client.Timeline;
import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.Draft;
import io.natterjack.core.EventKind;
import io.natterjack.core.InboxEntry;
import io.natterjack.core.Membership;
import io.natterjack.core.Mentions;
import io.natterjack.core.Message;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Notify;
import io.natterjack.core.Role;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.RoomKind;
import io.natterjack.core.RoomSettings;
import io.natterjack.core.Standing;
import io.natterjack.core.Target;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.MessageStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/**
 * All that people do in rooms beside sending: they edit, revoke, react, reply, pin, come, go, change roles and settings, read; on several
 * devices each. In the end every device must show what the store has, and the store must have what a plain model makes of the log.
 *
 * <p><b>Threads.</b> One only, which is also the listener executor of the clients.
 */
final class Liveliness {
    private static final int ALL = 1_000_000;
    private static final int ALL_BYTES = 1 << 30;

    private final Random random;
    private final List<RoomId> rooms;
    private final Map<ChatClient, UserId> devices = new LinkedHashMap<>();
    private final Map<ChatClient, Map<RoomId, Timeline>> seats = new HashMap<>();
    private int operations;

    Liveliness(Random random, List<RoomId> rooms) {
        this.random = random;
        this.rooms = rooms;
    }

    /** Makes the rooms: one open, the others private, in which everybody is a member. */
    static void create(MessageStore store, List<RoomId> rooms, List<UserId> people) {
        for (RoomId room : rooms) {
            RoomKind kind = room.equals(rooms.get(0)) ? RoomKind.OPEN : RoomKind.PRIVATE;
            store.append(List.of(Draft.change(
                    room,
                    people.get(0),
                    new ClientId("~made"),
                    new RoomChange.Created(RoomSettings.of(kind, room.value()), people.subList(0, 1)))));
            for (UserId user : people.subList(1, people.size())) {
                store.append(List.of(Draft.change(
                        room,
                        people.get(0),
                        new ClientId("~add-" + user.value()),
                        new RoomChange.Member(user, Standing.IN, Optional.of(Role.MODERATOR), 0))));
            }
        }
    }

    /** A device comes, and sits down in every room. */
    void comes(ChatClient client, UserId user) {
        devices.put(client, user);
        seats.put(client, new HashMap<>());
        rooms.forEach(room -> sit(client, room));
    }

    /** A device is gone. */
    void goes(ChatClient client) {
        devices.remove(client);
        seats.remove(client);
    }

    private void sit(ChatClient client, RoomId room) {
        seats.getOrDefault(client, new HashMap<>()).put(room, Timeline.join(client, room, 100, timeline -> {}));
    }

    private Timeline timeline(ChatClient client, RoomId room) {
        return Objects.requireNonNull(Objects.requireNonNull(seats.get(client)).get(room));
    }

    int operations() {
        return operations;
    }

    /** Somebody does something. */
    void act() {
        List<ChatClient> all = new ArrayList<>(devices.keySet());
        ChatClient client = all.get(random.nextInt(all.size()));
        RoomId room = rooms.get(random.nextInt(rooms.size()));
        Timeline timeline = timeline(client, room);
        if (client.user().isEmpty()) {
            return; // not online yet
        }
        if (timeline.isRemoved()) {
            client.enter(room); // forbidden in a private one, until somebody adds them
            sit(client, room);
            return;
        }
        operations++;
        act(client, room, timeline);
    }

    /** Every device says something in every room: what nobody published shows by that. */
    void everybodySpeaks() {
        seats.values()
                .forEach(ofDevice -> ofDevice.values().forEach(timeline -> {
                    if (!timeline.isRemoved()) {
                        timeline.send(body());
                    }
                }));
    }

    private void act(ChatClient client, RoomId room, Timeline timeline) {
        List<Message> messages = timeline.messages();
        Target target = messages.isEmpty()
                ? Target.own(client.newClientId())
                : Target.at(messages.get(random.nextInt(messages.size())).at());
        switch (random.nextInt(20)) {
            case 0, 1 -> timeline.room().edit(target, body());
            case 2 -> timeline.room().revoke(target);
            case 3, 4, 5 -> timeline.room().react(target, "k" + random.nextInt(4), random.nextInt(3) > 0);
            case 6, 7 -> timeline.reply(target, body());
            case 8 -> timeline.room().pin(target, random.nextInt(3) > 0);
            case 9 -> pipeline(client, timeline);
            case 10 -> timeline.markRead();
            case 11 -> timeline.room().typing(random.nextBoolean());
            case 12 -> membership(client, room, timeline);
            case 13 -> timeline.room().set("{\"topic\":\"t" + random.nextInt(100) + "\"}");
            case 14 -> client.notifications(room, List.of(Notify.values()).get(random.nextInt(3)));
            default -> timeline.send(body());
        }
    }

    private void pipeline(ChatClient client, Timeline timeline) {
        ClientId cid = client.newClientId();
        timeline.room().send(cid, body());
        timeline.room().edit(Target.own(cid), body());
        if (random.nextBoolean()) {
            timeline.room().revoke(Target.own(cid));
        }
    }

    private void membership(ChatClient client, RoomId room, Timeline timeline) {
        List<UserId> people = new ArrayList<>(devices.values());
        UserId other = people.get(random.nextInt(people.size()));
        switch (random.nextInt(6)) {
            case 0 -> client.quit(room);
            case 1 -> timeline.room().remove(other);
            case 2 -> timeline.room().role(other, random.nextBoolean() ? Role.MEMBER : Role.MODERATOR);
            case 3 -> timeline.room().invite(other);
            default -> {
                // Whoever may add people does so, so that rooms don't run dry.
                people.forEach(each -> timeline.room().role(each, Role.MODERATOR));
            }
        }
    }

    private MessageBody body() {
        return MessageBody.json(
                switch (random.nextInt(6)) {
                    case 0 -> "{\"text\":\"m\",\"mentions\":[\"user0\"]}";
                    case 1 -> "{\"text\":\"m\",\"mentionAll\":true}";
                    default -> "{\"text\":\"m" + random.nextInt(1_000) + "\"}";
                });
    }

    /** Returns in what devices, store and model differ; nothing if they agree. */
    List<String> differences(MessageStore store) {
        List<String> differences = new ArrayList<>();
        for (RoomId room : rooms) {
            List<RoomEvent> log = store.eventsAfter(room, 0, ALL, ALL_BYTES);
            Map<UserId, Membership> members = members(room, log);
            compareMembers(store, room, members, differences);
            for (UserId user : new ArrayList<>(new LinkedHashSet<>(devices.values()))) {
                long floor = store.view(room, user).floor();
                Map<Long, Message> kept = bySeq(
                        store.changes(room, user, floor, 0, ALL, ALL_BYTES).messages());
                Map<Long, Message> model = fromLog(log, user, floor);
                if (!same(kept, model)) {
                    differences.add("store and model differ in " + room + " for " + user);
                }
                compareInbox(store, room, user, model, differences);
                devices.forEach((client, owner) -> {
                    if (owner.equals(user)) {
                        compareDevice(client, room, kept, log.size(), differences);
                    }
                });
            }
        }
        return differences;
    }

    private static void compareMembers(
            MessageStore store, RoomId room, Map<UserId, Membership> members, List<String> differences) {
        for (Membership kept : store.members(room, Standing.IN, Optional.empty(), ALL)) {
            Membership model = members.get(kept.user());
            if (model == null
                    || !model.isIn()
                    || model.role() != kept.role()
                    || model.joinedSeq() != kept.joinedSeq()) {
                differences.add("member " + kept + " of " + room + " should be " + model);
            }
        }
        long in = members.values().stream().filter(Membership::isIn).count();
        if (store.members(room, Standing.IN, Optional.empty(), ALL).size() != in) {
            differences.add(room + " should have " + in + " members");
        }
    }

    private static void compareInbox(
            MessageStore store, RoomId room, UserId user, Map<Long, Message> model, List<String> differences) {
        Optional<InboxEntry> entry = store.inbox(user, List.of(room)).stream()
                .filter(each -> each.membership().isIn())
                .findFirst();
        if (entry.isEmpty()) {
            return;
        }
        long read = entry.get().membership().read();
        List<Message> unread = model.values().stream()
                .filter(message -> message.seq() > read
                        && !message.sender().equals(user)
                        && !message.body().isGone())
                .toList();
        long mentions = unread.stream()
                .filter(message -> Mentions.of(message.body()).has(user))
                .count();
        if (entry.get().unread() != Math.min(100, unread.size()) || entry.get().mentions() != Math.min(100, mentions)) {
            differences.add("inbox of " + user + " has " + entry.get().unread() + " and "
                    + entry.get().mentions() + " in " + room + ", should have " + unread.size() + " and " + mentions);
        }
    }

    private void compareDevice(
            ChatClient client, RoomId room, Map<Long, Message> kept, long head, List<String> differences) {
        Timeline timeline = timeline(client, room);
        long upto = timeline.room().cursor().map(Cursor::seq).orElse(0L);
        if (timeline.isRemoved() || timeline.room().cursor().isEmpty()) {
            return;
        }
        if (upto != head) {
            differences.add(client.device() + " is at " + upto + " of " + head + " in " + room);
            return;
        }
        Map<Long, Message> shown = bySeq(timeline.messages());
        shown.forEach((seq, message) -> {
            Message there = kept.get(seq);
            if (there == null || !isSame(there, message)) {
                differences.add(client.device() + " shows " + message + " in " + room + ", there is " + there);
            }
        });
        long oldest =
                shown.isEmpty() ? Long.MAX_VALUE : shown.keySet().iterator().next();
        kept.forEach((seq, message) -> {
            if (seq > oldest && !message.body().isGone() && !shown.containsKey(seq)) {
                differences.add(client.device() + " doesn't show " + message + " in " + room);
            }
        });
    }

    private static Map<Long, Message> bySeq(List<Message> messages) {
        Map<Long, Message> map = new TreeMap<>();
        messages.forEach(message -> map.put(message.seq(), message));
        return map;
    }

    private static boolean same(Map<Long, Message> one, Map<Long, Message> other) {
        return one.keySet().equals(other.keySet())
                && one.values().stream()
                        .allMatch(message -> isSame(message, Objects.requireNonNull(other.get(message.seq()))));
    }

    /** Of what is gone, when it went isn't everywhere known. */
    private static boolean isSame(Message one, Message other) {
        return one.body().isGone()
                ? other.body().isGone()
                        && one.details().replies() == other.details().replies()
                : one.equals(other);
    }

    /** The plain model: events applied one after the other. */
    private static Map<Long, Message> fromLog(List<RoomEvent> log, UserId reader, long floor) {
        Map<Long, Message> messages = new TreeMap<>();
        for (RoomEvent event : log) {
            if (event.kind() == EventKind.MESSAGE) {
                messages.put(event.seq(), Message.of(event));
            }
            if (event.kind() == EventKind.ERASED) {
                messages.replaceAll((seq, message) -> message.after(event, reader));
            } else {
                messages.computeIfPresent(event.target(), (seq, message) -> message.after(event, reader));
            }
        }
        messages.keySet().removeIf(seq -> seq <= floor);
        return messages;
    }

    private static Map<UserId, Membership> members(RoomId room, List<RoomEvent> log) {
        Map<UserId, Membership> members = new HashMap<>();
        for (RoomEvent event : log) {
            if (event.kind() == EventKind.MEMBER) {
                RoomChange.Member change = (RoomChange.Member) RoomChange.of(event);
                if (change.standing() != Standing.OUT || members.containsKey(change.user())) {
                    members.merge(
                            change.user(),
                            Membership.none(room, change.user()).after(change, event.seq()),
                            (before, first) -> before.after(change, event.seq()));
                }
            } else if (event.kind() == EventKind.CREATED) {
                for (UserId owner : ((RoomChange.Created) RoomChange.of(event)).owners()) {
                    RoomChange.Member in = new RoomChange.Member(owner, Standing.IN, Optional.of(Role.OWNER), 0);
                    members.put(owner, Membership.none(room, owner).after(in, event.seq()));
                }
            }
        }
        return members;
    }
}
