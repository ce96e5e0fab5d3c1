package io.natterjack.server.session;

import io.natterjack.core.ClientId;
import io.natterjack.core.Draft;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.HistoryQuery;
import io.natterjack.core.InboxEntry;
import io.natterjack.core.LogText;
import io.natterjack.core.Membership;
import io.natterjack.core.Message;
import io.natterjack.core.Outcome;
import io.natterjack.core.Page;
import io.natterjack.core.PagePart;
import io.natterjack.core.Permission;
import io.natterjack.core.Profile;
import io.natterjack.core.Receipts;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomId;
import io.natterjack.core.RoomSettings;
import io.natterjack.core.SearchPage;
import io.natterjack.core.SearchQuery;
import io.natterjack.core.Standing;
import io.natterjack.core.UserId;
import io.natterjack.core.lane.Lane;
import io.natterjack.core.spi.Flow;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.core.spi.SearchPlace;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.PeopleAnswer;
import io.natterjack.core.wire.PeopleRequest;
import io.natterjack.core.wire.ServerFrame;
import io.natterjack.server.engine.HostCodeException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a client reads of rooms and people, and says of itself. One answer after the other, as the client takes them.
 *
 * <p><b>Threads.</b> The session's lane only; the reading itself runs on threads that read the store.
 */
final class Reads {
    private static final Logger LOG = LoggerFactory.getLogger(Reads.class);

    private final SessionContext context;
    private final Lane lane;
    private final Accesses accesses;
    private final OpenSession session;
    private final PacedWork paced;
    private final SessionSignals signals;
    private final Function<RoomId, Optional<Access>> known;

    /**
     * Makes one.
     *
     * @param known what the user may do in rooms that are joined
     */
    Reads(
            SessionContext context,
            Lane lane,
            Accesses accesses,
            OpenSession session,
            PacedWork paced,
            SessionSignals signals,
            Function<RoomId, Optional<Access>> known) {
        this.context = context;
        this.lane = lane;
        this.accesses = accesses;
        this.session = session;
        this.paced = paced;
        this.signals = signals;
        this.known = known;
    }

    // Messages.

    Optional<ServerFrame> history(ClientFrame.History frame, boolean isJoined) {
        RoomId room = frame.query().room();
        int bytes = context.settings().pageBytes();
        return inRoom(frame.id(), room, Permission.READ, (store, access) -> {
            long floor = store.view(room, accesses.user()).floor();
            Page page = store.history(frame.query().above(floor).by(accesses.user()), bytes);
            return page(frame.id(), room, frame.epoch(), page, isJoined);
        });
    }

    Optional<ServerFrame> changes(ClientFrame.Changes frame, boolean isJoined) {
        RoomId room = frame.room();
        int bytes = context.settings().pageBytes();
        return inRoom(frame.id(), room, Permission.READ, (store, access) -> {
            long floor = store.view(room, accesses.user()).floor();
            Page page = store.changes(room, accesses.user(), floor, frame.since(), frame.limit(), bytes);
            return page(frame.id(), room, frame.epoch(), page, isJoined);
        });
    }

    private static ServerFrame page(int requestId, RoomId room, OptionalLong epoch, Page page, boolean isJoined) {
        if (page.upto().seq() == 0 && !isJoined) {
            return ServerFrame.Refused.of(requestId, ErrorCode.NO_ROOM, "there is no such room");
        }
        if (epoch.isPresent() && epoch.getAsLong() != page.upto().epoch()) {
            return ServerFrame.Refused.of(requestId, ErrorCode.TARGET_UNKNOWN, "the epoch is over");
        }
        return new ServerFrame.Messages(requestId, room, page);
    }

    Optional<ServerFrame> search(PeopleRequest.Search frame) {
        return read(frame.id(), store -> {
            for (RoomId room : frame.rooms()) {
                Access access = accesses.now(store, room);
                if (!access.may(Permission.SEARCH)) {
                    return ServerFrame.Refused.of(frame.id(), access.refusal(), "room " + room + " can't be searched");
                }
            }
            SearchQuery query = SearchQuery.of(frame.rooms(), accesses.user(), frame.text(), frame.limit());
            SearchPage page = store.search(frame.cursor().map(query::after).orElse(query));
            Map<RoomId, Boolean> permitted = new HashMap<>();
            List<Message> found = page.messages().stream()
                    .filter(message -> permitted.computeIfAbsent(
                            message.room(), room -> accesses.now(store, room).may(Permission.SEARCH)))
                    .toList();
            return found(frame, found, page.next());
        });
    }

    /** Answers with as many as fit into a page, and with what goes on behind them. */
    private ServerFrame found(PeopleRequest.Search frame, List<Message> found, Optional<String> next) {
        PagePart part = new PagePart(frame.limit(), context.settings().pageBytes());
        for (Message message : found) {
            if (!part.offer(message)) {
                break;
            }
        }
        List<Message> kept = part.messages();
        return new PeopleAnswer.Found(
                frame.id(),
                kept,
                part.isFull()
                        ? Optional.of(SearchPlace.of(kept.get(kept.size() - 1)).cursor())
                        : next);
    }

    // Rooms and their members.

    Optional<ServerFrame> askInbox(PeopleRequest.Inbox frame) {
        int departures = signals.heardRooms().departures();
        return read(frame.id(), store -> {
            List<InboxEntry> entries = frame.rooms().isEmpty()
                    ? store.inbox(accesses.user(), after(store, frame.cursor()), frame.limit())
                    : store.inbox(accesses.user(), frame.rooms());
            boolean isFull = frame.rooms().isEmpty() && entries.size() == frame.limit();
            List<RoomId> rooms = entries.stream().map(InboxEntry::room).toList();
            List<RoomId> readable = signals.heardRooms().readable(store, rooms);
            if (readable.isEmpty()) {
                return inbox(frame, entries, isFull);
            }
            lane.execute(() -> {
                signals.heardRooms().hearOf(readable, departures);
                read(frame.id(), again -> inbox(frame, entries(again, rooms), isFull))
                        .ifPresent(session::send);
            });
            return null;
        });
    }

    /** Returns the entries of rooms of which the client hears by now: so nothing falls between what is read and what is heard. */
    private List<InboxEntry> entries(MessageStore store, List<RoomId> rooms) {
        Map<RoomId, InboxEntry> entries = new HashMap<>();
        store.inbox(accesses.user(), rooms).forEach(entry -> entries.put(entry.room(), entry));
        return rooms.stream().filter(entries::containsKey).map(entries::get).toList();
    }

    private ServerFrame inbox(PeopleRequest.Inbox frame, List<InboxEntry> entries, boolean isFull) {
        int kept = bounded(entries);
        boolean more = kept > 0 && frame.rooms().isEmpty() && (isFull || kept < entries.size());
        return new PeopleAnswer.Inbox(
                frame.id(),
                entries.subList(0, kept),
                more ? Optional.of(entries.get(kept - 1).room().value()) : Optional.empty());
    }

    /** Returns how many of the entries fit into a page; at least one, if there is one. */
    private int bounded(List<InboxEntry> entries) {
        long bytes = 0;
        for (int i = 0; i < entries.size(); i++) {
            bytes += 1024
                    + entries.get(i).settings().json().length()
                    + entries.get(i).last().map(Message::size).orElse(0);
            if (i > 0 && bytes > context.settings().pageBytes()) {
                return i;
            }
        }
        return entries.size();
    }

    private Optional<InboxEntry> after(MessageStore store, Optional<String> cursor) {
        return cursor.flatMap(room ->
                store.inbox(accesses.user(), List.of(new RoomId(room))).stream().findFirst());
    }

    Optional<ServerFrame> askMembers(PeopleRequest.Members frame) {
        Permission needed = frame.standing() == Standing.IN ? Permission.MEMBERS : Permission.INVITE;
        return inRoom(frame.id(), frame.room(), needed, (store, access) -> {
            List<Membership> members = store.members(frame.room(), frame.standing(), frame.after(), frame.limit() + 1);
            boolean more = members.size() > frame.limit();
            List<Membership> page = shown(members.subList(0, more ? frame.limit() : members.size()), access);
            signals.present(frame.room())
                    .thenAcceptAsync(
                            present -> session.send(
                                    new PeopleAnswer.Members(frame.id(), frame.room(), page, more, present)),
                            lane);
            return null;
        });
    }

    /** How far members are is for those who may know of receipts. */
    private static List<Membership> shown(List<Membership> members, Access access) {
        return access.may(Permission.RECEIPTS)
                ? members
                : members.stream().map(Membership::withoutMarks).toList();
    }

    Optional<ServerFrame> askReceipts(PeopleRequest.Readers frame) {
        return inRoom(frame.id(), frame.room(), Permission.RECEIPTS, (store, access) -> {
            Page page = store.history(
                    new HistoryQuery(
                            frame.room(),
                            HistoryQuery.Direction.AFTER,
                            frame.at().seq() - 1,
                            1),
                    1);
            boolean there = page.upto().epoch() == frame.at().epoch()
                    && page.messages().size() == 1
                    && page.messages().get(0).seq() == frame.at().seq();
            if (!there) {
                return ServerFrame.Refused.of(frame.id(), ErrorCode.TARGET_UNKNOWN, "there is no such message");
            }
            Receipts receipts = store.receipts(
                    frame.room(), frame.at().seq(), page.messages().get(0).sender());
            return new PeopleAnswer.Receipts(frame.id(), frame.room(), receipts);
        });
    }

    Optional<ServerFrame> setNotify(PeopleRequest.SetNotify frame) {
        return read(frame.id(), store -> {
            boolean isMember = store.membership(frame.room(), accesses.user())
                    .filter(Membership::isIn)
                    .isPresent();
            if (!isMember) {
                return ServerFrame.Refused.of(frame.id(), ErrorCode.NO_ROOM, "there is no such room for you");
            }
            store.notifications(frame.room(), accesses.user(), frame.notifications());
            signals.notified(frame.room(), frame.notifications());
            return ok(frame.id());
        });
    }

    /** Both people name the room alike, so there is but one; who comes first makes it. */
    Optional<ServerFrame> direct(PeopleRequest.Direct frame) {
        UserId user = accesses.user();
        if (frame.user().equals(user)) {
            return Refusals.refused(frame.id(), ErrorCode.BAD_FRAME, "a direct room has two people");
        }
        RoomId room = DirectRooms.between(user, frame.user());
        return read(frame.id(), store -> {
            boolean isThere = store.view(room, user).isCreated();
            if (!isThere && store.people().blocked(frame.user()).contains(user)) {
                return ServerFrame.Refused.of(
                        frame.id(), ErrorCode.FORBIDDEN, "this person wants no messages from you");
            }
            if (isThere) {
                return there(frame, room);
            }
            create(frame, room);
            return null;
        });
    }

    private void create(PeopleRequest.Direct frame, RoomId room) {
        UserId user = accesses.user();
        Draft draft = Draft.change(
                room,
                user,
                new ClientId("~direct"),
                new RoomChange.Created(RoomSettings.direct(user, frame.user()), List.of(user, frame.user())));
        context.queue().append(draft, new Flow()).thenAcceptAsync(outcome -> created(frame, room, outcome), lane);
    }

    private void created(PeopleRequest.Direct frame, RoomId room, Outcome outcome) {
        if (outcome instanceof Outcome.Accepted) {
            session.send(there(frame, room));
        } else if (outcome instanceof Outcome.Refused refused && refused.code() == ErrorCode.ROOM_EXISTS) {
            read(frame.id(), store -> answerIfCreated(store, frame, room)).ifPresent(session::send);
        } else {
            session.send(unavailable(frame.id()));
        }
    }

    /** The other was quicker; or somebody was in the room before it was made, and then it isn't a room of these two. */
    private ServerFrame answerIfCreated(MessageStore store, PeopleRequest.Direct frame, RoomId room) {
        return store.view(room, accesses.user()).isCreated()
                ? there(frame, room)
                : ServerFrame.Refused.of(frame.id(), ErrorCode.ROOM_EXISTS, "this room isn't yours alone");
    }

    private static ServerFrame there(PeopleRequest.Direct frame, RoomId room) {
        return new ServerFrame.Ok(frame.id(), OptionalLong.empty(), Optional.of(room));
    }

    // People.

    Optional<ServerFrame> askUsers(PeopleRequest.Users frame) {
        return read(frame.id(), store -> {
            if (frame.isBlocked()) {
                List<Profile> blocked = new ArrayList<>();
                store.people().blocked(accesses.user()).forEach(user -> blocked.add(new Profile(user, "", "", "")));
                return new PeopleAnswer.Users(frame.id(), blocked);
            }
            return new PeopleAnswer.Users(
                    frame.id(),
                    List.copyOf(context.services()
                            .directory()
                            .profiles(store, frame.users())
                            .values()));
        });
    }

    Optional<ServerFrame> setProfile(PeopleRequest.SetProfile frame) {
        if (!context.services().directory().isWritable()) {
            return Refusals.refused(frame.id(), ErrorCode.FORBIDDEN, "profiles are the application's");
        }
        Profile profile;
        try {
            profile = new Profile(accesses.user(), frame.name(), frame.avatar(), frame.attributes());
        } catch (IllegalArgumentException invalid) {
            return Refusals.refused(frame.id(), ErrorCode.TOO_LARGE, String.valueOf(invalid.getMessage()));
        }
        return read(frame.id(), store -> {
            store.people().save(profile);
            return ok(frame.id());
        });
    }

    Optional<ServerFrame> block(PeopleRequest.Block frame) {
        return read(frame.id(), store -> {
            if (!store.people().block(accesses.user(), frame.user(), frame.isOn())) {
                return ServerFrame.Refused.of(frame.id(), ErrorCode.TOO_LARGE, "too many people are blocked");
            }
            context.blocked().accept(accesses.user(), frame.user());
            return ok(frame.id());
        });
    }

    // How.

    private static ServerFrame ok(int requestId) {
        return new ServerFrame.Ok(requestId, OptionalLong.empty());
    }

    private static ServerFrame unavailable(int requestId) {
        return Refusals.unavailable(requestId).get();
    }

    /** Reads in a room, if that is permitted there; null if the answer comes later. */
    private Optional<ServerFrame> inRoom(
            int requestId,
            RoomId room,
            Permission needed,
            BiFunction<MessageStore, Access, @Nullable ServerFrame> read) {
        return read(requestId, store -> {
            // Now, and not when it was asked: it may have waited, and much may have changed.
            Access access = known.apply(room).orElseGet(() -> accesses.now(store, room));
            return access.may(needed)
                    ? read.apply(store, access)
                    : ServerFrame.Refused.of(requestId, access.refusal(), "it isn't allowed here");
        });
    }

    /** Reads, and sends what comes of it; null if the answer comes later. */
    private Optional<ServerFrame> read(int requestId, Function<MessageStore, @Nullable ServerFrame> read) {
        boolean taken = paced.add(() -> context.store()
                .ask(store -> answer(requestId, store, read))
                .handleAsync(
                        (answer, failure) -> {
                            if (failure instanceof HostCodeException) {
                                session.send(ServerFrame.Refused.of(
                                        requestId, ErrorCode.INTERNAL, String.valueOf(failure.getMessage())));
                            } else if (failure != null) {
                                session.send(unavailable(requestId));
                            } else if (answer.isPresent()) {
                                session.send(answer.get());
                            }
                            return true;
                        },
                        lane));
        return taken ? Optional.empty() : Refusals.refused(requestId, ErrorCode.BUSY, Refusals.LATER);
    }

    private static Optional<ServerFrame> answer(
            int requestId, MessageStore store, Function<MessageStore, @Nullable ServerFrame> read) {
        try {
            return Optional.ofNullable(read.apply(store));
        } catch (IllegalArgumentException invalid) {
            String reason = LogText.escape(String.valueOf(invalid.getMessage()));
            LOG.debug("A request couldn't be answered: {}", reason);
            return Refusals.refused(requestId, ErrorCode.BAD_FRAME, reason);
        }
    }
}
