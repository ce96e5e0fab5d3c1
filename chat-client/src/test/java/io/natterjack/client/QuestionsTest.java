package io.natterjack.client;

import static io.natterjack.client.ClientFixture.LOBBY;
import static io.natterjack.client.ClientFixture.live;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.natterjack.core.CloseReason;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.Membership;
import io.natterjack.core.RoomChange;
import io.natterjack.core.UserId;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.ClientSignal;
import io.natterjack.core.wire.Limits;
import io.natterjack.core.wire.PeopleAnswer;
import io.natterjack.core.wire.PeopleRequest;
import io.natterjack.core.wire.ServerFrame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What is asked of no room that must be joined for it. */
final class QuestionsTest {
    private static final int MAX_QUESTIONS = 200;

    private final ClientFixture it = new ClientFixture();

    // Mistakes of the application.

    @Test
    void aWrongArgumentIsToldToWhoeverGivesIt() {
        it.online();

        assertThatIllegalArgumentException().isThrownBy(() -> it.client.members(LOBBY, Optional.empty(), 0));
        assertThatIllegalArgumentException().isThrownBy(() -> it.client.users(people(101)));
        assertThatIllegalArgumentException().isThrownBy(() -> it.client.inbox(Optional.empty(), 101));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> it.client.search("frogs", Collections.emptyList(), Optional.empty(), 0));
        assertThatIllegalArgumentException().isThrownBy(() -> it.client.profile("Ada", "", "no object"));
    }

    @Test
    void whatAQuestionCanNotHaveIsRefusedAtOnce() {
        it.online();

        assertThatIllegalArgumentException().isThrownBy(() -> it.client.members(LOBBY, Optional.empty(), 0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> it.client.search("x", Collections.nCopies(101, LOBBY), Optional.empty(), 10));
    }

    @Test
    void ofNoRoomsNothingIsAsked() {
        FakeServer.End end = it.online();

        assertThat(it.client.inbox(Collections.emptyList()).toCompletableFuture())
                .isCompletedWithValue(Collections.emptyList());
        end.expectNothing();
    }

    @Test
    void aWrongArgumentTakesNothingFromWhatIsAskedAndSentAfterIt() {
        FakeServer.End end = it.online(new Limits(65_536, 32_768, 64, 20, 40));
        Room room = it.joined(end, 5);
        for (int i = 0; i < MAX_QUESTIONS; i++) {
            assertThatIllegalArgumentException().isThrownBy(() -> it.client.members(LOBBY, Optional.empty(), 0));
        }
        room.send(ClientFixture.body("hello"));
        end.next(ClientFrame.Send.class);
        CompletableFuture<List<Membership>> asked =
                it.client.members(LOBBY, Optional.empty(), 5).toCompletableFuture();
        end.next(PeopleRequest.Members.class);
        end.close(CloseReason.ABNORMAL);

        end = it.nextConnection();
        ClientFrame.Hello hello = ClientFixture.welcome(end);
        PeopleRequest.Members again = end.next(PeopleRequest.Members.class);
        end.say(new PeopleAnswer.Members(again.id(), LOBBY, Collections.emptyList(), false, 0));
        end.say(live(hello.id(), LOBBY, 5));
        end.next(ClientFrame.Send.class);
        assertThat(asked).isCompletedWithValue(Collections.emptyList());
    }

    @Test
    void aChangeThatOnlyAServerMakesIsRefusedWhereItIsAskedFor() {
        FakeServer.End end = it.online();
        Room room = it.joined(end, 5);

        assertThatIllegalArgumentException().isThrownBy(() -> room.change(new RoomChange.Trimmed(3)));
        room.send(ClientFixture.body("hello"));
        end.next(ClientFrame.Send.class);
    }

    @Test
    void whatIsAskedDoesNotChangeWithTheListThatItWasGiven() {
        it.client = it.builder.connect();
        List<UserId> who = new ArrayList<>(people(2));
        it.client.users(who);
        it.client.watch(who);
        who.clear();
        it.time.runAll();
        FakeServer.End end = it.server.last();
        ClientFixture.welcome(end);

        assertThat(end.next(ClientSignal.SetPresence.class).watch()).contains(people(2));
        assertThat(end.next(PeopleRequest.Users.class).users()).isEqualTo(people(2));
    }

    @Test
    void aRequestThatCannotBeMadeFailsAndLeavesThePlaceThatItHadToOthers() {
        FakeServer.End end = it.online(new Limits(65_536, 32_768, 64, 1_000, 40));
        List<CompletableFuture<Void>> asked = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            asked.add(askBadly(new StackOverflowError()));
            it.time.advance(Duration.ofMillis(100));
        }
        it.client.blocked();

        assertThat(asked)
                .allSatisfy(each -> assertThat(failure(each))
                        .isInstanceOfSatisfying(
                                RequestRefusedException.class,
                                refused -> assertThat(refused.code()).isEqualTo(ErrorCode.INTERNAL)));
        end.next(PeopleRequest.Users.class);
    }

    /** Asks for what can be made when it is asked for, and not when it is to go out. */
    private CompletableFuture<Void> askBadly(Error fault) {
        AtomicInteger made = new AtomicInteger();
        return it.client
                .engine()
                .requests()
                .<Void>ask(
                        "a question",
                        id -> {
                            if (made.getAndIncrement() > 0) {
                                throw fault;
                            }
                            return new PeopleRequest.Direct(id, ClientFixture.ADA);
                        },
                        answer -> Optional.empty())
                .toCompletableFuture();
    }

    // Mistakes of the server.

    @Test
    void anAnswerToAnotherQuestionEndsThisOneAndTheConnection() {
        FakeServer.End end = it.online();
        CompletableFuture<List<UserId>> blocked = it.client.blocked().toCompletableFuture();
        end.say(new ServerFrame.Ok(end.next(PeopleRequest.Users.class).id(), OptionalLong.empty(), Optional.empty()));

        assertThat(failure(blocked)).isInstanceOf(RequestRefusedException.class);
        assertThat(end.closedByClient()).contains(CloseReason.PROTOCOL);
        it.reconnected().expectNothing();
    }

    private static Throwable failure(CompletableFuture<?> stage) {
        assertThat(stage).isCompletedExceptionally();
        return stage.handle((result, failure) -> failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure)
                .join();
    }

    private static List<UserId> people(int count) {
        List<UserId> people = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            people.add(new UserId("user-" + i));
        }
        return people;
    }

    @Test
    void moreQuestionsThanMayBeOpenFailAtOnce() {
        it.online();
        for (int i = 0; i < MAX_QUESTIONS; i++) {
            it.client.blocked();
        }

        assertThatThrownBy(() -> it.client.blocked().toCompletableFuture().join())
                .hasCauseInstanceOf(LimitExceededException.class);
    }
}
