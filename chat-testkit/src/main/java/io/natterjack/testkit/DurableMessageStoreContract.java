package io.natterjack.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.natterjack.core.Draft;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.HistoryQuery;
import io.natterjack.core.Membership;
import io.natterjack.core.Notify;
import io.natterjack.core.Outcome;
import io.natterjack.core.Page;
import io.natterjack.core.Profile;
import io.natterjack.core.Receipts;
import io.natterjack.core.Role;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.RoomKind;
import io.natterjack.core.RoomSettings;
import io.natterjack.core.RoomView;
import io.natterjack.core.Standing;
import io.natterjack.core.StoreException;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.Fence;
import io.natterjack.core.spi.ListenerStore;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.core.spi.PeopleStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What a {@link MessageStore} must do beyond {@link MessageStoreContract} if its data outlives it and may be shared. */
public abstract class DurableMessageStoreContract extends MessageStoreContract {
    /** For subclasses. */
    protected DurableMessageStoreContract() {}

    /**
     * Opens another store on the data of the one that the test began with, as another process or a later one would. That one may
     * have been closed by now or not. The test closes what it gets.
     */
    protected abstract MessageStore openAgain() throws Exception;

    @Test
    void whatWasAcceptedIsThereForTheNextStore() throws Exception {
        List<RoomEvent> events = write(store(), new UserId("ada"), 3);
        store().close();

        try (MessageStore next = openAgain()) {
            assertRoomsHold(next, events);
        }
    }

    @Test
    void anEpochOutlivesTheStore() throws Exception {
        store().append(drafts(ROOM, "a"));
        var heads = store().heads(List.of(ROOM, room(1)));
        store().close();

        try (MessageStore next = openAgain()) {
            assertThat(next.heads(List.of(ROOM, room(1)))).isEqualTo(heads);
            assertThat(next.history(HistoryQuery.latest(ROOM, 1), 1).upto()).isEqualTo(heads.get(ROOM));
        }
    }

    @Test
    void aResendIsKnownToTheNextStore() throws Exception {
        List<Draft> batch = drafts(ROOM, "a", "b");
        List<Outcome> outcomes = store().append(batch);
        store().close();

        try (MessageStore next = openAgain()) {
            assertThat(next.append(batch)).isEqualTo(asDuplicates(outcomes));
        }
    }

    @Test
    void theNextStoreGoesOnCounting() throws Exception {
        List<RoomEvent> events = new ArrayList<>(write(store(), new UserId("ada"), 3));
        store().close();

        try (MessageStore next = openAgain()) {
            events.addAll(write(next, new UserId("ada"), 3));
            assertRoomsHold(next, events);
        }
    }

    @Test
    void twoStoresOfTheSameDataLeaveNoHoleAndNothingTwice() throws Exception {
        try (MessageStore other = openAgain()) {
            List<RoomEvent> events = new ArrayList<>();
            List<Callable<List<RoomEvent>>> writers = List.of(
                    () -> write(store(), new UserId("ada"), 40),
                    () -> write(other, new UserId("bob"), 40),
                    () -> write(store(), new UserId("cy"), 40),
                    () -> write(other, new UserId("dan"), 40));
            for (List<RoomEvent> written : atOnce(writers)) {
                events.addAll(written);
            }

            assertRoomsHold(store(), events);
            assertRoomsHold(other, events);
        }
    }

    @Test
    void twoStoresThatGetTheSameBatchKeepItOnce() throws Exception {
        try (MessageStore other = openAgain()) {
            List<Draft> batch = drafts(ROOM, "a", "b", "c");
            List<List<Outcome>> outcomes = atOnce(List.of(() -> store().append(batch), () -> other.append(batch)));

            assertThat(all(ROOM)).hasSize(3);
            assertThat(asDuplicates(outcomes.get(0))).isEqualTo(asDuplicates(outcomes.get(1)));
        }
    }

    @Test
    void aFenceThatOneStoreRaisesIsKnownToTheOther() throws Exception {
        try (MessageStore other = openAgain()) {
            Fence old = store().raiseFence("queue-1");
            assertThat(other.append(drafts(ROOM, "a"), old)).hasSize(1);
            Fence raised = other.raiseFence("queue-1");

            assertThat(raised.generation()).isGreaterThan(old.generation());
            assertThatThrownBy(() -> store().append(drafts(ROOM, "b"), old))
                    .isInstanceOfSatisfying(
                            StoreException.class,
                            fenced -> assertThat(fenced.kind()).isEqualTo(StoreException.Kind.FENCED));
            assertThat(store().append(drafts(ROOM, "c"), raised)).hasSize(1);
            assertThat(store().raiseFence("queue-1").generation()).isGreaterThan(raised.generation());
        }
    }

    @Test
    void whoRaisesAFenceAtOnceGetsAGenerationEach() throws Exception {
        try (MessageStore other = openAgain()) {
            List<Fence> raised = atOnce(List.of(
                    () -> store().raiseFence("f"),
                    () -> other.raiseFence("f"),
                    () -> store().raiseFence("f"),
                    () -> other.raiseFence("f")));

            assertThat(raised).doesNotHaveDuplicates();
        }
    }

    @Test
    void nothingIsAppendedBehindWhatARaisedFenceLetsIn() throws Exception {
        try (MessageStore other = openAgain()) {
            for (int round = 0; round < 20; round++) {
                RoomId room = room(round);
                Fence old = store().raiseFence("f");
                List<Draft> late = drafts(room, "old");
                List<List<RoomEvent>> seen = atOnce(List.of(() -> appendUnlessFenced(late, old), () -> {
                    Fence raised = other.raiseFence("f");
                    other.append(drafts(room, "new"), raised);
                    return other.eventsAfter(room, 0, 10, 1 << 20);
                }));

                assertThat(all(room)).isEqualTo(seen.get(1));
            }
        }
    }

    private List<RoomEvent> appendUnlessFenced(List<Draft> batch, Fence fence) {
        try {
            store().append(batch, fence);
        } catch (StoreException fenced) {
            assertThat(fenced.kind()).isEqualTo(StoreException.Kind.FENCED);
        }
        return List.of();
    }

    @Test
    void whatAnotherStoreAppendsIsFoundAsChanged() throws Exception {
        try (MessageStore other = openAgain()) {
            long before = store().headsChangedSince(0, 1).asOf();
            other.append(drafts(ROOM, "a", "b"));

            assertThat(store().headsChangedSince(before, 10).heads()).isEqualTo(store().heads(List.of(ROOM)));
            assertThat(store().isShared()).isTrue();
        }
    }

    // ---- what is kept beside the events

    /** Lets a store look that is open at the same time, and one that comes afterwards. */
    private void lookFromOutside(Consumer<MessageStore> look) throws Exception {
        try (MessageStore other = openAgain()) {
            look.accept(other);
        }
        store().close();
        try (MessageStore next = openAgain()) {
            look.accept(next);
        }
    }

    @Test
    void aLegalHoldIsKnownToOtherStores() throws Exception {
        store().append(List.of(draft(ROOM, "a"), draft(OTHER_ROOM, "b")));
        for (RoomId room : List.of(ROOM, OTHER_ROOM, room(1))) {
            store().hold(room, true);
        }
        store().hold(OTHER_ROOM, false);

        Outcome refused = Outcome.Refused.forGood(ErrorCode.FORBIDDEN);
        lookFromOutside(other -> {
            assertThat(other.append(List.of(erase(ROOM, 1), trim(ROOM, 1)))).containsOnly(refused);
            assertThat(other.append(List.of(draft(room(1), "c"), erase(room(1), 1)))
                            .get(1))
                    .as("held before anything happened")
                    .isEqualTo(refused);
            accepted(other.append(List.of(erase(OTHER_ROOM, 1))).get(0));
        });
    }

    @Test
    void whoseTokensAreRevokedIsKnownToOtherStores() throws Exception {
        PeopleStore people = store().people();
        people.revokeTokens(ADA, 77);
        people.revokeTokens(BOB, 99);
        people.revokeTokens(CY, 88);
        people.revokeTokens(CY, 0);

        lookFromOutside(other -> {
            assertThat(other.people().tokensRevoked(ADA)).isEqualTo(77);
            assertThat(other.people().tokensRevoked(CY)).isZero();
            assertThat(other.people().tokensRevokedSince(77, 10)).containsExactly(entry(BOB, 99L), entry(ADA, 77L));
        });
    }

    @Test
    void profilesAndWhoIsBlockedAreKnownToOtherStores() throws Exception {
        PeopleStore people = store().people();
        Profile profile = new Profile(ADA, "Ada", "https://x", "{\"team\":\"frogs\"}");
        people.save(profile);
        people.block(ADA, BOB, true);
        people.block(ADA, CY, true);
        people.block(ADA, CY, false);
        store().append(List.of(Draft.change(
                ROOM, ADA, cid(), new RoomChange.Created(RoomSettings.direct(ADA, BOB), List.of(ADA, BOB)))));

        lookFromOutside(other -> {
            assertThat(other.people().profiles(List.of(ADA, BOB))).isEqualTo(Map.of(ADA, profile));
            assertThat(other.people().blocked(ADA)).containsExactly(BOB);
            assertThat(other.people().acquaintances(BOB, List.of(ADA))).isEmpty();
            assertThat(other.view(ROOM, BOB).isBlocked()).isTrue();
        });
    }

    @Test
    void whatAMemberHasReadAndWantsIsKnownToOtherStores() throws Exception {
        store().append(List.of(comes(ROOM, ADA), comes(ROOM, BOB), draft(ROOM, "a"), draft(ROOM, "b")));
        store().mark(ROOM, BOB, 4, 3);
        store().notifications(ROOM, BOB, Notify.MENTIONS);
        Membership bob = new Membership(ROOM, BOB, Standing.IN, Role.MEMBER, 0, 2, 2, 4, 3, Notify.MENTIONS);

        lookFromOutside(other -> {
            assertThat(other.membership(ROOM, BOB)).contains(bob);
            assertThat(other.members(ROOM, Standing.IN, Optional.of(ADA), 10)).containsExactly(bob);
            assertThat(other.inbox(BOB, Optional.empty(), 10))
                    .singleElement()
                    .satisfies(entry -> assertThat(entry.membership()).isEqualTo(bob))
                    .satisfies(entry -> assertThat(entry.unread()).isEqualTo(1));
            assertThat(other.receipts(ROOM, 3, ADA)).isEqualTo(new Receipts(1, 1, 1, List.of(BOB)));
            assertThat(other.receipts(ROOM, 4, ADA)).isEqualTo(new Receipts(1, 1, 0, List.of()));
        });
    }

    @Test
    void howFarAListenerHasComeIsKnownToOtherStores() throws Exception {
        ListenerStore listeners = store().listeners();
        store().append(drafts(ROOM, "before"));
        listeners.register("bot");
        store().append(List.of(draft(ROOM, "a"), draft(ROOM, "b"), draft(OTHER_ROOM, "c"), draft(room(1), "d")));
        listeners.heard("bot", ROOM, 2);
        listeners.heard("bot", room(1), 1);

        lookFromOutside(other -> {
            other.listeners().register("bot");
            assertThat(other.listeners().heard("bot", ROOM)).isEqualTo(2);
            assertThat(other.listeners().behind("bot", 10)).isEqualTo(Map.of(ROOM, 2L, OTHER_ROOM, 0L));
        });
    }

    @Test
    void whoHearsOnBehalfOfAListenerIsKnownToOtherStores() throws Exception {
        Duration turn = Duration.ofMinutes(10);
        assertThat(store().listeners().take("bot", "one", turn)).isTrue();

        lookFromOutside(other -> {
            assertThat(other.listeners().take("bot", "other", turn)).isFalse();
            assertThat(other.listeners().take("bot", "one", turn)).isTrue();
        });
    }

    @Test
    void whatARoomHasBecomeIsKnownToOtherStores() throws Exception {
        RoomSettings frogs = RoomSettings.of(RoomKind.PRIVATE, "Frogs");
        Draft cancelled = draft(ROOM, "never");
        store().append(List.of(
                Draft.change(ROOM, ADA, cid(), new RoomChange.Created(frogs, List.of(ADA))),
                comes(ROOM, BOB),
                draft(ROOM, "a"),
                draft(ROOM, "b"),
                draft(ROOM, "c")));
        store().append(List.of(
                Draft.change(ROOM, ADA, cid(), new RoomChange.Member(BOB, Standing.IN, Optional.of(Role.MODERATOR), 0)),
                edit(ADA, at(4), "edited"),
                react(BOB, at(4), "x", true),
                pin(ADA, at(5), true),
                trim(ROOM, 3),
                revoke(ADA, own(cancelled))));
        RoomView view = store().view(ROOM, BOB);
        Page changes = store().changes(ROOM, BOB, 0, 0, 10, ALL_BYTES);
        List<RoomEvent> events = all(ROOM);
        assertThat(seqsOf(changes)).containsExactly(4L, 5L);

        lookFromOutside(other -> {
            assertThat(other.view(ROOM, BOB)).isEqualTo(view);
            assertThat(other.changes(ROOM, BOB, 0, 0, 10, ALL_BYTES)).isEqualTo(changes);
            assertThat(refusal(other.append(List.of(cancelled)).get(0))).isEqualTo(ErrorCode.TARGET_REVOKED);
            assertThat(other.eventsAfter(ROOM, 0, ALL, ALL_BYTES)).isEqualTo(events);
        });
    }
}
