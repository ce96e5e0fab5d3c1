package io.natterjack.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.Draft;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.HistoryQuery;
import io.natterjack.core.Outcome;
import io.natterjack.core.Profile;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomId;
import io.natterjack.core.RoomKind;
import io.natterjack.core.RoomSettings;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.AccessPolicy;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.PeopleAnswer;
import io.natterjack.core.wire.PeopleRequest;
import io.natterjack.core.wire.ServerFrame;
import io.natterjack.core.wire.ServerSignal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What a client asks about rooms and people. */
final class ReadsTest extends PeopleFixture {
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

    @Test
    void whatHappensWhileTheInboxIsReadIsInIt() {
        frogs();
        Client bob = welcome("bob");
        AtomicInteger calls = new AtomicInteger();
        store.beforeEach(() -> {
            if (calls.incrementAndGet() == 2) { // the first has read the inbox; Bob doesn't hear of its rooms yet
                Draft draft = said("hi");
                Outcome outcome = store.append(List.of(draft)).get(0);
                services.bumps().committed(List.of(draft.accepted((Outcome.Accepted) outcome)));
            }
        });
        bob.send(new PeopleRequest.Inbox(2, List.of(), Optional.empty(), 50));

        PeopleAnswer.Inbox inbox = only(PeopleAnswer.Inbox.class, bob.rest());
        assertThat(inbox.entries().get(0).last().flatMap(last -> last.body().text()))
                .contains("hi");
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
    void findingsAreCutWhereAPageEndsAndGoneOnWith() {
        frogs();
        for (int i = 0; i < 35; i++) {
            store.append(List.of(said("frog " + i + " ".repeat(31 << 10))));
        }
        Client bob = welcome("bob");
        List<Long> found = new ArrayList<>();
        Optional<String> cursor = Optional.empty();
        do {
            bob.send(new PeopleRequest.Search(2, "frog", List.of(), cursor, 50));
            PeopleAnswer.Found page = only(PeopleAnswer.Found.class, bob.rest());
            page.messages().forEach(message -> found.add(message.seq()));
            cursor = page.cursor();
        } while (cursor.isPresent());

        assertThat(found).hasSize(35).isSortedAccordingTo(Comparator.reverseOrder());
        assertThat(bob.closed()).isEmpty();
    }

    @Test
    void anAnswerThatCanNeverFitIsRefused() {
        List<UserId> users = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            users.add(new UserId("user" + i));
            store.people().save(new Profile(users.get(i), "", "", "{\"about\":\"" + "x".repeat(4_000) + "\"}"));
        }
        Client bob = welcome("bob");
        bob.connection.maxBytes = 300 << 10;
        bob.send(new PeopleRequest.Users(3, users, false));

        ServerFrame.Refused refused = only(ServerFrame.Refused.class, bob.rest());
        assertThat(refused.code()).isEqualTo(ErrorCode.TOO_LARGE);
        assertThat(refused.retry()).isEmpty();
        assertThat(bob.closed()).isEmpty();
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
}
