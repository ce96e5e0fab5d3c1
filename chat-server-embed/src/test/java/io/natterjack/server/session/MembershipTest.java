package io.natterjack.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.Draft;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.EventKind;
import io.natterjack.core.HistoryQuery;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Role;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomId;
import io.natterjack.core.RoomKind;
import io.natterjack.core.RoomSettings;
import io.natterjack.core.Standing;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.PeopleAnswer;
import io.natterjack.core.wire.PeopleRequest;
import io.natterjack.core.wire.ServerFrame;
import io.natterjack.core.wire.ServerSignal;
import io.natterjack.server.RolePolicy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Being in a room, and not any more. */
final class MembershipTest extends PeopleFixture {
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
    void whoIsRemovedLearnsOfWhatWasKeptBefore() {
        frogs();
        Client bob = welcome("bob");
        join(bob, FROGS);
        bob.send(new ClientFrame.Send(1, FROGS, new ClientId("a"), MessageBody.text("hi"), false));
        Cursor at = only(ServerFrame.Ack.class, bob.rest()).at();
        host(FROGS, new RoomChange.Member(BOB, false));
        only(ServerFrame.Left.class, bob.rest());

        bob.send(new ClientFrame.Send(2, FROGS, new ClientId("a"), MessageBody.text("hi"), true));
        ServerFrame.Ack again = only(ServerFrame.Ack.class, bob.rest());
        assertThat(again.at()).isEqualTo(at);
        assertThat(again.isDuplicate()).isTrue();
        bob.send(new ClientFrame.Send(3, FROGS, new ClientId("a"), MessageBody.text("other"), true));
        assertThat(refusal(bob)).isEqualTo(ErrorCode.CID_CONFLICT);
        bob.send(new ClientFrame.Send(4, FROGS, new ClientId("b"), MessageBody.text("hi"), true));
        assertThat(refusal(bob)).isEqualTo(ErrorCode.NOT_MEMBER);
        store.away(true);
        bob.send(new ClientFrame.Send(5, FROGS, new ClientId("a"), MessageBody.text("hi"), true));
        time.advance(Duration.ofSeconds(2));
        ServerFrame.Refused refused = only(ServerFrame.Refused.class, bob.rest());
        assertThat(refused.code()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(refused.retry()).isPresent();
    }

    @Test
    void whoCouldntLeaveForGoodForNowCanLater() {
        frogs();
        Client bob = welcome("bob");
        join(bob, FROGS);
        store.away(true);
        bob.send(new ClientFrame.Leave(7, FROGS, true));
        time.advance(Duration.ofSeconds(2));
        ServerFrame.Refused refused = only(ServerFrame.Refused.class, bob.rest());
        assertThat(refused.code()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(refused.retry()).isPresent();
        store.away(false);
        bob.send(new ClientFrame.Leave(8, FROGS, true));

        assertThat(only(ServerFrame.Ok.class, bob.rest()).id()).isEqualTo(8);
        assertThat(store.view(FROGS, BOB).role()).isEmpty();
    }

    @Test
    void leavingForGoodWhoseAnswerWasLostIsAnsweredWhenItComesAgain() {
        frogs();
        Client bob = welcome("bob");
        join(bob, FROGS);
        store.loseAnswers(Integer.MAX_VALUE);
        bob.send(new ClientFrame.Leave(7, FROGS, true));
        time.advance(Duration.ofSeconds(2));
        assertThat(refusal(bob)).isEqualTo(ErrorCode.UNAVAILABLE);
        store.loseAnswers(0);
        time.advance(Duration.ofSeconds(2));
        bob.send(new ClientFrame.Leave(8, FROGS, true));

        assertThat(only(ServerFrame.Ok.class, bob.rest()).id()).isEqualTo(8);
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
}
