package io.natterjack.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.ClientId;
import io.natterjack.core.Draft;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.EventKind;
import io.natterjack.core.MessageBody;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomId;
import io.natterjack.core.RoomKind;
import io.natterjack.core.RoomSettings;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.Flow;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.ServerFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Sessions of Ada, Bob and Cy, and a room of frogs. */
abstract class PeopleFixture extends SessionFixture {
    static final RoomId FROGS = new RoomId("frogs");
    static final UserId ADA = new UserId("ada");
    static final UserId BOB = new UserId("bob");
    static final UserId CY = new UserId("cy");

    int cids;

    void host(RoomId room, RoomChange change) {
        store.append(List.of(Draft.change(room, new UserId("host"), new ClientId("~" + ++cids), change)));
        router.changed(room);
        time.runAll();
    }

    /** A private room of Ada's, in which Bob is a member. */
    void frogs() {
        host(FROGS, new RoomChange.Created(RoomSettings.of(RoomKind.PRIVATE, "Frogs"), List.of(ADA)));
        host(FROGS, new RoomChange.Member(BOB, true));
    }

    void join(Client client, RoomId room) {
        client.send(new ClientFrame.Join(9, room, Optional.empty(), 0));
        assertThat(only(ServerFrame.Joined.class, client.rest()).id()).isEqualTo(9);
    }

    static void change(Client client, RoomId room, String cid, RoomChange change) {
        client.send(new ClientFrame.Change(5, room, new ClientId(cid), change, false));
    }

    static ErrorCode refusal(Client client) {
        return only(ServerFrame.Refused.class, client.rest()).code();
    }

    static List<EventKind> kinds(List<ServerFrame> frames) {
        List<EventKind> kinds = new ArrayList<>();
        all(ServerFrame.Ev.class, frames).forEach(ev -> ev.events().forEach(event -> kinds.add(event.kind())));
        return kinds;
    }

    Draft said(String text) {
        return new Draft(FROGS, ADA, new ClientId("~" + ++cids), MessageBody.text(text));
    }

    void append(RoomId room, UserId user, String cid, String body) {
        queue().append(new Draft(room, user, new ClientId(cid), MessageBody.json(body)), new Flow());
        time.runAll();
    }
}
