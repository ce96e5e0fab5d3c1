package io.natterjack.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.natterjack.core.Draft;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.InboxEntry;
import io.natterjack.core.Membership;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Notify;
import io.natterjack.core.Outcome;
import io.natterjack.core.Profile;
import io.natterjack.core.Receipts;
import io.natterjack.core.Role;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomId;
import io.natterjack.core.RoomKind;
import io.natterjack.core.RoomSettings;
import io.natterjack.core.RoomView;
import io.natterjack.core.Standing;
import io.natterjack.core.Target;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.ListenerStore;
import io.natterjack.core.spi.PeopleStore;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** What a {@link io.natterjack.core.spi.MessageStore} must keep of rooms and people. */
abstract class MessageStorePeopleContract extends MessageStoreReactionContract {
    static final UserId CY = new UserId("cy");

    MessageStorePeopleContract() {}

    private static Draft created(RoomId room, RoomSettings settings, UserId... owners) {
        return Draft.change(room, owners[0], cid(), new RoomChange.Created(settings, List.of(owners)));
    }

    private static Draft member(RoomId room, UserId user, Standing standing, Role role) {
        return Draft.change(room, ADA, cid(), new RoomChange.Member(user, standing, Optional.of(role), 0));
    }

    private static Draft settings(RoomId room, String change) {
        return Draft.change(room, ADA, cid(), new RoomChange.Settings(change));
    }

    // ---- rooms

    @Test
    void aRoomIsCreatedOnceWithItsOwners() {
        append(created(ROOM, RoomSettings.of(RoomKind.PRIVATE, "Frogs"), ADA, BOB));
        Outcome again = append(created(ROOM, RoomSettings.of(RoomKind.OPEN, "Toads"), CY));

        assertThat(again).isEqualTo(Outcome.Refused.forGood(ErrorCode.ROOM_EXISTS));
        RoomView view = store.view(ROOM, BOB);
        assertThat(view.settings().name()).isEqualTo("Frogs");
        assertThat(view.role()).contains(Role.OWNER);
        assertThat(view.head()).isEqualTo(head(ROOM));
        assertThat(view.accessRev()).isEqualTo(1);
        assertThat(store.view(ROOM, CY).role()).isEmpty();
        assertThat(store.view(OTHER_ROOM, CY).isCreated()).isFalse();
        assertThat(store.view(OTHER_ROOM, CY).head().seq()).isZero();
    }

    @Test
    void aRoomThatSomebodyWroteToIsntCreatedAnyMore() {
        append(draft(ROOM, "a"));

        assertThat(append(created(ROOM, RoomSettings.of(RoomKind.OPEN, ""), ADA)))
                .isEqualTo(Outcome.Refused.forGood(ErrorCode.ROOM_EXISTS));
    }

    @Test
    void aRoomWhoseNameIsTheServersOwnBeginsWithItsCreation() {
        RoomId own = new RoomId("~d.ada-and-bob");
        Draft made = created(own, RoomSettings.direct(ADA, BOB), ADA, BOB);

        assertThat(append(draft(own, "early"))).isEqualTo(Outcome.Refused.forGood(ErrorCode.NO_ROOM));
        assertThat(append(member(own, CY, Standing.IN, Role.OWNER)))
                .isEqualTo(Outcome.Refused.forGood(ErrorCode.NO_ROOM));
        assertThat(append(Draft.change(own, CY, cid(), new RoomChange.Revoked(Target.own(cid())))))
                .isEqualTo(Outcome.Refused.forGood(ErrorCode.NO_ROOM));
        assertThat(head(own).seq()).isZero();
        List<Outcome> together = store.append(List.of(draft(own, "a"), made, draft(own, "b")));

        assertThat(together.get(0)).isEqualTo(Outcome.Refused.forGood(ErrorCode.NO_ROOM));
        assertThat(together.subList(1, 3)).allMatch(outcome -> outcome instanceof Outcome.Accepted);
        assertThat(store.view(own, CY).role()).isEmpty();
        assertThat(store.view(own, CY).isCreated()).isTrue();
    }

    @Test
    void settingsChangeFieldByField() {
        append(created(ROOM, RoomSettings.of(RoomKind.OPEN, "Frogs"), ADA));
        append(settings(ROOM, "{\"topic\":\"all about them\",\"attributes\":{\"a\":[1.5,null]}}"));
        append(settings(ROOM, "{\"name\":null,\"slow\":5,\"grants\":{\"guest\":{\"send\":false}}}"));

        RoomSettings now = store.view(ROOM, ADA).settings();
        assertThat(now.kind()).isEqualTo(RoomKind.OPEN);
        assertThat(now.name()).isEmpty();
        assertThat(now.topic()).isEqualTo("all about them");
        assertThat(now.attributes()).contains("{\"a\":[1.5,null]}");
        assertThat(now.slowMode()).hasSeconds(5);
        assertThat(now.grant(Role.GUEST, io.natterjack.core.Permission.SEND)).contains(false);
    }

    // ---- standing

    @Test
    void standingAndRoleGoTheirWay() {
        append(created(ROOM, RoomSettings.of(RoomKind.PRIVATE, ""), ADA));
        append(member(ROOM, BOB, Standing.INVITED, Role.GUEST));
        Membership invited = store.membership(ROOM, BOB).orElseThrow();
        assertThat(invited.standing()).isEqualTo(Standing.INVITED);
        assertThat(invited.isIn()).isFalse();

        append(comes(ROOM, BOB));
        assertThat(store.view(ROOM, BOB).role()).contains(Role.GUEST);
        append(member(ROOM, BOB, Standing.IN, Role.MODERATOR));
        assertThat(store.membership(ROOM, BOB).orElseThrow().joinedSeq()).isEqualTo(3);
        assertThat(store.view(ROOM, BOB).role()).contains(Role.MODERATOR);
        append(change(ADA, new RoomChange.Member(BOB, Standing.BANNED, Optional.empty(), 99)));
        Membership banned = store.membership(ROOM, BOB).orElseThrow();
        assertThat(banned.isBanned(98)).isTrue();
        assertThat(banned.isBanned(99)).isFalse();
        assertThat(store.members(ROOM, Standing.BANNED, Optional.empty(), 10)).containsExactly(banned);
        assertThat(store.members(ROOM, Standing.IN, Optional.empty(), 10)).hasSize(1);
        append(comes(ROOM, BOB));
        assertThat(store.view(ROOM, BOB).role()).as("who comes anew").contains(Role.MEMBER);
    }

    @Test
    void comingTakesNoRightAndGoingMay() {
        append(comes(ROOM, ADA));
        append(change(ADA, new RoomChange.Member(BOB, Standing.INVITED, Optional.empty(), 0)));
        assertThat(store.view(ROOM, ADA).accessRev()).isZero();
        append(member(ROOM, BOB, Standing.IN, Role.MODERATOR));
        assertThat(store.view(ROOM, ADA).accessRev()).isEqualTo(3);
        append(goes(ROOM, BOB));
        assertThat(store.view(ROOM, ADA).accessRev()).isEqualTo(4);
        append(settings(ROOM, "{\"topic\":\"x\"}"));
        assertThat(store.view(ROOM, ADA).accessRev()).isEqualTo(5);
    }

    // ---- what is new

    @Test
    void mentionsAreCountedAmongTheUnread() {
        append(comes(ROOM, BOB));
        append(draft(ROOM, ADA, "1", "{\"text\":\"a\",\"mentions\":[\"bob\",\"bob\"]}"));
        append(draft(ROOM, ADA, "2", "{\"text\":\"b\",\"mentionAll\":true,\"mentions\":[\"bob\"]}"));
        append(draft(ROOM, BOB, "3", "{\"text\":\"c\",\"mentions\":[\"bob\"]}"));
        append(draft(ROOM, ADA, "4", "{\"text\":\"d\",\"mentions\":[\"cy\"]}"));
        assertThat(bobs()).extracting(InboxEntry::unread, InboxEntry::mentions).containsExactly(3, 2);

        append(edit(ADA, at(2), "nobody any more"));
        append(revoke(ADA, at(3)));
        assertThat(bobs()).extracting(InboxEntry::unread, InboxEntry::mentions).containsExactly(2, 0);
        append(change(
                ADA, new RoomChange.Edited(at(5), MessageBody.json("{\"mentions\":[\"bob\"]}"), OptionalLong.empty())));
        assertThat(bobs().mentions()).isEqualTo(1);
        store.mark(ROOM, BOB, 0, head(ROOM).seq());
        assertThat(bobs()).extracting(InboxEntry::unread, InboxEntry::mentions).containsExactly(0, 0);
    }

    @Test
    void aPersonOfAnyNameIsNotEverybody() {
        append(comes(ROOM, BOB));
        append(draft(ROOM, ADA, "1", "{\"text\":\"a\",\"mentions\":[\"*\"]}"));
        append(draft(ROOM, ADA, "2", "{\"text\":\"b\",\"mentions\":[\"%\",\"_\",\"*\"]}"));

        assertThat(bobs()).extracting(InboxEntry::unread, InboxEntry::mentions).containsExactly(2, 0);
    }

    @Test
    void whatSomebodyElseEditsIsStillItsAuthors() {
        append(comes(ROOM, BOB));
        append(draft(ROOM, ADA, "1", "{\"text\":\"a\"}"));
        append(draft(ROOM, BOB, "2", "{\"text\":\"b\"}"));
        MessageBody toBob = MessageBody.json("{\"mentions\":[\"bob\"]}");
        append(change(CY, new RoomChange.Edited(at(3), toBob, OptionalLong.empty())));
        assertThat(bobs().mentions()).isZero();
        append(change(BOB, new RoomChange.Edited(at(2), toBob, OptionalLong.empty())));
        assertThat(bobs().mentions()).isEqualTo(1);
    }

    private InboxEntry bobs() {
        List<InboxEntry> all = store.inbox(BOB, Optional.empty(), 10);
        assertThat(store.inbox(BOB, List.of(ROOM, OTHER_ROOM))).isEqualTo(all);
        return all.get(0);
    }

    @Test
    void anInvitationIsInTheInboxAndShowsNothing() {
        append(created(ROOM, RoomSettings.of(RoomKind.PRIVATE, "Frogs"), ADA));
        append(draft(ROOM, "secret"));
        append(member(ROOM, BOB, Standing.INVITED, Role.MEMBER));

        InboxEntry entry = bobs();
        assertThat(entry.settings().name()).isEqualTo("Frogs");
        assertThat(entry.membership().standing()).isEqualTo(Standing.INVITED);
        assertThat(entry.last()).isEmpty();
        assertThat(entry.unread()).isZero();
        append(goes(ROOM, BOB));
        assertThat(store.inbox(BOB, Optional.empty(), 10)).isEmpty();
    }

    @Test
    void settingsOfNotificationsAreKept() {
        append(comes(ROOM, BOB));
        store.notifications(ROOM, BOB, Notify.MENTIONS);
        store.notifications(ROOM, CY, Notify.NONE);

        assertThat(bobs().membership().notifications()).isEqualTo(Notify.MENTIONS);
        assertThat(store.membership(ROOM, CY)).isEmpty();
    }

    @Test
    void receiptsTellWhoHasReadThis() {
        store.append(List.of(comes(ROOM, ADA), comes(ROOM, BOB), comes(ROOM, CY), draft(ROOM, "a")));
        assertThat(store.receipts(ROOM, 4, ADA)).isEqualTo(new Receipts(2, 0, 0, List.of()));
        store.mark(ROOM, BOB, 4, 0);
        store.mark(ROOM, CY, 0, 4);
        store.mark(ROOM, ADA, 4, 4);

        assertThat(store.receipts(ROOM, 4, ADA)).isEqualTo(new Receipts(2, 2, 1, List.of(CY)));
    }

    // ---- people

    @Test
    void profilesAreKept() {
        PeopleStore people = store.people();
        Profile profile = new Profile(ADA, "Ada \ud83d\udc38", "https://x", "{\"team\":\"frogs\"}");
        people.save(new Profile(ADA, "A", "", ""));
        people.save(profile);
        people.save(profile);

        assertThat(people.profiles(List.of(ADA, BOB))).isEqualTo(Map.of(ADA, profile));
        assertThat(people.profiles(List.of())).isEmpty();
    }

    @Test
    void whoIsBlockedIsApart() {
        PeopleStore people = store.people();
        append(Draft.change(
                ROOM, ADA, cid(), new RoomChange.Created(RoomSettings.direct(ADA, BOB), List.of(ADA, BOB))));
        assertThat(store.view(ROOM, BOB).isBlocked()).isFalse();
        assertThat(people.block(ADA, BOB, true)).isTrue();
        assertThat(people.block(ADA, BOB, true)).as("again").isTrue();

        assertThat(people.blocked(ADA)).containsExactly(BOB);
        assertThat(people.blocked(BOB)).isEmpty();
        assertThat(store.view(ROOM, BOB).isBlocked()).isTrue();
        assertThat(store.view(ROOM, ADA).isBlocked()).isTrue();
        assertThat(people.acquaintances(BOB, List.of(ADA))).as("who is blocked").isEmpty();
        assertThat(people.acquaintances(ADA, List.of(BOB))).as("who blocks").containsExactly(BOB);
        people.block(ADA, BOB, false);
        assertThat(store.view(ROOM, BOB).isBlocked()).isFalse();
    }

    @Test
    void acquaintancesShareARoom() {
        store.append(List.of(comes(ROOM, ADA), comes(ROOM, BOB), comes(OTHER_ROOM, CY)));

        assertThat(store.people().acquaintances(ADA, List.of(BOB, CY, new UserId("nobody"))))
                .containsExactly(BOB);
        append(goes(ROOM, BOB));
        assertThat(store.people().acquaintances(ADA, List.of(BOB))).isEmpty();
    }

    @Test
    void aRevocationOfTokensIsKept() {
        assertThat(store.people().tokensRevoked(ADA)).isZero();
        store.people().revokeTokens(ADA, 77);
        store.people().revokeTokens(ADA, 99);

        assertThat(store.people().tokensRevoked(ADA)).isEqualTo(99);
        assertThat(store.people().tokensRevoked(BOB)).isZero();
    }

    @Test
    void revocationsOfTokensAreFoundTheLatestFirst() {
        PeopleStore people = store.people();
        people.revokeTokens(ADA, 50);
        people.revokeTokens(BOB, 100);
        people.revokeTokens(CY, 300);
        people.revokeTokens(new UserId("dan"), 400);
        people.revokeTokens(new UserId("dan"), 0);
        people.revokeTokens(ADA, 200);

        assertThat(people.tokensRevokedSince(100, 10))
                .containsExactly(entry(CY, 300L), entry(ADA, 200L), entry(BOB, 100L));
        assertThat(people.tokensRevokedSince(101, 10)).containsExactly(entry(CY, 300L), entry(ADA, 200L));
        assertThat(people.tokensRevokedSince(0, 1)).containsExactly(entry(CY, 300L));
        assertThat(people.tokensRevokedSince(0, 10)).doesNotContainKey(new UserId("dan"));
        assertThat(people.tokensRevokedSince(301, 10)).isEmpty();
    }

    // ---- listeners

    @Test
    void oneHearsOnBehalfOfAListenerAtATime() {
        Duration turn = Duration.ofMinutes(1);
        ListenerStore listeners = store.listeners();
        assertThat(listeners.take("bot", "one", turn)).isTrue();
        assertThat(listeners.take("bot", "one", turn)).isTrue();
        assertThat(listeners.take("bot", "other", turn)).isFalse();
        assertThat(listeners.take("archive", "other", turn)).isTrue();

        listeners.take("bot", "other", Duration.ZERO);
        assertThat(listeners.take("bot", "other", turn)).isFalse();
        listeners.take("bot", "one", Duration.ZERO);
        assertThat(listeners.take("bot", "other", turn)).isTrue();
    }

    @Test
    void whoDoesNotAskAgainInTimeHearsNoMore() {
        Duration turn = Duration.ofMinutes(10);
        ListenerStore listeners = store.listeners();
        listeners.take("archive", "one", Duration.ofSeconds(1));
        assertThat(listeners.take("archive", "one", turn)).isTrue();
        assertThat(listeners.take("bot", "one", Duration.ofSeconds(1))).isTrue();

        Await.until("the turn is over", () -> {
            aWhileLater();
            return listeners.take("bot", "other", turn);
        });
        assertThat(listeners.take("bot", "one", turn)).as("who comes back").isFalse();
        assertThat(listeners.take("archive", "other", turn))
                .as("whose turn was made longer")
                .isFalse();
    }

    /** A clock that the test sets is a second further after few of these, and one that it doesn't isn't asked all the time. */
    private void aWhileLater() {
        for (int i = 0; i < 20; i++) {
            later();
        }
    }

    @Test
    void whoRegisterAtOnceAreAllRegistered() throws Exception {
        append(draft(ROOM, "before"));
        ListenerStore listeners = store.listeners();
        Callable<Boolean> register = () -> {
            listeners.register("bot");
            return true;
        };
        assertThat(atOnce(Collections.nCopies(16, register))).hasSize(16);
        append(draft(OTHER_ROOM, "after"));

        assertThat(listeners.behind("bot", 10)).isEqualTo(Map.of(OTHER_ROOM, 0L));
    }

    @Test
    void aListenerHearsFromItsBeginningOn() {
        ListenerStore listeners = store.listeners();
        append(draft(ROOM, "before"));
        listeners.register("bot");
        listeners.register("bot");
        assertThat(listeners.behind("bot", 10)).isEmpty();
        store.append(List.of(draft(ROOM, "a"), draft(OTHER_ROOM, "b")));

        assertThat(listeners.behind("bot", 10)).isEqualTo(Map.of(ROOM, 1L, OTHER_ROOM, 0L));
        assertThat(listeners.behind("bot", 1)).hasSize(1);
        listeners.heard("bot", ROOM, 2);
        listeners.heard("bot", OTHER_ROOM, 1);
        listeners.heard("bot", ROOM, 1);
        assertThat(listeners.heard("bot", ROOM)).isEqualTo(2);
        assertThat(listeners.heard("other", ROOM)).isZero();
        assertThat(listeners.behind("bot", 10)).isEmpty();
    }
}
