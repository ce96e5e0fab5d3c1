package io.natterjack.store.redis.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.PresenceState;
import io.natterjack.core.PresenceState.Availability;
import io.natterjack.core.SessionId;
import io.natterjack.core.UserId;
import io.natterjack.testkit.ManualScheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Several nodes' presence over one memory, and every way in which they can lose sight of each other. */
final class RedisPresenceNodesTest {
    private static final UserId ADA = new UserId("ada");
    private static final SessionId PHONE = new SessionId("phone");
    private static final SessionId DESK = new SessionId("desk");
    private static final Duration GRACE = Duration.ofSeconds(10);

    private final ManualScheduler time = new ManualScheduler();
    private final PresenceInMemory redis = new PresenceInMemory(time);
    private final List<UserId> announced = new ArrayList<>();
    private final Set<String> doubted = new HashSet<>();
    private final List<RedisPresence> nodes = new ArrayList<>();
    private final Map<String, Long> dead = new HashMap<>();
    private final RedisPresence a = node("a");
    private final RedisPresence b = node("b");
    private final RedisPresence c = node("c");
    private final List<PresenceState> seen = new ArrayList<>();
    private boolean announcementsLost;

    RedisPresenceNodesTest() {
        c.watch(List.of(ADA), (user, state) -> seen.add(state));
        time.runAll();
    }

    private RedisPresence node(String name) {
        List<RedisPresence> self = new ArrayList<>();
        RedisPresence made = new RedisPresence(
                redis,
                view(name + ".0"),
                time,
                GRACE,
                time,
                changed -> {
                    announced.add(changed);
                    if (!announcementsLost) {
                        nodes.stream()
                                .filter(each -> each != self.get(0))
                                .forEach(each -> each.announced(List.of(changed)));
                    }
                },
                doubted::add);
        self.add(made);
        nodes.add(made);
        return made;
    }

    private NodeLease.View view(String own) {
        return new NodeLease.View(own, Set.of("a.0", "b.0", "c.0"), dead);
    }

    private static PresenceState state(Availability availability) {
        return new PresenceState(availability, "", 0);
    }

    private List<Availability> seen() {
        time.runAll();
        return seen.stream().map(PresenceState::availability).toList();
    }

    private PresenceState query(RedisPresence node) {
        CompletableFuture<Map<UserId, PresenceState>> answer =
                node.query(List.of(ADA)).toCompletableFuture();
        time.runAll();
        return Objects.requireNonNull(answer.join().get(ADA));
    }

    @Test
    void aPersonIsSeenFromAllNodes() {
        a.connected(ADA, PHONE, state(Availability.AWAY));
        time.runAll();
        b.connected(ADA, DESK, state(Availability.ONLINE));
        time.runAll();
        b.disconnected(ADA, DESK, true);
        time.runAll();
        a.disconnected(ADA, PHONE, true);

        assertThat(seen())
                .containsExactly(Availability.AWAY, Availability.ONLINE, Availability.AWAY, Availability.OFFLINE);
        assertThat(seen.get(3).lastSeen()).isEqualTo(time.wallMillis());
        assertThat(query(a)).isEqualTo(query(b)).isEqualTo(query(c)).isEqualTo(seen.get(3));
    }

    @Test
    void hiddenOnOneNodeIsHiddenOnlyIfNoOtherSaysMore() {
        a.connected(ADA, PHONE, state(Availability.HIDDEN));
        assertThat(seen()).isEmpty();
        b.connected(ADA, DESK, state(Availability.AWAY));
        time.runAll();
        b.connected(ADA, DESK, state(Availability.HIDDEN));

        assertThat(seen()).containsExactly(Availability.AWAY, Availability.OFFLINE);
        assertThat(query(c).lastSeen()).isZero();
    }

    @Test
    void aReconnectToAnotherNodeIsNotNoticed() {
        a.connected(ADA, PHONE, state(Availability.ONLINE));
        time.runAll();
        a.disconnected(ADA, PHONE, false);
        time.advance(Duration.ofSeconds(9));
        b.connected(ADA, PHONE, state(Availability.ONLINE));
        time.advance(Duration.ofMinutes(1));

        assertThat(seen()).containsExactly(Availability.ONLINE);
        assertThat(redis.of(ADA)).containsOnlyKeys("b.0");
    }

    @Test
    void whatTheNewNodeSaysCountsAtOnce() {
        a.connected(ADA, PHONE, state(Availability.ONLINE));
        time.runAll();
        a.disconnected(ADA, PHONE, false);
        b.connected(ADA, PHONE, state(Availability.HIDDEN));

        assertThat(seen()).containsExactly(Availability.ONLINE, Availability.OFFLINE);
        assertThat(query(a).availability()).isEqualTo(Availability.OFFLINE);
    }

    @Test
    void whoSaysGoodbyeOnTheNewNodeIsGoneOnTheOldOneToo() {
        a.connected(ADA, PHONE, state(Availability.ONLINE));
        time.runAll();
        a.disconnected(ADA, PHONE, false);
        time.runAll();
        b.connected(ADA, PHONE, state(Availability.ONLINE));
        time.runAll();
        b.disconnected(ADA, PHONE, true);

        assertThat(seen()).containsExactly(Availability.ONLINE, Availability.OFFLINE);
        assertThat(query(a)).isEqualTo(query(c));
    }

    @Test
    void whoDoesntComeBackAnywhereIsGoneAfterTheGrace() {
        a.connected(ADA, PHONE, state(Availability.DND));
        time.runAll();
        a.disconnected(ADA, PHONE, false);
        time.advance(GRACE.minusMillis(1));
        assertThat(seen()).containsExactly(Availability.DND);
        time.advance(Duration.ofMillis(1));

        assertThat(seen()).containsExactly(Availability.DND, Availability.OFFLINE);
    }

    @Test
    void thePeopleOfADeadNodeAreGone() {
        a.connected(ADA, PHONE, state(Availability.ONLINE));
        time.runAll();
        dead.put("a.0", 1_234L);
        c.looked(view("c.0"));

        assertThat(seen()).containsExactly(Availability.ONLINE, Availability.OFFLINE);
        assertThat(seen.get(1).lastSeen()).isEqualTo(1_234);
        assertThat(query(c)).isEqualTo(seen.get(1));
    }

    @Test
    void whatIsSaidUnderALeaseThatNobodyHoldsCountsUntilItIsLookedAt() {
        redis.write("lost.0", ADA, new PresenceEntry(false, state(Availability.ONLINE)));
        c.announced(List.of(ADA));
        assertThat(seen()).containsExactly(Availability.ONLINE);
        assertThat(doubted).containsExactly("lost.0");
        dead.put("lost.0", 0L);
        c.looked(view("c.0"));

        assertThat(seen()).containsExactly(Availability.ONLINE, Availability.OFFLINE);
        assertThat(query(c).lastSeen()).isZero();
        assertThat(redis.of(ADA)).isEmpty();
    }

    @Test
    void onlyChangesAreWritten() {
        a.connected(ADA, PHONE, state(Availability.ONLINE));
        time.runAll();
        a.connected(ADA, DESK, state(Availability.AWAY));
        a.connected(ADA, DESK, state(Availability.DND));
        a.disconnected(ADA, DESK, true);
        time.runAll();

        assertThat(redis.writes()).isEqualTo(1);
    }

    @Test
    void aLostAnnouncementHealsWhenTheBusIsBack() {
        announcementsLost = true;
        a.connected(ADA, PHONE, state(Availability.ONLINE));
        assertThat(seen()).isEmpty();
        c.regained();

        assertThat(seen()).containsExactly(Availability.ONLINE);
    }

    @Test
    void whileRedisIsAwayANodeKnowsItsOwnPeopleAndRemembersTheOthers() {
        a.connected(ADA, PHONE, state(Availability.ONLINE));
        time.runAll();
        redis.away(true);
        c.away();
        a.away();
        a.connected(ADA, PHONE, state(Availability.AWAY));

        assertThat(query(a)).isEqualTo(state(Availability.AWAY));
        assertThat(query(c)).isEqualTo(state(Availability.ONLINE));
        assertThat(seen()).containsExactly(Availability.ONLINE);

        redis.away(false);
        nodes.forEach(node -> node.looked(view(nodes.indexOf(node) == 0 ? "a.0" : "c.0")));
        assertThat(seen()).containsExactly(Availability.ONLINE, Availability.AWAY);
        assertThat(query(c)).isEqualTo(state(Availability.AWAY));
    }

    @Test
    void whatRedisForgotIsWrittenAgainInBoundedSteps() {
        List<UserId> many = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            UserId user = new UserId("user" + i);
            many.add(user);
            a.connected(user, PHONE, state(Availability.ONLINE));
        }
        time.runAll();
        redis.forgetAll();
        a.looked(view("a.1"));
        time.runAll();

        assertThat(many).allSatisfy(user -> assertThat(redis.of(user)).containsOnlyKeys("a.1"));
        assertThat(redis.mostUnderWay()).isLessThanOrEqualTo(PresenceWriter.MAX_UNANSWERED);
    }

    @Test
    void whoWentWhileRedisWasAwayIsntWrittenAgain() {
        a.connected(ADA, PHONE, state(Availability.ONLINE));
        time.runAll();
        redis.away(true);
        a.away();
        a.disconnected(ADA, PHONE, true);
        time.runAll();
        redis.away(false);
        a.looked(view("a.0"));

        assertThat(seen()).containsExactly(Availability.ONLINE, Availability.OFFLINE);
        assertThat(redis.of(ADA)).isEmpty();
    }

    @Test
    void whatAPartOfRedisForgotIsWrittenAgainAndOnlyThatAnnounced() {
        a.connected(ADA, PHONE, state(Availability.ONLINE));
        a.connected(new UserId("bob"), DESK, state(Availability.ONLINE));
        time.runAll();
        redis.forget(ADA);
        announced.clear();
        a.regained();

        assertThat(query(c)).isEqualTo(state(Availability.ONLINE));
        assertThat(announced).containsExactly(ADA);
        assertThat(redis.of(ADA)).containsOnlyKeys("a.0");
    }

    @Test
    void whatAnEmptiedRedisHasNotBeenToldAgainYetIsNotTakenForAnAbsence() {
        a.connected(ADA, PHONE, state(Availability.ONLINE));
        time.runAll();
        redis.forgetAll();
        c.regained();
        assertThat(query(c)).isEqualTo(state(Availability.ONLINE));
        a.regained();
        time.runAll();
        time.advance(NodeLease.QUIET);

        assertThat(seen()).containsExactly(Availability.ONLINE);
    }

    @Test
    void norIsWhatAnOlderRedisKnowsOfThem() {
        a.connected(ADA, PHONE, state(Availability.ONLINE));
        time.runAll();
        a.disconnected(ADA, PHONE, true);
        time.runAll();
        a.connected(ADA, PHONE, state(Availability.ONLINE));
        time.runAll();
        redis.forget(ADA); // but not when she was seen last
        c.regained();
        a.regained();
        time.runAll();
        time.advance(NodeLease.QUIET);

        assertThat(seen()).containsExactly(Availability.ONLINE, Availability.OFFLINE, Availability.ONLINE);
    }

    @Test
    void norIsItUnderANewLease() {
        a.connected(ADA, PHONE, state(Availability.ONLINE));
        time.runAll();
        redis.away(true);
        c.away();
        a.away();
        redis.forgetAll();
        redis.away(false);
        c.looked(view("c.1"));
        assertThat(seen()).containsExactly(Availability.ONLINE);
        time.advance(NodeLease.RENEW_EVERY);
        a.looked(view("a.1"));
        time.advance(NodeLease.QUIET);

        assertThat(seen()).containsExactly(Availability.ONLINE);
        assertThat(query(c)).isEqualTo(state(Availability.ONLINE));
    }

    @Test
    void whomNobodySpeaksOfAfterAWhileIsGone() {
        a.connected(ADA, PHONE, state(Availability.ONLINE));
        time.runAll();
        redis.forgetAll();
        c.regained();
        c.looked(view("c.0"));
        time.advance(NodeLease.QUIET.minusMillis(1));
        assertThat(seen()).containsExactly(Availability.ONLINE);
        time.advance(Duration.ofMillis(1));

        assertThat(seen()).containsExactly(Availability.ONLINE, Availability.OFFLINE);
    }

    @Test
    void whoWentWhileAnnouncementsWereLostIsGoneAtOnce() {
        a.connected(ADA, PHONE, state(Availability.ONLINE));
        time.runAll();
        announcementsLost = true;
        a.disconnected(ADA, PHONE, true);
        time.runAll();
        c.regained();

        assertThat(seen()).containsExactly(Availability.ONLINE, Availability.OFFLINE);
    }

    @Test
    void questionsAreReadInBoundedSteps() {
        List<UserId> many = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            many.add(new UserId("user" + i));
        }
        a.connected(many.get(1_999), PHONE, state(Availability.ONLINE));
        time.runAll();
        CompletableFuture<Map<UserId, PresenceState>> answer = c.query(many).toCompletableFuture();
        time.runAll();

        assertThat(answer.join()).hasSize(2_000).containsEntry(many.get(1_999), state(Availability.ONLINE));
        assertThat(redis.mostUnderWay()).isLessThanOrEqualTo(PresenceWatchers.MAX_UNANSWERED);
    }
}
