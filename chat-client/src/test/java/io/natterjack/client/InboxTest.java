package io.natterjack.client;

import static io.natterjack.client.ClientFixture.ADA;
import static io.natterjack.client.ClientFixture.ATTIC;
import static io.natterjack.client.ClientFixture.LOBBY;
import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.CloseReason;
import io.natterjack.core.Cursor;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.InboxEntry;
import io.natterjack.core.Membership;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomId;
import io.natterjack.core.RoomSettings;
import io.natterjack.core.UserId;
import io.natterjack.core.wire.PeopleAnswer;
import io.natterjack.core.wire.PeopleRequest;
import io.natterjack.core.wire.ServerSignal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class InboxTest {
    private final ClientFixture it = new ClientFixture();
    private final List<List<RoomId>> shown = new ArrayList<>();

    private Inbox open() {
        return Inbox.open(it.client, inbox -> {
            List<RoomId> rooms = new ArrayList<>();
            inbox.entries().forEach(entry -> rooms.add(entry.room()));
            shown.add(rooms);
        });
    }

    private static InboxEntry entry(RoomId room, long head, int unread) {
        Membership me = Membership.none(room, ADA).after(new RoomChange.Member(ADA, true), 1);
        return new InboxEntry(me, RoomSettings.NONE, new Cursor(1, head), head, unread, 0, null);
    }

    private static PeopleAnswer.Inbox page(PeopleRequest.Inbox asked, Optional<String> next, InboxEntry... entries) {
        return new PeopleAnswer.Inbox(asked.id(), List.of(entries), next);
    }

    private static void answer(FakeServer.End end, InboxEntry... entries) {
        end.say(page(end.next(PeopleRequest.Inbox.class), Optional.empty(), entries));
    }

    private static ServerSignal.Bump bump(RoomId room, long seq) {
        return new ServerSignal.Bump(room, new Cursor(1, seq), seq, new UserId("bob"), Optional.empty());
    }

    // Loading.

    @Test
    void anInboxOpenedBeforeTheClientIsOnlineLoadsOnce() {
        FakeServer.End end = it.connect();
        Inbox inbox = open();
        ClientFixture.welcome(end);
        answer(end, entry(LOBBY, 1, 0), entry(ATTIC, 2, 0));
        end.expectNothing();

        assertThat(inbox.entries()).extracting(InboxEntry::room).containsExactly(ATTIC, LOBBY);
        assertThat(shown).containsExactly(List.of(ATTIC, LOBBY));
    }

    @Test
    void allPagesAreLoadedBeforeAnythingIsShown() {
        FakeServer.End end = it.online();
        Inbox inbox = open();
        end.say(page(end.next(PeopleRequest.Inbox.class), Optional.of("next"), entry(LOBBY, 1, 0)));
        assertThat(inbox.entries()).isEmpty();
        PeopleRequest.Inbox second = end.next(PeopleRequest.Inbox.class);
        assertThat(second.cursor()).contains("next");
        end.say(page(second, Optional.empty(), entry(ATTIC, 2, 0)));

        assertThat(shown).containsExactly(List.of(ATTIC, LOBBY));
    }

    @Test
    void eachConnectionLoadsAnewAndTheNewestLoadCounts() {
        FakeServer.End end = it.online();
        open();
        end.say(page(end.next(PeopleRequest.Inbox.class), Optional.of("next"), entry(LOBBY, 1, 0)));
        end.next(PeopleRequest.Inbox.class);
        end.close(CloseReason.ABNORMAL);
        end = it.reconnected();
        PeopleRequest.Inbox ofBefore = end.next(PeopleRequest.Inbox.class);
        assertThat(ofBefore.cursor()).contains("next");
        PeopleRequest.Inbox anew = end.next(PeopleRequest.Inbox.class);
        assertThat(anew.cursor()).isEmpty();
        end.say(page(anew, Optional.empty(), entry(ATTIC, 2, 0)));
        end.say(page(ofBefore, Optional.empty(), entry(LOBBY, 1, 0)));

        assertThat(shown).containsExactly(List.of(ATTIC));
    }

    @Test
    void aLoadThatHasFailedIsTriedAgain() {
        FakeServer.End end = it.online();
        for (int i = 0; i < 200; i++) {
            it.client.blocked();
        }
        Inbox inbox = open();
        int first = end.next(PeopleRequest.Users.class).id();
        for (int i = 1; i < 200; i++) {
            end.next(PeopleRequest.Users.class);
        }
        end.expectNothing();
        end.say(new PeopleAnswer.Users(first, Collections.emptyList()));
        it.time.advance(Duration.ofSeconds(10));
        answer(end, entry(LOBBY, 1, 0));

        assertThat(inbox.entries()).hasSize(1);
    }

    @Test
    void aLoadThatIsRefusedIsTriedAgain() {
        FakeServer.End end = it.online();
        open();
        end.say(ClientFixture.refusal(end.next(PeopleRequest.Inbox.class).id(), ErrorCode.INTERNAL));
        end.expectNothing();
        it.time.advance(Duration.ofSeconds(10));
        answer(end, entry(LOBBY, 1, 0));

        assertThat(shown).containsExactly(List.of(LOBBY));
    }

    // What changes.

    @Test
    void whatIsSaidToHaveChangedIsAskedForOnceAtATime() {
        FakeServer.End end = it.online();
        Inbox inbox = open();
        answer(end, entry(LOBBY, 1, 0));
        end.say(bump(LOBBY, 2));
        PeopleRequest.Inbox asked = end.next(PeopleRequest.Inbox.class);
        assertThat(asked.rooms()).containsExactly(LOBBY);
        end.say(bump(ATTIC, 1));
        end.say(bump(LOBBY, 3));
        end.expectNothing();
        end.say(page(asked, Optional.empty(), entry(LOBBY, 2, 1)));
        PeopleRequest.Inbox rest = end.next(PeopleRequest.Inbox.class);
        assertThat(rest.rooms()).containsExactly(ATTIC, LOBBY);
        end.say(page(rest, Optional.empty(), entry(LOBBY, 3, 2)));

        assertThat(inbox.entries())
                .as("of the attic the server says nothing")
                .singleElement()
                .satisfies(entry -> {
                    assertThat(entry.head().seq()).isEqualTo(3);
                    assertThat(entry.unread()).isEqualTo(2);
                });
    }

    @Test
    void whatChangedWhileAllWasLoadedIsAskedForAfterIt() {
        FakeServer.End end = it.online();
        Inbox inbox = open();
        PeopleRequest.Inbox all = end.next(PeopleRequest.Inbox.class);
        end.say(bump(LOBBY, 2));
        PeopleRequest.Inbox one = end.next(PeopleRequest.Inbox.class);
        end.say(page(one, Optional.empty(), entry(LOBBY, 2, 1)));
        end.say(page(all, Optional.empty(), entry(LOBBY, 1, 0)));
        answer(end, entry(LOBBY, 2, 1));

        assertThat(inbox.entries())
                .singleElement()
                .satisfies(entry -> assertThat(entry.unread()).isEqualTo(1));
    }

    // The end.

    @Test
    void aClosedInboxCallsNobody() {
        FakeServer.End end = it.online();
        Inbox inbox = open();
        PeopleRequest.Inbox asked = end.next(PeopleRequest.Inbox.class);
        inbox.close();
        end.say(page(asked, Optional.empty(), entry(LOBBY, 1, 0)));
        end.say(bump(LOBBY, 2));
        inbox.refresh();
        end.expectNothing();

        assertThat(shown).isEmpty();
    }

    @Test
    void anInboxOfAClientThatEndsDoesNothingMore() {
        FakeServer.End end = it.online();
        open();
        end.next(PeopleRequest.Inbox.class);
        it.client.close();
        it.time.advance(Duration.ofMinutes(1));

        assertThat(shown).isEmpty();
    }
}
