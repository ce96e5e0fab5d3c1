package io.natterjack.examples.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.client.Sent;
import io.natterjack.core.Message;
import io.natterjack.core.Principal;
import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.AuthResult;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.server.ChatServer;
import io.natterjack.testkit.Await;
import io.natterjack.testkit.FaultProxy;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A client whose connection is broken in all ways ends with the same log as one that was never cut, and neither is told that
 * it missed anything.
 */
@Timeout(90)
abstract class Resume {
    /** What the server keeps of a room in memory is 512 events; more is read from the store. */
    private static final int MORE_THAN_THE_RING = 800;

    /** A replay has 2,000 events at most; more is fetched in pages. */
    private static final int MORE_THAN_A_REPLAY = 2_500;

    private static final RoomId ROOM = new RoomId("room");

    private MessageStore store;
    private ChatServer server;
    private FaultProxy steadyPath;
    private FaultProxy path;
    private Listener steady;
    private Listener wanderer;

    /** Opens the store of this test; again after a restart of the server. */
    abstract MessageStore open();

    @BeforeEach
    void start() {
        startServer();
        steadyPath = FaultProxy.to("127.0.0.1", server.port());
        path = FaultProxy.to("127.0.0.1", server.port());
        steady = new Listener("steady", steadyPath.port(), ROOM);
        wanderer = new Listener("wanderer", path.port(), ROOM);
        steady.say(10);
        wanderer.say(10);
    }

    private void startServer() {
        store = open();
        server = ChatServer.builder(request -> CompletableFuture.completedFuture(
                        AuthResult.accepted(Principal.of(new UserId(request.token())))))
                .store(store)
                .port(0)
                .noRateLimit()
                .start();
    }

    @AfterEach
    void stop() {
        wanderer.close();
        steady.close();
        path.close();
        steadyPath.close();
        server.close();
        store.close();
    }

    @Test
    void afterAShortCut() {
        path.cut();
        steady.say(10);
        wanderer.say(10);

        assertSameLog(40);
    }

    @Test
    void afterACutThatTheServersMemoryDoesNotReachBackTo() {
        loseTheWanderer();
        steady.say(MORE_THAN_THE_RING);
        path.accept();

        assertSameLog(20 + MORE_THAN_THE_RING);
    }

    @Test
    void afterACutThatIsLongerThanAReplayMayBe() {
        loseTheWanderer();
        steady.say(MORE_THAN_A_REPLAY);
        path.accept();

        assertSameLog(20 + MORE_THAN_A_REPLAY);
    }

    @Test
    void afterALongCutWhileOthersGoOnTalking() {
        loseTheWanderer();
        steady.say(MORE_THAN_A_REPLAY);
        List<CompletionStage<Sent>> talk =
                Stream.generate(steady::say).limit(300).toList();
        path.accept();
        talk.forEach(Await::result);

        assertSameLog(20 + MORE_THAN_A_REPLAY + 300);
    }

    @Test
    void afterARestartOfTheServer() {
        restartServer();
        steady.say(10);
        wanderer.say(10);

        assertSameLog(40);
    }

    @Test
    void afterARestartOfTheServerInTheMiddleOfTalk() {
        List<CompletionStage<Sent>> talk = talkOfBoth(200);
        restartServer();
        talk.forEach(Await::result);

        assertSameLog(420);
    }

    @Test
    void afterManyCutsInTheMiddleOfTalk() {
        for (int round = 1; round <= 8; round++) {
            int joins = wanderer.joins();
            List<CompletionStage<Sent>> talk = talkOfBoth(25);
            path.cut();
            talk.forEach(Await::result);
            Await.until("the wanderer is back", () -> wanderer.joins() > joins);
        }

        assertSameLog(20 + 8 * 50);
    }

    @Test
    void afterAStall() {
        path.stall();
        steady.say(MORE_THAN_THE_RING);
        CompletionStage<Sent> held = wanderer.say();
        path.resume();
        Await.result(held);

        assertSameLog(21 + MORE_THAN_THE_RING);
    }

    @Test
    void afterAStallThatEndsInACut() {
        path.stall();
        CompletionStage<Sent> held = wanderer.say();
        steady.say(10);
        path.cut();
        path.resume();
        Await.result(held);

        assertSameLog(31);
    }

    @Test
    void whatTheServerTookThoughItsAnswerWasLostIsThereOnce() {
        path.swallowReplies();
        List<CompletionStage<Sent>> unanswered =
                Stream.generate(wanderer::say).limit(5).toList();
        Await.until("the steady one has seen them", () -> steady.count() == 25);
        assertThat(unanswered).noneMatch(stage -> stage.toCompletableFuture().isDone());

        path.cut();

        assertThat(unanswered).allMatch(stage -> Await.result(stage).isDuplicate());
        assertSameLog(25);
    }

    private void loseTheWanderer() {
        path.refuse();
        path.cut();
    }

    private void restartServer() {
        server.close();
        store.close();
        startServer();
        steadyPath.retarget("127.0.0.1", server.port());
        path.retarget("127.0.0.1", server.port());
    }

    private List<CompletionStage<Sent>> talkOfBoth(int each) {
        return Stream.generate(() -> List.of(steady.say(), wanderer.say()))
                .limit(each)
                .flatMap(List::stream)
                .toList();
    }

    private void assertSameLog(int messages) {
        Await.until("the steady one has seen " + messages, () -> steady.count() >= messages);
        Await.until("the wanderer has seen " + messages, () -> wanderer.count() >= messages);
        assertThat(steady.messages())
                .extracting(Message::seq)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, messages).boxed().toList());
        assertThat(wanderer.messages()).isEqualTo(steady.messages());
        assertThat(wanderer.troubles()).isEmpty();
        assertThat(steady.troubles()).isEmpty();
    }
}
