package io.natterjack.client;

import static io.natterjack.client.ClientFixture.ADA;
import static io.natterjack.client.ClientFixture.LOBBY;
import static io.natterjack.client.ClientFixture.ack;
import static io.natterjack.client.ClientFixture.body;
import static io.natterjack.client.ClientFixture.change;
import static io.natterjack.client.ClientFixture.events;
import static io.natterjack.client.ClientFixture.page;
import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.client.TimelineEntry.State;
import io.natterjack.core.ClientId;
import io.natterjack.core.CloseReason;
import io.natterjack.core.Cursor;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.EventKind;
import io.natterjack.core.Membership;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Role;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomKind;
import io.natterjack.core.RoomSettings;
import io.natterjack.core.Standing;
import io.natterjack.core.Target;
import io.natterjack.core.UserId;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.ClientSignal;
import io.natterjack.core.wire.PeopleAnswer;
import io.natterjack.core.wire.PeopleRequest;
import io.natterjack.core.wire.ServerFrame;
import io.natterjack.core.wire.ServerSignal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How far messages have come, and who is in the room of a timeline. */
final class TimelineStateTest {
    private static final UserId BOB = new UserId("bob");
    private static final UserId EVE = new UserId("eve");

    private final ClientFixture it = new ClientFixture();
    private FakeServer.End end;
    private Timeline timeline;
    private int changes;

    /** Joins a room of which this user is a member, at seq 5; the timeline asks how far the others are. */
    @BeforeEach
    void join() {
        end = it.online();
        timeline = Timeline.join(it.client, LOBBY, 0, same -> changes++);
        end.say(new ServerFrame.Joined(
                end.next(ClientFrame.Join.class).id(),
                LOBBY,
                ServerFrame.Joined.Mode.LIVE,
                new Cursor(1, 5),
                5,
                OptionalLong.empty(),
                0,
                RoomSettings.of(RoomKind.PRIVATE, "Frogs"),
                Optional.of(member(ADA, 5))));
    }

    private void membersAre(List<Membership> members) {
        membersAre(members, false);
    }

    private void membersAre(List<Membership> members, boolean more) {
        PeopleRequest.Members asked = end.next(PeopleRequest.Members.class);
        end.say(new PeopleAnswer.Members(asked.id(), LOBBY, members, more, members.size()));
    }

    private static Membership member(UserId user, long read) {
        return Membership.none(LOBBY, user)
                .after(new RoomChange.Member(user, true), 1)
                .marked(read, read, read);
    }

    /** Sends a message and returns what the server gets. */
    private ClientFrame.Send sent(String text) {
        timeline.send(body(text));
        return end.next(ClientFrame.Send.class);
    }

    private void arrives(ClientFrame.Send send, long seq) {
        end.say(ack(send, seq));
        Cursor at = new Cursor(1, seq);
        end.say(new ServerFrame.Ev(
                LOBBY,
                1,
                List.of(new RoomEvent(LOBBY, at, EventKind.MESSAGE, ADA, send.clientId(), seq, send.body()))));
    }

    private List<State> states() {
        List<State> states = new ArrayList<>();
        timeline.entries().forEach(entry -> states.add(entry.state()));
        return states;
    }

    private void mark(UserId user, long delivered, long read) {
        end.say(new ServerSignal.Marked(LOBBY, user, delivered, read));
    }

    // Messages.

    @Test
    void aMessageIsOnItsWayThenSentThenDeliveredThenRead() {
        membersAre(List.of(member(ADA, 5), member(BOB, 5), member(EVE, 5)));
        ClientFrame.Send send = sent("hello");
        assertThat(states()).containsExactly(State.PENDING);
        end.say(new ServerSignal.Queued(LOBBY, send.clientId()));
        assertThat(states()).containsExactly(State.QUEUED);
        arrives(send, 6);
        assertThat(states()).containsExactly(State.SENT);

        mark(BOB, 6, 6);
        assertThat(states()).as("Eve doesn't have it").containsExactly(State.SENT);
        mark(EVE, 6, 0);
        assertThat(states()).containsExactly(State.DELIVERED);
        mark(EVE, 6, 6);
        mark(EVE, 5, 5);
        assertThat(states()).as("marks never go back").containsExactly(State.READ);
    }

    @Test
    void whoComesLaterHasNothingToReadOfBefore() {
        membersAre(List.of(member(ADA, 5), member(BOB, 5)));
        arrives(sent("hello"), 6);
        mark(BOB, 6, 6);
        end.say(change(7, new RoomChange.Member(EVE, true)));
        assertThat(states()).containsExactly(State.READ);

        arrives(sent("and you"), 8);
        mark(BOB, 8, 8);
        assertThat(states()).containsExactly(State.READ, State.SENT);
        end.say(change(9, new RoomChange.Member(EVE, false)));
        assertThat(states()).as("who has left isn't waited for").containsExactly(State.READ, State.READ);
    }

    @Test
    void inARoomOfAHundredEverybodyIsToldWhoHasRead() {
        List<Membership> members = new ArrayList<>();
        members.add(member(ADA, 5));
        for (int i = 0; i < 99; i++) {
            members.add(member(new UserId("user-" + i), 5));
        }
        membersAre(members);
        arrives(sent("hello"), 6);
        for (int i = 0; i < 99; i++) {
            assertThat(states()).containsExactly(State.SENT);
            mark(new UserId("user-" + i), 6, 6);
        }

        assertThat(states()).containsExactly(State.READ);
    }

    @Test
    void inALargeRoomNobodyIsToldWhoHasRead() {
        List<Membership> members = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            members.add(member(new UserId("user-" + i), 5));
        }
        membersAre(members, true);
        arrives(sent("hello"), 6);
        mark(new UserId("user-1"), 6, 6);
        end.say(change(7, new RoomChange.Member(EVE, true)));

        assertThat(states()).containsExactly(State.SENT);
    }

    @Test
    void messagesOfOthersAreReceived() {
        membersAre(List.of(member(ADA, 5)));
        RoomEvent bobs = new RoomEvent(
                LOBBY, new Cursor(1, 6), EventKind.MESSAGE, BOB, new ClientId("b"), 6, MessageBody.text("hi"));
        end.say(new ServerFrame.Ev(LOBBY, 1, List.of(bobs)));

        assertThat(states()).containsExactly(State.RECEIVED);
    }

    @Test
    void aMessageThatWasRefusedStaysAndCanBeSentOnceMore() {
        membersAre(List.of(member(ADA, 5)));
        ClientFrame.Send send = sent("hello");
        end.say(new ServerFrame.Refused(
                send.id(),
                ErrorCode.REJECTED,
                Optional.of("no shouting"),
                Optional.empty(),
                Optional.of(LOBBY),
                Optional.of(send.clientId())));
        TimelineEntry failed = timeline.entries().get(0);
        assertThat(failed.state()).isEqualTo(State.FAILED);
        assertThat(failed.failure()).contains(ErrorCode.REJECTED);
        assertThat(failed.reason()).isEqualTo("no shouting");

        timeline.retry(failed.clientId());
        ClientFrame.Send again = end.next(ClientFrame.Send.class);
        assertThat(again.clientId()).as("the server knows the former id").isNotEqualTo(send.clientId());
        assertThat(states()).containsExactly(State.PENDING);
        arrives(again, 6);
        assertThat(states()).containsExactly(State.SENT);
    }

    /** Comes back after the message that {@link #sent} has gone out; the room has gone on to 100 meanwhile. */
    private ClientFrame.Send backAt100(long floor) {
        end.close(CloseReason.ABNORMAL);
        end = it.nextConnection();
        ClientFrame.Hello hello = ClientFixture.welcome(end);
        end.say(new ServerFrame.Joined(
                hello.id(),
                LOBBY,
                ServerFrame.Joined.Mode.GAP,
                new Cursor(1, 100),
                100,
                OptionalLong.empty(),
                floor,
                RoomSettings.NONE,
                Optional.empty()));
        return end.next(ClientFrame.Send.class);
    }

    private static ServerFrame.Ack ackOfBefore(ClientFrame.Send send) {
        return new ServerFrame.Ack(send.id(), LOBBY, send.clientId(), new Cursor(1, 50), 50, true);
    }

    @Test
    void aMessageThatLiesInWhatWasSkippedIsNotOnItsWayAnyMore() {
        it.client.close();
        it.time.runAll();
        it.builder.maxGapFill(3);
        join();
        membersAre(List.of(member(ADA, 5)));
        sent("hello");
        ClientFrame.Send again = backAt100(0);
        end.say(page(end.next(ClientFrame.History.class).id(), 1, 98, 100, true, 100));
        assertThat(states()).contains(State.PENDING);
        int told = changes;
        end.say(ackOfBefore(again));

        assertThat(timeline.entries())
                .extracting(entry -> entry.body().text().orElse(""))
                .containsExactly("m98", "m99", "m100");
        assertThat(changes).as("the listener hears of it").isGreaterThan(told);
    }

    @Test
    void aMessageThatWasAcknowledgedAndThenSkippedIsNotOnItsWayAnyMore() {
        it.client.close();
        it.time.runAll();
        it.builder.maxGapFill(3);
        join();
        membersAre(List.of(member(ADA, 5)));
        ClientFrame.Send send = sent("hello");
        end.say(new ServerFrame.Ack(send.id(), LOBBY, send.clientId(), new Cursor(1, 50), 50, false));
        assertThat(states()).as("the room hasn't shown it").containsExactly(State.PENDING);
        end.close(CloseReason.ABNORMAL);
        end = it.nextConnection();
        end.say(ClientFixture.joined(ClientFixture.welcome(end).id(), LOBBY, ServerFrame.Joined.Mode.GAP, 100, 100));

        assertThat(timeline.entries()).isEmpty();
    }

    @Test
    void aMessageThatWasTrimmedMeanwhileIsNotOnItsWayAnyMore() {
        membersAre(List.of(member(ADA, 5)));
        sent("hello");
        ClientFrame.Send again = backAt100(60);
        ClientFrame.Changes asked = end.next(ClientFrame.Changes.class);
        int told = changes;
        end.say(ackOfBefore(again));
        assertThat(timeline.entries()).isEmpty();
        assertThat(changes).as("the listener hears of it").isGreaterThan(told);
        end.say(page(asked.id(), 1, 98, 100, false, 100));

        assertThat(states()).hasSize(3).doesNotContain(State.PENDING);
    }

    @Test
    void aMessageThatWasAcknowledgedAndThenTrimmedIsNotOnItsWayAnyMore() {
        membersAre(List.of(member(ADA, 5)));
        ClientFrame.Send send = sent("hello");
        end.say(new ServerFrame.Ack(send.id(), LOBBY, send.clientId(), new Cursor(1, 50), 50, false));
        end.say(events(6, 49));
        end.say(change(50, new RoomChange.Trimmed(50)));

        assertThat(timeline.entries()).isEmpty();
    }

    @Test
    void onlyAMessageThatHasFailedIsDiscardedOrSentOnceMore() {
        membersAre(List.of(member(ADA, 5)));
        ClientFrame.Send send = sent("hello");
        timeline.discard(send.clientId());
        timeline.retry(send.clientId());
        end.expectNothing();
        assertThat(states()).containsExactly(State.PENDING);

        end.say(ClientFixture.refusal(send.id(), ErrorCode.FORBIDDEN));
        timeline.discard(send.clientId());
        assertThat(states()).isEmpty();
    }

    @Test
    void aReplyShowsAtOnceToo() {
        membersAre(List.of(member(ADA, 5)));
        end.say(events(6, 6));
        timeline.reply(Target.at(new Cursor(1, 6)), body("yes"));

        assertThat(end.next(ClientFrame.Send.class).replyTo()).isPresent();
        assertThat(timeline.entries()).last().extracting(TimelineEntry::state).isEqualTo(State.PENDING);
    }

    @Test
    void readingSaysSoOfTheNewest() {
        membersAre(List.of(member(ADA, 5)));
        timeline.markRead();
        end.say(events(6, 8));
        timeline.markRead();
        it.time.advance(Duration.ofSeconds(2));

        assertThat(end.next(ClientSignal.Mark.class)).isEqualTo(new ClientSignal.Mark(LOBBY, 1, 8, 8));
        mark(ADA, 8, 8);
        assertThat(timeline.membership().map(Membership::read)).contains(8L);
    }

    // The room.

    @Test
    void settingsAndMembershipAreWhatTheServerSaysAndWhatHappensThen() {
        membersAre(List.of(member(ADA, 5)));
        assertThat(timeline.settings().name()).isEqualTo("Frogs");
        end.say(change(6, new RoomChange.Settings("{\"name\":\"Toads\"}")));
        end.say(change(7, new RoomChange.Member(ADA, Standing.IN, Optional.of(Role.MODERATOR), 0)));

        assertThat(timeline.settings().name()).isEqualTo("Toads");
        assertThat(timeline.membership().map(Membership::role)).contains(Role.MODERATOR);
    }

    @Test
    void whoIsTakenOutKnowsIt() {
        membersAre(List.of(member(ADA, 5)));
        end.say(new ServerFrame.Left(LOBBY, ServerFrame.Left.Reason.KICKED));

        assertThat(timeline.isRemoved()).isTrue();
        assertThat(timeline.membership()).isEmpty();
    }

    @Test
    void whoeverIsSaidToTypeIsSaidToHaveStoppedHoweverManyThereAre() {
        membersAre(List.of(member(ADA, 5)));
        for (int i = 0; i < 101; i++) {
            end.say(new ServerSignal.Typed(LOBBY, new UserId("user-" + i), true));
        }
        assertThat(timeline.typing()).hasSize(100);
        it.time.advance(Duration.ofSeconds(7));

        assertThat(timeline.typing()).isEmpty();
    }

    @Test
    void whoWritesStopsTypingWithTheMessage() {
        membersAre(List.of(member(ADA, 5), member(BOB, 5)));
        end.say(new ServerSignal.Typed(LOBBY, BOB, true));
        end.say(new ServerSignal.Typed(LOBBY, EVE, true));
        assertThat(timeline.typing()).containsExactlyInAnyOrder(BOB, EVE);
        RoomEvent bobs = new RoomEvent(
                LOBBY, new Cursor(1, 6), EventKind.MESSAGE, BOB, new ClientId("b"), 6, MessageBody.text("hi"));
        end.say(new ServerFrame.Ev(LOBBY, 1, List.of(bobs)));
        assertThat(timeline.typing()).containsExactly(EVE);

        it.time.advance(Duration.ofSeconds(7));
        assertThat(timeline.typing()).as("who says nothing more has stopped").isEmpty();
    }
}
