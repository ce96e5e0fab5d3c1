package io.natterjack.client;

import static io.natterjack.client.ClientFixture.ADA;
import static io.natterjack.client.ClientFixture.LOBBY;
import static io.natterjack.client.ClientFixture.joined;
import static io.natterjack.client.ClientFixture.live;
import static io.natterjack.client.ClientFixture.page;
import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.EventKind;
import io.natterjack.core.InboxEntry;
import io.natterjack.core.Membership;
import io.natterjack.core.MessageBody;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.PeopleAnswer;
import io.natterjack.core.wire.PeopleRequest;
import io.natterjack.core.wire.ServerFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A server of a newer version may say what this one has no word for: that costs nothing else. */
final class NewerServerTest {
    private final ClientFixture it = new ClientFixture();

    private static RoomEvent event(long seq, EventKind kind, String body, long target) {
        Cursor at = new Cursor(1, seq);
        return new RoomEvent(LOBBY, at, kind, ADA, new ClientId("c" + seq), seq, MessageBody.json(body), target);
    }

    /** Events with values that no version has yet, and messages in between. */
    private static ServerFrame.Ev batch() {
        List<RoomEvent> events = new ArrayList<>();
        events.add(ClientFixture.event(LOBBY, 1, 1));
        events.add(event(2, EventKind.MEMBER, "{\"user\":\"bob\",\"is\":\"muted\"}", 0));
        events.add(event(3, EventKind.MEMBER, "{\"user\":\"ada\",\"is\":\"in\",\"role\":\"king\"}", 0));
        events.add(event(4, EventKind.ROOM, "{\"kind\":\"forum\",\"slow\":\"never\"}", 0));
        events.add(event(5, EventKind.CREATED, "{\"kind\":\"forum\"}", 0));
        events.add(event(6, EventKind.REACT, "{\"face\":\":)\"}", 1));
        events.add(event(7, EventKind.REACT, "{\"key\":\"frog\",\"on\":\"twice\"}", 1));
        events.add(event(8, EventKind.PIN, "{\"on\":\"top\"}", 0));
        events.add(event(9, EventKind.EDIT, "{\"text\":\"of what?\"}", 0));
        events.add(event(10, EventKind.ERASED, "{\"at\":{\"from\":1}}", 0));
        events.add(event(11, EventKind.TRIMMED, "{\"upto\":\"yesterday\"}", 0));
        events.add(event(12, EventKind.MEMBER, "{\"user\":[],\"is\":{}}", 0));
        events.add(ClientFixture.event(LOBBY, 1, 13));
        return new ServerFrame.Ev(LOBBY, 1, events);
    }

    @Test
    void aValueOfANewerServerCostsTheRoomNoOtherEvent() {
        FakeServer.End end = it.online();
        Room room = it.joined(end, 0);
        end.say(batch());
        end.expectNothing();

        assertThat(it.roomCalls).containsExactly("joined 0", "m1", "m13");
        assertThat(room.cursor()).contains(new Cursor(1, 13));
        assertThat(end.isOpen()).isTrue();
    }

    @Test
    void aTimelineShowsWhatCanBeShown() {
        FakeServer.End end = it.online();
        Timeline timeline = Timeline.join(it.client, LOBBY, 0, same -> {});
        end.say(live(end.next(ClientFrame.Join.class).id(), LOBBY, 0));
        end.say(batch());

        assertThat(timeline.entries())
                .extracting(entry -> entry.body().text().orElse("?"))
                .containsExactly("m1", "m13");
    }

    @Test
    void whatWasHeldBackByAGapIsTakenWhole() {
        FakeServer.End end = it.online();
        it.client.join(LOBBY, new Cursor(1, 0), it.recorder());
        end.say(joined(end.next(ClientFrame.Join.class).id(), LOBBY, ServerFrame.Joined.Mode.GAP, 1, 1));
        end.say(batch());
        end.say(page(end.next(ClientFrame.Changes.class).id(), 1, 1, 1, false, 1));

        assertThat(it.roomCalls).containsExactly("joined 0", "m1", "m13");
    }

    @Test
    void aMemberOfAKindThatNobodyKnowsIsAnsweredWithTheOthers() {
        FakeServer.End end = it.online();
        CompletableFuture<List<Membership>> members =
                it.client.members(LOBBY, Optional.empty(), 10).toCompletableFuture();
        int id = end.next(PeopleRequest.Members.class).id();
        end.sayText("{\"t\":\"members\",\"id\":" + id + ",\"room\":\"lobby\",\"items\":["
                + "{\"user\":\"bob\",\"is\":\"muted\",\"role\":\"king\",\"notify\":\"loudly\",\"rev\":1},"
                + "{\"user\":\"eve\",\"is\":\"in\",\"role\":\"member\",\"rev\":2}]}");

        assertThat(members.join()).extracting(each -> each.user().value()).containsExactly("bob", "eve");
    }

    @Test
    void anInboxWithARoomOfAKindThatNobodyKnowsComesWhole() {
        FakeServer.End end = it.online();
        CompletableFuture<PeopleAnswer.Inbox> inbox =
                it.client.inbox(Optional.empty(), 10).toCompletableFuture();
        int id = end.next(PeopleRequest.Inbox.class).id();
        String rest = ",\"e\":1,\"s\":3,\"ts\":4,\"unread\":0}";
        end.sayText("{\"t\":\"inbox\",\"id\":" + id + ",\"items\":["
                + "{\"room\":\"a\",\"me\":{\"user\":\"ada\",\"is\":\"muted\",\"role\":\"king\"},\"settings\":{\"kind\":\"forum\"}"
                + rest
                + ",{\"room\":\"b\",\"me\":{\"user\":\"ada\",\"is\":\"in\",\"role\":\"owner\"}"
                + rest
                + "]}");

        assertThat(inbox.join().entries())
                .extracting(InboxEntry::room)
                .containsExactly(new RoomId("a"), new RoomId("b"));
    }
}
