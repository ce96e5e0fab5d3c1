package io.natterjack.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.ClientId;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.MessageBody;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomSettings;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.ServerFrame;
import io.natterjack.server.node.Nodes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How fast may be written, over all connections of one node. */
final class RateLimitsTest extends PeopleFixture {
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

    @Test
    void underSlowModeWhatIsNotKeptTakesNoTurn() {
        host(FROGS, new RoomChange.Created(RoomSettings.json("{\"kind\":\"open\",\"slow\":30}"), List.of(ADA)));
        host(FROGS, new RoomChange.Member(BOB, true));
        Client bob = welcome("bob");
        join(bob, FROGS);
        store.away(true);
        bob.send(new ClientFrame.Send(1, FROGS, new ClientId("a"), MessageBody.text("1"), false));
        time.advance(Duration.ofSeconds(2));
        assertThat(refusal(bob)).isEqualTo(ErrorCode.UNAVAILABLE);
        store.away(false);
        time.advance(Duration.ofSeconds(1));
        bob.send(new ClientFrame.Send(1, FROGS, new ClientId("a"), MessageBody.text("1"), true));
        only(ServerFrame.Ack.class, bob.rest());

        bob.send(new ClientFrame.Send(2, FROGS, new ClientId("b"), MessageBody.text("2"), false));
        assertThat(refusal(bob)).isEqualTo(ErrorCode.RATE_LIMITED);
        time.advance(Duration.ofSeconds(20));
        keepAlive(bob);
        time.advance(Duration.ofSeconds(10));
        bob.rest();
        bob.send(new ClientFrame.Send(3, FROGS, new ClientId("a"), MessageBody.text("1"), true));
        assertThat(only(ServerFrame.Ack.class, bob.rest()).isDuplicate()).isTrue();
        bob.send(new ClientFrame.Send(2, FROGS, new ClientId("b"), MessageBody.text("2"), true));
        only(ServerFrame.Ack.class, bob.rest());
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
}
