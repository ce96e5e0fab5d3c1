package io.natterjack.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.ClientId;
import io.natterjack.core.CloseReason;
import io.natterjack.core.Draft;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.HistoryQuery;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Outcome;
import io.natterjack.core.Permission;
import io.natterjack.core.Permissions;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomId;
import io.natterjack.core.RoomKind;
import io.natterjack.core.RoomSettings;
import io.natterjack.core.Standing;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.AccessPolicy;
import io.natterjack.core.spi.QueueFactory;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.PeopleAnswer;
import io.natterjack.core.wire.PeopleRequest;
import io.natterjack.core.wire.ServerFrame;
import io.natterjack.server.engine.StoreReads;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Rooms of two people, and what a block does to them. */
final class DirectRoomsTest extends PeopleFixture {
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
}
