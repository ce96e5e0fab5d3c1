package io.natterjack.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.CallSignal;
import io.natterjack.core.ClientId;
import io.natterjack.core.CloseReason;
import io.natterjack.core.Cursor;
import io.natterjack.core.DeviceId;
import io.natterjack.core.Draft;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.EventKind;
import io.natterjack.core.HistoryQuery;
import io.natterjack.core.Message;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Notify;
import io.natterjack.core.Outcome;
import io.natterjack.core.Permission;
import io.natterjack.core.Permissions;
import io.natterjack.core.PresenceState;
import io.natterjack.core.PresenceState.Availability;
import io.natterjack.core.Role;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.RoomKind;
import io.natterjack.core.RoomSettings;
import io.natterjack.core.Standing;
import io.natterjack.core.Target;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.AccessPolicy;
import io.natterjack.core.spi.Flow;
import io.natterjack.core.spi.QueueFactory;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.ClientSignal;
import io.natterjack.core.wire.PeopleAnswer;
import io.natterjack.core.wire.PeopleRequest;
import io.natterjack.core.wire.ServerFrame;
import io.natterjack.core.wire.ServerSignal;
import io.natterjack.server.RolePolicy;
import io.natterjack.server.engine.LocalPresence;
import io.natterjack.server.engine.StoreReads;
import io.natterjack.server.node.Nodes;
import io.natterjack.testkit.ManualScheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Rooms and people: the edge cases of docs/protocol.md, and what may get lost. */
final class PeopleTest extends SessionFixture {
    private static final RoomId FROGS = new RoomId("frogs");
    private static final UserId ADA = new UserId("ada");
    private static final UserId BOB = new UserId("bob");
    private static final UserId CY = new UserId("cy");

    private int cids;

    private void host(RoomId room, RoomChange change) {
        store.append(List.of(Draft.change(room, new UserId("host"), new ClientId("~" + ++cids), change)));
        router.changed(room);
        time.runAll();
    }

    /** A private room of Ada's, in which Bob is a member. */
    private void frogs() {
        host(FROGS, new RoomChange.Created(RoomSettings.of(RoomKind.PRIVATE, "Frogs"), List.of(ADA)));
        host(FROGS, new RoomChange.Member(BOB, true));
    }

    private void join(Client client, RoomId room) {
        client.send(new ClientFrame.Join(9, room, Optional.empty(), 0));
        assertThat(only(ServerFrame.Joined.class, client.rest()).id()).isEqualTo(9);
    }

    private static void change(Client client, RoomId room, String cid, RoomChange change) {
        client.send(new ClientFrame.Change(5, room, new ClientId(cid), change, false));
    }

    private static ErrorCode refusal(Client client) {
        return only(ServerFrame.Refused.class, client.rest()).code();
    }

    private static Target own(String cid) {
        return Target.own(new ClientId(cid));
    }

    private static RoomChange edit(Target target, String text) {
        return new RoomChange.Edited(target, MessageBody.text(text), OptionalLong.empty());
    }

    private List<Message> messages(RoomId room) {
        return store.history(HistoryQuery.latest(room, 100), 1 << 20).messages();
    }

    private static List<EventKind> kinds(List<ServerFrame> frames) {
        List<EventKind> kinds = new ArrayList<>();
        all(ServerFrame.Ev.class, frames).forEach(ev -> ev.events().forEach(event -> kinds.add(event.kind())));
        return kinds;
    }

    // ---- changes that pipeline

    @Test
    void sendEditAndRevokeWithoutWaiting() {
        Client ada = joined("ada");
        ada.queue(new ClientFrame.Send(1, LOBBY, new ClientId("a"), MessageBody.text("hi"), false));
        ada.queue(new ClientFrame.Change(2, LOBBY, new ClientId("b"), edit(own("a"), "hi!"), false));
        ada.queue(new ClientFrame.Change(3, LOBBY, new ClientId("c"), new RoomChange.Revoked(own("a")), false));
        time.runAll();

        List<ServerFrame> frames = ada.rest();
        assertThat(all(ServerFrame.Ack.class, frames))
                .extracting(ack -> ack.at().seq())
                .containsExactly(1L, 2L, 3L);
        assertThat(kinds(frames)).containsExactly(EventKind.MESSAGE, EventKind.EDIT, EventKind.REVOKE);
        assertThat(messages(LOBBY).get(0).details().isRevoked()).isTrue();
    }

    @Test
    void whoComesBackAfterARevocationDoesntGetTheBody() {
        Client ada = joined("ada");
        ada.message("a", "secret");
        change(ada, LOBBY, "b", edit(own("a"), "secret too"));
        change(ada, LOBBY, "c", new RoomChange.Revoked(own("a")));

        Client bob = welcome("bob");
        bob.send(new ClientFrame.Join(2, LOBBY, Optional.of(new Cursor(epoch(), 0)), 0));
        List<ServerFrame> frames = bob.rest();
        assertThat(seqs(frames)).containsExactly(1L, 2L, 3L);
        assertThat(frames.toString()).doesNotContain("secret");
    }

    @Test
    void aRefusedSendHasItsEditRefusedToo() {
        Client ada = joined("ada");
        change(ada, LOBBY, "b", edit(own("never-sent"), "hi!"));
        assertThat(refusal(ada)).isEqualTo(ErrorCode.TARGET_UNKNOWN);
    }

    @Test
    void aRevocationThatOvertakesItsSendWins() {
        Client ada = joined("ada");
        Client other = joined("ada");
        change(other, LOBBY, "r", new RoomChange.Revoked(own("late")));
        assertThat(only(ServerFrame.Ack.class, other.rest()).at().seq()).isZero();
        ada.send(new ClientFrame.Send(1, LOBBY, new ClientId("late"), MessageBody.text("late"), true));

        assertThat(refusal(ada)).isEqualTo(ErrorCode.TARGET_REVOKED);
        assertThat(messages(LOBBY)).isEmpty();
    }

    @Test
    void twoDevicesEditAndTheLaterInTheLogHolds() {
        Client one = joined("ada");
        Client other = joined("ada");
        one.message("a", "0");
        change(one, LOBBY, "b", edit(own("a"), "1"));
        change(other, LOBBY, "c", edit(own("a"), "2"));
        assertThat(messages(LOBBY).get(0).body().text()).contains("2");
        one.rest();
        change(one, LOBBY, "d", new RoomChange.Edited(own("a"), MessageBody.text("3"), OptionalLong.of(2)));

        assertThat(refusal(one)).isEqualTo(ErrorCode.REV_CONFLICT);
    }

    @Test
    void aResendIsAnsweredWithItsFirstResultEvenIfItsSenderWasRemovedSince() {
        frogs();
        Client bob = welcome("bob");
        join(bob, FROGS);
        bob.send(new ClientFrame.Send(1, FROGS, new ClientId("a"), MessageBody.text("hi"), false));
        long seq = only(ServerFrame.Ack.class, bob.rest()).at().seq();
        Client later = welcome("bob");
        join(later, FROGS);
        store.append(List.of(Draft.change(FROGS, ADA, new ClientId("k"), new RoomChange.Member(BOB, false))));
        later.send(new ClientFrame.Send(2, FROGS, new ClientId("a"), MessageBody.text("hi"), true));

        ServerFrame.Ack again = only(ServerFrame.Ack.class, later.rest());
        assertThat(again.at().seq()).isEqualTo(seq);
        assertThat(again.isDuplicate()).isTrue();
    }

    @Test
    void theUndoWindowIsTheServersTime() {
        services = new Services(
                services.policy(),
                services.signals(),
                services.presence(),
                services.interception(),
                Duration.ofMinutes(5),
                services.rates(),
                services.directory(),
                services.calls(),
                services.bumps(),
                services.ice());
        Sessions limited = sessions(LIMITS);
        assertThat(limited.count()).isZero();
        Client ada = new Client(limited);
        ada.hello("ada");
        join(ada, LOBBY);
        ada.message("a", "hi");
        ada.rest();
        // The store's clock is the system's; the session's is the test's.
        time.advance(Duration.ofDays(20_000));
        Client later = new Client(limited);
        later.hello("ada");
        later.rest();
        change(later, LOBBY, "b", edit(own("a"), "hi!"));

        assertThat(refusal(later)).isEqualTo(ErrorCode.EDIT_WINDOW);
    }

    // ---- being in a room, and not any more

    @Test
    void aRoomThatIsntForYouAnswersAsOneThatIsntThere() {
        frogs();
        services = services(new RolePolicy().clock(time::wallMillis).onlyCreatedRooms());
        Client cy = new Client(sessions(LIMITS));
        cy.hello("cy");
        cy.rest();

        assertThat(answersAbout(FROGS, cy)).isEqualTo(answersAbout(new RoomId("nowhere"), cy));
    }

    /** Where anybody may begin a room, one that isn't there lets them in: then only what is in a room can be hidden. */
    @Test
    void underThePolicyOfRoomsThatNobodyCreatedNothingOfARoomThatIsntForYouIsTold() {
        frogs();
        store.append(List.of(said("secret")));
        Client cy = welcome("cy");

        List<String> answers = answersAbout(FROGS, cy);
        assertThat(answers).hasSize(8).allMatch(answer -> answer.startsWith("Refused"));
        assertThat(answers.toString()).doesNotContain("secret", "Frogs", "ada", "bob");
    }

    /** Tries all there is, and returns the answers without the name of the room. */
    private List<String> answersAbout(RoomId room, Client client) {
        client.send(new ClientFrame.Join(2, room, Optional.empty(), 0));
        client.send(new ClientFrame.History(3, OptionalLong.empty(), HistoryQuery.latest(room, 10)));
        client.send(new ClientFrame.Changes(3, room, OptionalLong.empty(), 0, 10));
        client.send(new PeopleRequest.Members(4, room, Standing.IN, Optional.empty(), 10));
        client.send(new PeopleRequest.Search(5, "secret", List.of(room), Optional.empty(), 10));
        client.send(new ClientFrame.Send(6, room, new ClientId("s"), MessageBody.text("me"), false));
        change(client, room, "a", new RoomChange.Member(BOB, false));
        change(client, room, "b", new RoomChange.Settings("{\"name\":\"Mine\"}"));
        return client.rest().stream()
                .map(frame -> frame.toString().replace(room.value(), "a room"))
                .toList();
    }

    @Test
    void aKickIsTheLastThatIsHeard() {
        frogs();
        Client bob = welcome("bob");
        join(bob, FROGS);
        store.append(List.of(
                new Draft(FROGS, ADA, new ClientId("1"), MessageBody.text("before")),
                Draft.change(FROGS, ADA, new ClientId("2"), new RoomChange.Member(BOB, false)),
                new Draft(FROGS, ADA, new ClientId("3"), MessageBody.text("after"))));
        router.changed(FROGS);
        time.runAll();

        List<ServerFrame> frames = bob.rest();
        assertThat(kinds(frames)).containsExactly(EventKind.MESSAGE, EventKind.MEMBER);
        assertThat(only(ServerFrame.Left.class, frames).reason()).isEqualTo(ServerFrame.Left.Reason.KICKED);
        assertThat(frames.toString()).doesNotContain("after");
        host(FROGS, new RoomChange.Settings("{\"topic\":\"secret\"}"));
        assertThat(kinds(bob.rest())).isEmpty();
        bob.send(new ClientFrame.Send(1, FROGS, new ClientId("a"), MessageBody.text("hi"), false));
        assertThat(refusal(bob)).isEqualTo(ErrorCode.NOT_MEMBER);
    }

    @Test
    void aKickEndsACatchUpAtOnce() {
        frogs();
        for (int i = 0; i < 1_000; i++) {
            store.append(List.of(new Draft(FROGS, ADA, new ClientId("m" + i), MessageBody.text("m"))));
        }
        Client bob = welcome("bob");
        bob.connection.fullAfter = 2; // what joined, and one part
        bob.send(new ClientFrame.Join(9, FROGS, Optional.of(new Cursor(epoch(), 2)), 0));
        int before = seqs(bob.rest()).size();
        host(FROGS, new RoomChange.Member(BOB, Standing.BANNED, Optional.empty(), 0));
        bob.listener.drained();
        time.runAll();

        List<ServerFrame> frames = bob.rest();
        assertThat(before).isBetween(1, 999);
        assertThat(seqs(frames)).isEmpty();
        assertThat(only(ServerFrame.Left.class, frames).reason()).isEqualTo(ServerFrame.Left.Reason.KICKED);
    }

    @Test
    void whoWasRemovedWhileAwayGetsWhatHappenedUntilThen() {
        frogs();
        Cursor seen = store.heads(List.of(FROGS)).get(FROGS);
        store.append(List.of(
                new Draft(FROGS, ADA, new ClientId("1"), MessageBody.text("before")),
                Draft.change(FROGS, ADA, new ClientId("2"), new RoomChange.Member(BOB, false)),
                new Draft(FROGS, ADA, new ClientId("3"), MessageBody.text("after"))));
        Client bob = welcome("bob");
        bob.send(new ClientFrame.Join(9, FROGS, Optional.of(seen), 0));

        List<ServerFrame> frames = bob.rest();
        assertThat(only(ServerFrame.Joined.class, frames).head().seq()).isEqualTo(seen.seq() + 2);
        assertThat(seqs(frames)).containsExactly(seen.seq() + 1, seen.seq() + 2);
        assertThat(only(ServerFrame.Left.class, frames).reason()).isEqualTo(ServerFrame.Left.Reason.KICKED);
        assertThat(frames.toString()).doesNotContain("after");
        bob.send(new ClientFrame.Join(10, FROGS, Optional.of(new Cursor(seen.epoch(), seen.seq() + 2)), 0));
        assertThat(refusal(bob)).isEqualTo(ErrorCode.NO_ROOM);
    }

    @Test
    void whatHappensAfterARemovalIsntReadByMeansOfALaterOne() {
        frogs();
        host(FROGS, new RoomChange.Member(BOB, false)); // the third
        host(FROGS, new RoomChange.Settings("{\"name\":\"secret\"}"));
        host(FROGS, new RoomChange.Member(BOB, Standing.BANNED, Optional.empty(), 0));
        Client bob = welcome("bob");
        bob.send(new ClientFrame.Join(7, FROGS, Optional.of(new Cursor(epoch(), 2)), 0));

        List<ServerFrame> frames = bob.rest();
        assertThat(only(ServerFrame.Refused.class, frames).code()).isEqualTo(ErrorCode.NO_ROOM);
        assertThat(frames.toString()).doesNotContain("secret");
    }

    @Test
    void nobodyComesToARoleByLeavingAndBeingInvited() {
        frogs();
        Client bob = welcome("bob");
        change(bob, FROGS, "a", new RoomChange.Member(BOB, Standing.OUT, Optional.of(Role.OWNER), 0));
        assertThat(refusal(bob)).isEqualTo(ErrorCode.FORBIDDEN);

        host(FROGS, new RoomChange.Member(BOB, Standing.IN, Optional.of(Role.MODERATOR), 0));
        host(FROGS, new RoomChange.Member(BOB, false));
        host(FROGS, new RoomChange.Member(BOB, Standing.INVITED, Optional.empty(), 0));
        change(bob, FROGS, "b", new RoomChange.Member(BOB, true));
        only(ServerFrame.Ack.class, bob.rest());
        assertThat(store.membership(FROGS, BOB).orElseThrow().role()).isEqualTo(Role.MEMBER);
    }

    @Test
    void whoIsOnlyInvitedHearsNothingInTheirInbox() {
        frogs();
        host(FROGS, new RoomChange.Member(CY, Standing.INVITED, Optional.empty(), 0));
        Client cy = welcome("cy");
        cy.send(new PeopleRequest.Inbox(3, List.of(), Optional.empty(), 10));
        assertThat(only(PeopleAnswer.Inbox.class, cy.rest()).entries()).hasSize(1);
        append(FROGS, ADA, "a", "{\"text\":\"secret\"}");
        time.runAll();
        assertThat(cy.rest().toString()).doesNotContain("secret");
    }

    @Test
    void aRoomThatBecomesPrivateIsOverForStrangers() {
        host(FROGS, new RoomChange.Created(RoomSettings.of(RoomKind.OPEN, "Frogs"), List.of(ADA)));
        Client cy = welcome("cy");
        join(cy, FROGS);
        host(FROGS, new RoomChange.Settings("{\"kind\":\"private\"}"));

        assertThat(only(ServerFrame.Left.class, cy.rest()).reason()).isEqualTo(ServerFrame.Left.Reason.KICKED);
    }

    /** Returns the drafts' events, which are in the store and not delivered yet. */
    private List<RoomEvent> kept(Draft... drafts) {
        long before = store.heads(List.of(FROGS)).get(FROGS).seq();
        store.append(List.of(drafts));
        return store.eventsAfter(FROGS, before, 100, 1 << 20);
    }

    private Draft setting(String change) {
        return Draft.change(FROGS, ADA, new ClientId("~" + ++cids), new RoomChange.Settings(change));
    }

    private Draft said(String text) {
        return new Draft(FROGS, ADA, new ClientId("~" + ++cids), MessageBody.text(text));
    }

    @Test
    void nothingBehindTheChangeIsHeardByStrangers() {
        host(FROGS, new RoomChange.Created(RoomSettings.of(RoomKind.OPEN, "Frogs"), List.of(ADA)));
        Client ada = welcome("ada");
        join(ada, FROGS);
        Client cy = welcome("cy");
        join(cy, FROGS);
        router.committed(kept(said("before"), setting("{\"kind\":\"private\"}"), said("secret")));
        time.runAll();

        assertThat(seqs(ada.rest())).containsExactly(2L, 3L, 4L);
        List<ServerFrame> heard = cy.rest();
        assertThat(seqs(heard)).containsExactly(2L, 3L);
        assertThat(heard.get(heard.size() - 1)).isInstanceOf(ServerFrame.Left.class);
        router.committed(kept(said("secret too")));
        time.runAll();
        assertThat(cy.rest()).isEmpty();
    }

    @Test
    void whileItCantBeAskedWhetherTheyMayStrangersHearNothing() {
        host(FROGS, new RoomChange.Created(RoomSettings.of(RoomKind.OPEN, "Frogs"), List.of(ADA)));
        Client cy = welcome("cy");
        join(cy, FROGS);
        List<RoomEvent> events = kept(setting("{\"kind\":\"private\"}"), said("secret"));
        store.away(true);
        router.committed(events);
        time.advance(Duration.ofSeconds(5));
        assertThat(seqs(cy.rest())).containsExactly(2L);
        store.away(false);
        time.advance(Duration.ofSeconds(2));

        assertThat(only(ServerFrame.Left.class, cy.rest()).reason()).isEqualTo(ServerFrame.Left.Reason.KICKED);
    }

    @Test
    void whoMayHearOnMissesNothingOfWhatWasHeldBack() {
        host(FROGS, new RoomChange.Created(RoomSettings.of(RoomKind.OPEN, "Frogs"), List.of(ADA)));
        host(FROGS, new RoomChange.Member(BOB, true));
        Client bob = welcome("bob");
        join(bob, FROGS);
        Client cy = welcome("cy");
        join(cy, FROGS);
        List<RoomEvent> events = kept(
                said("a"),
                setting("{\"grants\":{\"guest\":{\"send\":false}}}"),
                said("b"),
                setting("{\"kind\":\"broadcast\"}"),
                said("c"));
        store.away(true);
        router.committed(events.subList(0, 3));
        router.committed(events.subList(3, 5));
        time.advance(Duration.ofSeconds(3));
        store.away(false);
        time.advance(Duration.ofSeconds(3));
        router.committed(kept(said("d")));
        time.runAll();

        assertThat(seqs(cy.rest())).containsExactly(3L, 4L, 5L, 6L, 7L, 8L);
        assertThat(seqs(bob.rest())).containsExactly(3L, 4L, 5L, 6L, 7L, 8L);
    }

    /** Cy comes back to Ada's open room after a thousand messages, reads the first of them and stops. */
    private Client catchingUp() {
        host(FROGS, new RoomChange.Created(RoomSettings.of(RoomKind.OPEN, "Frogs"), List.of(ADA)));
        for (int i = 0; i < 1_000; i++) {
            store.append(List.of(said("m")));
        }
        Client cy = welcome("cy");
        cy.connection.fullAfter = 2; // what joined, and one part
        cy.send(new ClientFrame.Join(9, FROGS, Optional.of(new Cursor(epoch(), 1)), 0));
        return cy;
    }

    @Test
    void aRoomThatBecomesPrivateEndsACatchUpOfStrangers() {
        Client cy = catchingUp();
        assertThat(seqs(cy.rest()).size()).isBetween(1, 999);
        host(FROGS, new RoomChange.Settings("{\"kind\":\"private\"}"));
        cy.listener.drained();
        time.runAll();

        List<ServerFrame> frames = cy.rest();
        assertThat(seqs(frames)).isEmpty();
        assertThat(only(ServerFrame.Left.class, frames).reason()).isEqualTo(ServerFrame.Left.Reason.KICKED);
    }

    @Test
    void aRoomThatStaysOpenIsCaughtUpWithWithoutAHole() {
        Client cy = catchingUp();
        List<Long> heard = new ArrayList<>(seqs(cy.rest()));
        host(FROGS, new RoomChange.Settings("{\"kind\":\"broadcast\"}"));
        store.append(List.of(said("n")));
        router.changed(FROGS);
        cy.connection.fullAfter = Integer.MAX_VALUE;
        cy.listener.drained();
        time.runAll();
        heard.addAll(seqs(cy.rest()));

        assertThat(heard).isEqualTo(LongStream.rangeClosed(2, 1_003).boxed().toList());
    }

    @Test
    void aMemberHearsOnWhenTheRoomBecomesPrivateThoughTheStoreIsAway() {
        host(FROGS, new RoomChange.Created(RoomSettings.of(RoomKind.OPEN, "Frogs"), List.of(ADA)));
        Client ada = welcome("ada");
        join(ada, FROGS);
        List<RoomEvent> events = kept(setting("{\"kind\":\"private\"}"), said("a"));
        store.away(true);
        router.committed(events);
        time.runAll();

        assertThat(seqs(ada.rest())).containsExactly(2L, 3L);
    }

    @Test
    void aBanEndsByItself() {
        host(FROGS, new RoomChange.Created(RoomSettings.of(RoomKind.OPEN, "Frogs"), List.of(ADA)));
        host(FROGS, new RoomChange.Member(BOB, Standing.BANNED, Optional.empty(), time.wallMillis() + 60_000));
        Client bob = welcome("bob");
        bob.send(new ClientFrame.Join(9, FROGS, Optional.empty(), 0));
        assertThat(refusal(bob)).isEqualTo(ErrorCode.NO_ROOM);
        time.advance(Duration.ofMinutes(1));

        join(welcome("bob"), FROGS);
    }

    @Test
    void roomsAreMadeEnteredAndLeft() {
        Client ada = welcome("ada");
        change(ada, FROGS, "a", new RoomChange.Created(RoomSettings.of(RoomKind.PRIVATE, "Frogs"), List.of(BOB)));
        only(ServerFrame.Ack.class, ada.rest());
        assertThat(store.view(FROGS, ADA).role()).contains(Role.OWNER);
        assertThat(store.view(FROGS, BOB).role())
                .as("nobody is made a member unasked")
                .isEmpty();
        Client bob = welcome("bob");
        change(bob, FROGS, "b", new RoomChange.Created(RoomSettings.of(RoomKind.OPEN, "Mine"), List.of()));
        assertThat(refusal(bob)).isEqualTo(ErrorCode.ROOM_EXISTS);
        change(bob, FROGS, "c", new RoomChange.Member(BOB, true));
        assertThat(refusal(bob)).isEqualTo(ErrorCode.NO_ROOM);
        change(ada, FROGS, "d", new RoomChange.Member(BOB, Standing.INVITED, Optional.empty(), 0));
        assertThat(only(ServerSignal.Standing.class, bob.rest()).change().standing())
                .isEqualTo(Standing.INVITED);
        change(bob, FROGS, "e", new RoomChange.Member(BOB, true));
        join(bob, FROGS);
        bob.send(new ClientFrame.Leave(7, FROGS, true));

        List<ServerFrame> frames = bob.rest();
        assertThat(only(ServerFrame.Ok.class, frames).id()).isEqualTo(7);
        assertThat(store.view(FROGS, BOB).role()).isEmpty();
    }

    @Test
    void aDirectRoomIsThereOnceFromBothSides() {
        Client ada = welcome("ada");
        Client bob = welcome("bob");
        ada.send(new PeopleRequest.Direct(2, BOB));
        bob.rest();
        bob.send(new PeopleRequest.Direct(3, ADA));
        ada.send(new PeopleRequest.Direct(4, BOB));

        RoomId room = only(ServerFrame.Ok.class, bob.rest()).room().orElseThrow();
        assertThat(all(ServerFrame.Ok.class, ada.rest()))
                .allMatch(ok -> ok.room().equals(Optional.of(room)));
        assertThat(store.eventsAfter(room, 0, 10, 1 << 20)).hasSize(1);
        join(ada, room);
        change(ada, room, "a", new RoomChange.Member(CY, Standing.INVITED, Optional.empty(), 0));
        assertThat(refusal(ada)).isEqualTo(ErrorCode.FORBIDDEN);
        ada.send(new PeopleRequest.Direct(5, ADA));
        assertThat(refusal(ada)).isEqualTo(ErrorCode.BAD_FRAME);
    }

    @Test
    void nobodyComesIntoADirectRoomBeforeItsPeople() {
        RoomId room = DirectRooms.between(ADA, BOB);
        Client eve = welcome("eve");
        triesToGetIn(eve, room);
        assertThat(store.heads(List.of(room)).get(room).seq()).isZero();
        Client ada = welcome("ada");
        Client bob = welcome("bob");
        bob.send(new ClientFrame.Join(2, room, Optional.empty(), 0));
        assertThat(refusal(bob)).isEqualTo(ErrorCode.NO_ROOM);

        ada.send(new PeopleRequest.Direct(4, BOB));
        assertThat(only(ServerFrame.Ok.class, ada.rest()).room()).contains(room);
        join(ada, room);
        join(bob, room);
        ada.send(new ClientFrame.Send(5, room, new ClientId("a"), MessageBody.text("secret"), false));

        assertThat(bob.rest().toString()).contains("secret");
        triesToGetIn(eve, room);
    }

    /** By every way in; what was said there doesn't come. */
    private void triesToGetIn(Client eve, RoomId room) {
        eve.send(new ClientFrame.Join(2, room, Optional.empty(), 100));
        assertThat(refusal(eve)).isEqualTo(ErrorCode.NO_ROOM);
        eve.send(new ClientFrame.Send(3, room, new ClientId("e"), MessageBody.text("me"), false));
        assertThat(refusal(eve)).isEqualTo(ErrorCode.NOT_MEMBER);
        change(eve, room, "m", new RoomChange.Member(new UserId("eve"), true));
        assertThat(refusal(eve)).isEqualTo(ErrorCode.NO_ROOM);
        change(eve, room, "c", new RoomChange.Created(RoomSettings.of(RoomKind.OPEN, "Mine"), List.of()));
        assertThat(refusal(eve)).isEqualTo(ErrorCode.FORBIDDEN);
        eve.send(new ClientFrame.History(6, OptionalLong.empty(), HistoryQuery.latest(room, 10)));
        assertThat(refusal(eve)).isEqualTo(ErrorCode.NO_ROOM);
        eve.send(new PeopleRequest.Members(7, room, Standing.IN, Optional.empty(), 10));
        assertThat(refusal(eve)).isEqualTo(ErrorCode.NO_ROOM);
    }

    @Test
    void noPolicyOpensARoomOfTheServersOwnThatIsntThere() {
        AccessPolicy anything = (who, room) -> Permissions.of(EnumSet.allOf(Permission.class));
        services = services(anything);
        RoomId room = DirectRooms.between(ADA, BOB);
        Client eve = new Client(sessions(LIMITS));
        eve.hello("eve");
        eve.rest();
        eve.send(new ClientFrame.Join(2, room, Optional.empty(), 0));
        assertThat(refusal(eve)).isEqualTo(ErrorCode.NO_ROOM);

        Permits permits = new Permits(anything, new StoreReads(store, time), time, Duration.ZERO);
        Draft waited = new Draft(room, new UserId("eve"), new ClientId("e"), MessageBody.text("me"));
        CompletableFuture<QueueFactory.Permit> permit = permits.again(waited).toCompletableFuture();
        time.runAll();
        assertThat(permit.join().refusal()).isEqualTo(Outcome.Refused.forGood(ErrorCode.NO_ROOM));
    }

    @Test
    void whoIsBlockedCantWriteAnyMore() {
        Client ada = welcome("ada");
        Client bob = welcome("bob");
        bob.send(new PeopleRequest.Direct(2, ADA));
        RoomId room = only(ServerFrame.Ok.class, bob.rest()).room().orElseThrow();
        join(bob, room);
        bob.send(new ClientFrame.Send(1, room, new ClientId("a"), MessageBody.text("hi"), false));
        bob.rest();
        ada.send(new PeopleRequest.Block(3, BOB, true));
        bob.send(new ClientFrame.Send(1, room, new ClientId("b"), MessageBody.text("hi"), false));
        assertThat(refusal(bob)).isEqualTo(ErrorCode.FORBIDDEN);
        ada.rest();
        ada.send(new PeopleRequest.Users(4, List.of(), true));
        assertThat(only(PeopleAnswer.Users.class, ada.rest()).profiles().get(0).user())
                .isEqualTo(BOB);
    }

    // ---- delivered, read, what is new

    @Test
    void receiptsReachTheRoomAndTheOtherDevices() {
        frogs();
        Client ada = welcome("ada");
        Client bob = welcome("bob");
        Client bobsOther = welcome("bob");
        join(ada, FROGS);
        join(bob, FROGS);
        ada.send(new ClientFrame.Send(1, FROGS, new ClientId("a"), MessageBody.text("hi"), false));
        ada.rest();
        bob.send(new ClientSignal.Mark(FROGS, epoch(), 3, 0));
        bob.send(new ClientSignal.Mark(FROGS, epoch(), 3, 2));
        bob.send(new ClientSignal.Mark(FROGS, epoch(), 3, 3));
        assertThat(all(ServerSignal.Marked.class, ada.rest()))
                .containsExactly(new ServerSignal.Marked(FROGS, BOB, 3, 2));
        time.advance(Duration.ofSeconds(1));

        assertThat(all(ServerSignal.Marked.class, ada.rest()))
                .as("the newest of what came too fast")
                .containsExactly(new ServerSignal.Marked(FROGS, BOB, 3, 3));
        assertThat(all(ServerSignal.Marked.class, bobsOther.rest())).hasSize(2);
        assertThat(all(ServerSignal.Marked.class, bob.rest())).isEmpty();
        ada.send(new PeopleRequest.Readers(4, FROGS, new Cursor(epoch(), 3)));
        assertThat(only(PeopleAnswer.Receipts.class, ada.rest()).receipts().readers())
                .containsExactly(BOB);
        bob.send(new ClientSignal.Mark(FROGS, epoch() + 1, 9, 9));
        assertThat(store.membership(FROGS, BOB).orElseThrow().read()).isEqualTo(3);
    }

    @Test
    void inALargeRoomReceiptsAreForOwnDevicesAlone() {
        frogs();
        for (int i = 0; i < Watermarks.MAX_RECEIPTS; i++) {
            host(FROGS, new RoomChange.Member(new UserId("u" + i), true));
        }
        Client ada = welcome("ada");
        Client bob = welcome("bob");
        Client bobsOther = welcome("bob");
        join(ada, FROGS);
        join(bob, FROGS);
        bob.send(new ClientSignal.Mark(FROGS, epoch(), 0, 50));

        assertThat(all(ServerSignal.Marked.class, ada.rest())).isEmpty();
        assertThat(all(ServerSignal.Marked.class, bobsOther.rest())).hasSize(1);
    }

    @Test
    void theInboxTellsWhatIsNewAndBumpsKeepItSo() {
        frogs();
        Client bob = welcome("bob");
        bob.send(new PeopleRequest.Inbox(2, List.of(), Optional.empty(), 50));
        PeopleAnswer.Inbox inbox = only(PeopleAnswer.Inbox.class, bob.rest());
        assertThat(inbox.entries().get(0).settings().name()).isEqualTo("Frogs");
        assertThat(inbox.entries().get(0).unread()).isZero();
        for (int i = 0; i < 5; i++) {
            append(FROGS, ADA, "b" + i, "{\"text\":\"hi\",\"mentions\":[\"bob\"]}");
        }
        ServerSignal.Bump bump = only(ServerSignal.Bump.class, bob.rest());
        assertThat(bump.preview()).contains("hi");
        time.advance(Duration.ofSeconds(1));
        assertThat(only(ServerSignal.Bump.class, bob.rest()).head().seq()).isEqualTo(7);
        bob.send(new PeopleRequest.Inbox(3, List.of(FROGS), Optional.empty(), 50));
        inbox = only(PeopleAnswer.Inbox.class, bob.rest());
        assertThat(inbox.entries().get(0).unread()).isEqualTo(5);
        assertThat(inbox.entries().get(0).mentions()).isEqualTo(5);

        host(new RoomId("new"), new RoomChange.Created(RoomSettings.of(RoomKind.OPEN, ""), List.of(BOB)));
    }

    private void append(RoomId room, UserId user, String cid, String body) {
        queue().append(new Draft(room, user, new ClientId(cid), MessageBody.json(body)), new Flow());
        time.runAll();
    }

    @Test
    void aSettingOfNotificationsReachesTheOtherDevices() {
        frogs();
        Client bob = welcome("bob");
        Client other = welcome("bob");
        bob.send(new PeopleRequest.SetNotify(2, FROGS, Notify.MENTIONS));
        only(ServerFrame.Ok.class, bob.rest());

        assertThat(only(ServerSignal.Notified.class, other.rest()).notifications())
                .isEqualTo(Notify.MENTIONS);
        bob.send(new PeopleRequest.SetNotify(3, new RoomId("nowhere"), Notify.NONE));
        assertThat(refusal(bob)).isEqualTo(ErrorCode.NO_ROOM);
    }

    @Test
    void aSearchStaysWithinWhatOneMaySee() {
        frogs();
        append(FROGS, ADA, "a", "{\"text\":\"green frog\"}");
        Client bob = welcome("bob");
        bob.send(new PeopleRequest.Search(2, "frog", List.of(), Optional.empty(), 10));
        assertThat(only(PeopleAnswer.Found.class, bob.rest()).messages()).hasSize(1);
        Client cy = welcome("cy");
        cy.send(new PeopleRequest.Search(2, "frog", List.of(), Optional.empty(), 10));
        assertThat(only(PeopleAnswer.Found.class, cy.rest()).messages()).isEmpty();
        cy.send(new PeopleRequest.Search(3, "frog", List.of(FROGS), Optional.empty(), 10));
        assertThat(refusal(cy)).isEqualTo(ErrorCode.NO_ROOM);
        cy.send(new PeopleRequest.Search(4, "x".repeat(300), List.of(), Optional.empty(), 10));
        assertThat(refusal(cy)).isEqualTo(ErrorCode.BAD_FRAME);
    }

    @Test
    void profilesAreAskedFor() {
        Client ada = welcome("ada");
        ada.send(new PeopleRequest.SetProfile(2, "Ada", "", "{\"team\":\"frogs\"}"));
        only(ServerFrame.Ok.class, ada.rest());
        ada.send(new PeopleRequest.SetProfile(3, "x".repeat(300), "", ""));
        assertThat(refusal(ada)).isEqualTo(ErrorCode.TOO_LARGE);
        Client bob = welcome("bob");
        bob.send(new PeopleRequest.Users(2, List.of(ADA, CY), false));

        assertThat(only(PeopleAnswer.Users.class, bob.rest()).profiles())
                .extracting(profile -> profile.name())
                .containsExactly("Ada");
    }

    // ---- presence and typing

    @Test
    void whatTheApplicationsCodeThrowsIsNeitherToldNorTheStoresFailure() {
        AccessPolicy policy = (who, room) -> {
            throw new IllegalArgumentException("jdbc:hush-hush");
        };
        Services plain = services(policy);
        services = new Services(
                policy,
                plain.signals(),
                plain.presence(),
                plain.interception(),
                plain.undoWindow(),
                plain.rates(),
                Directory.of(users -> {
                    throw new IllegalStateException("jdbc:hush-hush");
                }),
                plain.calls(),
                plain.bumps(),
                plain.ice());
        Client ada = new Client(sessions(LIMITS));
        ada.hello("ada");
        ada.rest();

        ada.send(new PeopleRequest.Users(2, List.of(BOB), false));
        ada.send(new ClientFrame.History(3, OptionalLong.empty(), HistoryQuery.latest(LOBBY, 10)));
        ada.send(new PeopleRequest.Search(4, "frog", List.of(LOBBY), Optional.empty(), 10));
        ada.send(new ClientFrame.Join(5, LOBBY, Optional.empty(), 0));

        List<ServerFrame> frames = ada.rest();
        assertThat(all(ServerFrame.Refused.class, frames))
                .extracting(ServerFrame.Refused::code)
                .containsExactly(ErrorCode.INTERNAL, ErrorCode.INTERNAL, ErrorCode.INTERNAL, ErrorCode.UNAVAILABLE);
        assertThat(frames.toString()).doesNotContain("hush");
        assertThat(ada.closed()).isEmpty();
        assertThat(reads.isAnswering()).isTrue();
    }

    @Test
    void ofWhomAClientWatchesOneListAtATimeIsLookedUpAndTheNewestCounts() {
        frogs();
        Client ada = welcome("ada");
        Client bob = welcome("bob");
        bob.rest();
        AtomicInteger reads = new AtomicInteger();
        store.beforeEach(reads::incrementAndGet);
        for (int i = 0; i < 15; i++) {
            bob.queue(new ClientSignal.SetPresence(Optional.empty(), Optional.empty(), Optional.of(List.of(CY))));
        }
        bob.queue(new ClientSignal.SetPresence(Optional.empty(), Optional.empty(), Optional.of(List.of(ADA))));
        time.runAll();

        assertThat(reads).as("of sixteen lists, those that were looked up").hasValue(2);
        ada.send(new ClientSignal.SetPresence(Optional.of(Availability.AWAY), Optional.empty(), Optional.empty()));
        assertThat(all(ServerSignal.Presence.class, bob.rest()))
                .extracting(ServerSignal.Presence::user)
                .isNotEmpty()
                .containsOnly(ADA);
    }

    @Test
    void whoIsWatchedWhileTheStoreIsAwayIsSeenLater() {
        frogs();
        welcome("ada");
        Client bob = welcome("bob");
        store.away(true);
        bob.send(new ClientSignal.SetPresence(Optional.empty(), Optional.empty(), Optional.of(List.of(ADA))));
        assertThat(all(ServerSignal.Presence.class, bob.rest())).isEmpty();
        store.away(false);
        time.advance(Duration.ofSeconds(1));
        assertThat(all(ServerSignal.Presence.class, bob.rest()))
                .extracting(ServerSignal.Presence::user)
                .containsOnly(ADA);
    }

    @Test
    void thoseWhoShareARoomAreSeen() {
        frogs();
        Client ada = welcome("ada");
        ada.send(new ClientSignal.SetPresence(Optional.of(Availability.AWAY), Optional.of("lunch"), Optional.empty()));
        Client bob = welcome("bob");
        bob.send(new ClientSignal.SetPresence(Optional.empty(), Optional.empty(), Optional.of(List.of(ADA, CY))));
        assertThat(all(ServerSignal.Presence.class, bob.rest()))
                .as("not Cy, who shares no room")
                .containsExactly(new ServerSignal.Presence(ADA, new PresenceState(Availability.AWAY, "lunch", 0)));
        Client cy = welcome("cy");
        assertThat(all(ServerSignal.Presence.class, bob.rest())).isEmpty();
        assertThat(cy.closed()).isEmpty();

        ada.listener.closed(CloseReason.ABNORMAL);
        time.runAll();
        time.advance(LocalPresence.GRACE.minusSeconds(1));
        assertThat(all(ServerSignal.Presence.class, bob.rest()))
                .as("perhaps she comes back")
                .isEmpty();
        Client again = welcome("ada");
        time.advance(Duration.ofSeconds(5));
        assertThat(all(ServerSignal.Presence.class, bob.rest()))
                .extracting(presence -> presence.state().availability())
                .as("another device that says nothing else is online")
                .containsExactly(Availability.ONLINE);
        again.send(new ClientFrame.Bye());
        PresenceState gone = only(ServerSignal.Presence.class, bob.rest()).state();
        assertThat(gone.availability()).isEqualTo(Availability.OFFLINE);
        assertThat(gone.lastSeen()).isEqualTo(time.wallMillis());
    }

    @Test
    void whoIsHiddenIsSeenAsOffline() {
        frogs();
        Client bob = welcome("bob");
        bob.send(new ClientSignal.SetPresence(Optional.empty(), Optional.empty(), Optional.of(List.of(ADA))));
        bob.rest();
        Client ada = welcome("ada");
        Client second = welcome("ada");
        ada.send(new ClientSignal.SetPresence(Optional.of(Availability.HIDDEN), Optional.empty(), Optional.empty()));
        second.send(new ClientSignal.SetPresence(Optional.of(Availability.DND), Optional.empty(), Optional.empty()));
        assertThat(all(ServerSignal.Presence.class, bob.rest()))
                .extracting(presence -> presence.state().availability())
                .containsExactly(Availability.ONLINE, Availability.DND);
        second.send(new ClientFrame.Bye());

        assertThat(only(ServerSignal.Presence.class, bob.rest()).state().availability())
                .isEqualTo(Availability.OFFLINE);
    }

    @Test
    void whoBlocksIsntSeenByWhomTheyBlock() {
        frogs();
        Client ada = welcome("ada");
        ada.send(new PeopleRequest.Block(2, BOB, true));
        Client bob = welcome("bob");
        bob.send(new ClientSignal.SetPresence(Optional.empty(), Optional.empty(), Optional.of(List.of(ADA))));

        assertThat(all(ServerSignal.Presence.class, bob.rest())).isEmpty();
    }

    @Test
    void whoBlocksIsntSeenAnyMoreByWhomWatchesThem() {
        frogs();
        Client ada = welcome("ada");
        Client bob = welcome("bob");
        bob.send(new ClientSignal.SetPresence(Optional.empty(), Optional.empty(), Optional.of(List.of(ADA))));
        assertThat(all(ServerSignal.Presence.class, bob.rest())).isNotEmpty();
        ada.send(new PeopleRequest.Block(2, BOB, true));
        time.runAll();
        ada.send(new ClientSignal.SetPresence(Optional.empty(), Optional.of("away to the pond"), Optional.empty()));
        time.runAll();

        assertThat(all(ServerSignal.Presence.class, bob.rest())).isEmpty();
    }

    @Test
    void typingIsThrottledAndEndsWithItsConnection() {
        Client ada = joined("ada");
        Client bob = joined("bob");
        ada.rest();
        for (int i = 0; i < 5; i++) {
            bob.send(new ClientSignal.Typing(LOBBY, true));
        }
        assertThat(all(ServerSignal.Typed.class, ada.rest())).containsExactly(new ServerSignal.Typed(LOBBY, BOB, true));
        time.advance(Duration.ofSeconds(2));
        bob.send(new ClientSignal.Typing(LOBBY, true));
        assertThat(all(ServerSignal.Typed.class, ada.rest())).hasSize(1);
        bob.listener.closed(CloseReason.ABNORMAL);
        time.runAll();

        assertThat(all(ServerSignal.Typed.class, ada.rest()))
                .containsExactly(new ServerSignal.Typed(LOBBY, BOB, false));
    }

    // ---- limits

    @Test
    void slowModeHoldsThoseWhoDontModerate() {
        host(FROGS, new RoomChange.Created(RoomSettings.json("{\"kind\":\"open\",\"slow\":30}"), List.of(ADA)));
        host(FROGS, new RoomChange.Member(BOB, true));
        Client bob = welcome("bob");
        join(bob, FROGS);
        bob.send(new ClientFrame.Send(1, FROGS, new ClientId("a"), MessageBody.text("1"), false));
        only(ServerFrame.Ack.class, bob.rest());
        bob.send(new ClientFrame.Send(2, FROGS, new ClientId("b"), MessageBody.text("2"), false));
        ServerFrame.Refused refused = only(ServerFrame.Refused.class, bob.rest());
        assertThat(refused.code()).isEqualTo(ErrorCode.RATE_LIMITED);
        Duration retry = refused.retry().orElseThrow();
        assertThat(retry).isBetween(Duration.ofSeconds(29), Duration.ofSeconds(31));
        Client other = welcome("bob");
        join(other, FROGS);
        other.send(new ClientFrame.Send(3, FROGS, new ClientId("c"), MessageBody.text("3"), false));
        assertThat(refusal(other)).as("on another device").isEqualTo(ErrorCode.RATE_LIMITED);
        time.advance(Duration.ofSeconds(20));
        keepAlive(bob);
        time.advance(Duration.ofSeconds(11));
        keepAlive(bob);
        bob.rest();
        bob.send(new ClientFrame.Send(2, FROGS, new ClientId("b"), MessageBody.text("2"), true));
        only(ServerFrame.Ack.class, bob.rest());
        Client ada = welcome("ada");
        join(ada, FROGS);
        for (int i = 0; i < 3; i++) {
            ada.send(new ClientFrame.Send(3, FROGS, new ClientId("a" + i), MessageBody.text("x"), false));
            only(ServerFrame.Ack.class, ada.rest());
        }
    }

    private Sessions limited(Rates.Rate ofUser, Rates.Rate ofRoom) {
        services = new Services(
                services.policy(),
                services.signals(),
                services.presence(),
                services.interception(),
                Duration.ZERO,
                new Rates(time, ofUser, ofRoom, Nodes.alone(time, time)),
                services.directory(),
                services.calls(),
                services.bumps(),
                services.ice());
        return sessions(LIMITS);
    }

    @Test
    void aRoomHasOneRateForAllWhoWriteInIt() {
        Sessions limited = limited(Rates.Rate.NONE, new Rates.Rate(1, 3));
        List<ServerFrame> answers = new ArrayList<>();
        Client last = new Client(limited);
        for (String user : List.of("ada", "bob", "cy", "dan", "eve")) {
            last = new Client(limited);
            last.hello(user);
            join(last, LOBBY);
            last.message("m", "hi");
            answers.addAll(last.rest());
        }
        assertThat(all(ServerFrame.Ack.class, answers)).hasSize(3);
        assertThat(all(ServerFrame.Refused.class, answers))
                .hasSize(2)
                .allMatch(refused -> refused.code() == ErrorCode.RATE_LIMITED
                        && refused.retry().isPresent());

        join(last, FROGS);
        last.send(new ClientFrame.Send(0, FROGS, new ClientId("elsewhere"), MessageBody.text("hi"), false));
        only(ServerFrame.Ack.class, last.rest());
        time.advance(Duration.ofSeconds(1));
        last.message("m", "hi");
        only(ServerFrame.Ack.class, last.rest());
    }

    @Test
    void aUserHasOneRateOverAllConnections() {
        Sessions limited = limited(new Rates.Rate(1, 3), Rates.Rate.NONE);
        List<ServerFrame> answers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            Client ada = new Client(limited);
            ada.hello("ada");
            join(ada, LOBBY);
            ada.message("m" + i, "hi");
            answers.addAll(ada.rest());
        }

        assertThat(all(ServerFrame.Ack.class, answers)).hasSize(3);
        assertThat(all(ServerFrame.Refused.class, answers))
                .allMatch(refused -> refused.code() == ErrorCode.RATE_LIMITED
                        && refused.retry().isPresent());
    }

    @Test
    void aBlockIsWorkForTheTwoAlone() {
        for (String each : List.of("ada", "bob", "cy", "dan")) {
            welcome(each);
        }
        sessions.blocked(ADA, BOB);
        assertThat(time.waitingTasks()).isEqualTo(2);
        sessions.end(CY, CloseReason.AUTH);
        assertThat(time.waitingTasks()).isEqualTo(3);
        time.runAll();

        assertThat(sessions.count()).isEqualTo(3);
    }

    // ---- calls

    @Test
    void aCallRingsOnAllDevicesAndOneTakesIt() {
        frogs();
        Client ada = welcome("ada");
        Client phone = device("bob", "phone");
        Client desk = device("bob", "desk");
        call(ada, CallSignal.offer("k1", BOB, "{\"sdp\":1}", Duration.ZERO));
        only(ServerFrame.Ok.class, ada.rest());
        for (Client each : List.of(phone, desk)) {
            ServerSignal.Called ringing = only(ServerSignal.Called.class, each.rest());
            assertThat(ringing.from()).isEqualTo(ADA);
            assertThat(ringing.signal().data()).isEqualTo("{\"sdp\":1}");
        }
        call(phone, CallSignal.of(CallSignal.Op.ANSWER, "k1", "{\"sdp\":2}"));
        assertThat(only(ServerSignal.Called.class, ada.rest()).signal().device())
                .contains(new DeviceId("phone"));
        assertThat(only(ServerSignal.Called.class, desk.rest()).signal().reason())
                .isEqualTo("elsewhere");
        call(ada, CallSignal.of(CallSignal.Op.ICE, "k1", "{\"c\":1}"));
        assertThat(only(ServerSignal.Called.class, phone.rest()).signal().op()).isEqualTo(CallSignal.Op.ICE);
        assertThat(all(ServerSignal.Called.class, desk.rest())).isEmpty();
        call(desk, CallSignal.of(CallSignal.Op.ANSWER, "k1", ""));
        assertThat(refusal(desk)).isEqualTo(ErrorCode.TARGET_UNKNOWN);
        ada.rest();
        phone.listener.closed(CloseReason.ABNORMAL);
        time.runAll();

        assertThat(only(ServerSignal.Called.class, ada.rest()).signal().reason())
                .isEqualTo("gone");
    }

    @Test
    void aPersonHasSoManyCallsAtATime() {
        frogs();
        Client ada = welcome("ada");
        for (int i = 1; i <= 8; i++) {
            call(ada, CallSignal.offer("k" + i, BOB, "", Duration.ZERO));
            only(ServerFrame.Ok.class, ada.rest());
        }
        call(ada, CallSignal.offer("k9", BOB, "", Duration.ZERO));
        assertThat(refusal(ada)).isEqualTo(ErrorCode.TOO_LARGE);

        call(ada, CallSignal.hangup("k1", "done"));
        ada.rest();
        call(ada, CallSignal.offer("k9", BOB, "", Duration.ZERO));
        only(ServerFrame.Ok.class, ada.rest());
    }

    @Test
    void aCallThatNobodyTakesEnds() {
        frogs();
        Client ada = welcome("ada");
        Client bob = welcome("bob");
        call(ada, CallSignal.offer("k1", BOB, "", Duration.ofSeconds(5)));
        bob.rest();
        ada.rest();
        time.advance(Duration.ofSeconds(5));
        assertThat(only(ServerSignal.Called.class, ada.rest()).signal().reason())
                .isEqualTo("timeout");
        assertThat(only(ServerSignal.Called.class, bob.rest()).signal().reason())
                .isEqualTo("timeout");
        call(ada, CallSignal.offer("k2", BOB, "", Duration.ZERO));
        bob.rest();
        ada.rest();
        call(bob, CallSignal.hangup("k2", "busy"));

        assertThat(only(ServerSignal.Called.class, ada.rest()).signal().reason())
                .isEqualTo("busy");
    }

    @Test
    void aCallIsBetweenMembers() {
        frogs();
        Client ada = welcome("ada");
        Client cy = welcome("cy");
        call(ada, CallSignal.offer("k1", CY, "", Duration.ZERO));
        assertThat(refusal(ada)).isEqualTo(ErrorCode.FORBIDDEN);
        call(cy, CallSignal.offer("k2", ADA, "", Duration.ZERO));
        assertThat(refusal(cy)).isEqualTo(ErrorCode.NO_ROOM);
        cy.send(new ClientSignal.AskIce(2, FROGS));
        assertThat(refusal(cy)).isEqualTo(ErrorCode.NO_ROOM);
        call(ada, CallSignal.offer("k3", BOB, "", Duration.ZERO));
        ada.rest();
        call(cy, CallSignal.hangup("k3", ""));
        assertThat(refusal(cy)).isEqualTo(ErrorCode.NO_ROOM);
    }

    @Test
    void whoWasRemovedCanStillHangUp() {
        frogs();
        Client ada = welcome("ada");
        Client bob = welcome("bob");
        call(bob, CallSignal.offer("k1", ADA, "", Duration.ZERO));
        ada.rest();
        bob.rest();
        host(FROGS, new RoomChange.Member(BOB, false));
        bob.rest();
        call(bob, CallSignal.hangup("k1", ""));
        only(ServerFrame.Ok.class, bob.rest());
    }

    @Test
    void whoGoesWhileTheyAreAskedForDoesntTakeTheCall() {
        frogs();
        ManualScheduler readers = new ManualScheduler();
        Client ada = welcome("ada");
        Client phone = new Client(sessions(LIMITS, new StoreReads(store, readers)));
        phone.hello("bob");
        call(ada, CallSignal.offer("k1", BOB, "", Duration.ofSeconds(5)));
        ada.rest();
        call(phone, CallSignal.of(CallSignal.Op.ANSWER, "k1", ""));
        phone.listener.closed(CloseReason.ABNORMAL);
        time.runAll();
        readers.runAll();
        time.runAll();
        assertThat(ada.rest()).as("nobody has answered").isEmpty();
        time.advance(Duration.ofSeconds(5));

        assertThat(only(ServerSignal.Called.class, ada.rest()).signal().reason())
                .isEqualTo("timeout");
    }

    private void call(Client client, CallSignal signal) {
        client.send(new ClientSignal.Call(6, FROGS, signal));
    }

    private Client device(String user, String device) {
        Client client = new Client();
        client.send(new ClientFrame.Hello(1, user, new DeviceId(device), Optional.empty(), List.of()));
        client.next(ServerFrame.Welcome.class);
        return client;
    }
}
