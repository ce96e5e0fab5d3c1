package io.natterjack.examples.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.examples.integration.ClientLog.Event;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A checker that never complains is worth nothing: each kind of fault is planted once. */
final class LogCheckerTest {
    private static final int MESSAGES = 20;

    private final ClientLog ada = log("ada");
    private final ClientLog bob = log("bob");

    LogCheckerTest() {
        for (int i = 1; i <= MESSAGES; i++) {
            ClientLog sender = i % 3 == 0 ? bob : ada;
            Event event = new Event(7, i, "c" + i, sender.user());
            sender.sent().add(event.clientId());
            sender.acks().add(event);
            ada.events().add(event);
            bob.events().add(event);
        }
    }

    @Test
    void whatIsInOrderPasses() {
        assertThat(violations()).isEmpty();
    }

    @Test
    void aLogOfAConsoleIsUnderstood() {
        ClientLog log = ClientLog.parse(
                "ada",
                List.of(
                        "state ONLINE",
                        "joined r 7 0",
                        "sent r c1",
                        "event r 7 1 c1 ada",
                        "ack r c1 7 1 new",
                        "event r 7 2 c2 bob the builder",
                        "skipped r 7 2 9"));

        assertThat(log.sent()).containsExactly("c1");
        assertThat(log.acks()).containsExactly(new Event(7, 1, "c1", "ada"));
        assertThat(log.events())
                .containsExactly(new Event(7, 1, "c1", "ada"), new Event(7, 2, "c2", "bob the builder"));
        assertThat(log.troubles()).containsExactly("skipped r 7 2 9");
    }

    @Test
    void anAckedMessageThatIsLostIsFound() {
        ada.events().remove(9);
        bob.events().remove(9);

        assertThat(violations()).anySatisfy(line -> assertThat(line).contains("got an ack for", "seen was null"));
    }

    @Test
    void aLastMessageThatIsLostIsFound() {
        ada.events().remove(MESSAGES - 1);
        bob.events().remove(MESSAGES - 1);

        assertThat(violations()).anySatisfy(line -> assertThat(line).contains("c20", "which nobody saw"));
    }

    @Test
    void aMessageThatOneClientMissesIsFound() {
        bob.events().remove(9);

        assertThat(violations()).anySatisfy(line -> assertThat(line).contains("bob saw #11 where #10 was due"));
    }

    @Test
    void aMessageSeenTwiceIsFound() {
        ada.events().add(10, ada.events().get(9));

        assertThat(violations()).anySatisfy(line -> assertThat(line).contains("ada saw c10 twice"));
    }

    @Test
    void aMessageKeptTwiceIsFound() {
        Event again = new Event(7, MESSAGES + 1, "c10", "ada");
        ada.events().add(again);
        bob.events().add(again);

        assertThat(violations()).anySatisfy(line -> assertThat(line).contains("saw c10 twice"));
    }

    @Test
    void twoMessagesSwappedForOneClientAreFound() {
        Collections.swap(bob.events(), 4, 5);

        assertThat(violations()).anySatisfy(line -> assertThat(line).contains("bob saw #6 where #5 was due"));
    }

    @Test
    void twoMessagesWithEachOthersNumbersAreFound() {
        Event fifth = bob.events().get(4);
        Event sixth = bob.events().get(5);
        bob.events().set(4, new Event(7, 5, sixth.clientId(), sixth.sender()));
        bob.events().set(5, new Event(7, 6, fifth.clientId(), fifth.sender()));

        assertThat(violations())
                .anySatisfy(line -> assertThat(line).startsWith("bob saw").contains("where ada saw"));
    }

    @Test
    void aMessageThatOvertookAnotherOfItsSenderIsFound() {
        Collections.swap(ada.sent(), 2, 3);

        assertThat(violations()).anySatisfy(line -> assertThat(line).contains("ada sent", "after what became"));
    }

    @Test
    void aHoleForEverybodyIsFound() {
        renumber(ada.events());
        renumber(bob.events());

        assertThat(violations()).anySatisfy(line -> assertThat(line).contains("saw #12 where #11 was due"));
    }

    private static void renumber(List<Event> events) {
        for (int i = 10; i < events.size(); i++) {
            Event event = events.get(i);
            events.set(i, new Event(7, event.seq() + 1, event.clientId(), event.sender()));
        }
    }

    @Test
    void aSendWithoutAnAckIsFound() {
        ada.acks().remove(3);

        assertThat(violations()).anySatisfy(line -> assertThat(line).contains("ada got no ack for"));
    }

    @Test
    void anAckOfAnotherEpochIsFound() {
        Event ack = ada.acks().get(3);
        ada.acks().set(3, new Event(8, ack.seq(), ack.clientId(), ack.sender()));

        assertThat(violations()).anySatisfy(line -> assertThat(line).contains("ada got an ack for"));
    }

    @Test
    void aMessageThatNobodySentIsFound() {
        Event phantom = new Event(7, MESSAGES + 1, "c99", "ada");
        ada.events().add(phantom);
        bob.events().add(phantom);

        assertThat(violations()).anySatisfy(line -> assertThat(line).contains("nobody of that name sent"));
    }

    @Test
    void whatAClientWasToldIsFound() {
        ada.troubles().add("skipped r 7 2 9");

        assertThat(violations()).containsExactly("ada was told: skipped r 7 2 9");
    }

    private List<String> violations() {
        return LogChecker.violations(List.of(ada, bob));
    }

    private static ClientLog log(String user) {
        return new ClientLog(user, new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    }
}
