package io.natterjack.client;

import static io.natterjack.client.ClientFixture.ADA;
import static io.natterjack.client.ClientFixture.LOBBY;
import static io.natterjack.client.ClientFixture.change;
import static io.natterjack.client.ClientFixture.events;
import static io.natterjack.client.ClientFixture.joined;
import static io.natterjack.client.ClientFixture.live;
import static io.natterjack.client.ClientFixture.page;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.natterjack.core.ClientId;
import io.natterjack.core.CloseReason;
import io.natterjack.core.Cursor;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.EventKind;
import io.natterjack.core.Message;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Reaction;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.Target;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.ServerFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Which messages a timeline has, and what has become of them. */
final class TimelineHistoryTest {
    private static final int MAX_CHANGES = 1_000;

    private final ClientFixture it = new ClientFixture();
    private FakeServer.End end;
    private Timeline timeline;

    /** Joins a room whose last event is {@code head}, and shows nothing of it. */
    private void joinedAt(long head) {
        end = it.online();
        timeline = Timeline.join(it.client, LOBBY, 0, same -> {});
        end.say(live(end.next(ClientFrame.Join.class).id(), LOBBY, head));
    }

    private List<String> texts() {
        List<String> texts = new ArrayList<>();
        for (TimelineEntry entry : timeline.entries()) {
            texts.add(entry.body().text().orElse("gone"));
        }
        return texts;
    }

    /** Fills the timeline: the oldest message is 101. */
    private void full() {
        joinedAt(100);
        for (int seq = 101; seq < 101 + Timeline.MAX_MESSAGES; seq += 100) {
            end.say(events(seq, seq + 99));
        }
    }

    private Message shown(long seq) {
        return timeline.messages().stream()
                .filter(message -> message.seq() == seq)
                .findFirst()
                .orElseThrow(AssertionError::new);
    }

    private static ServerFrame.Ev about(long seq, long target, RoomChange change) {
        return new ServerFrame.Ev(LOBBY, 1, List.of(event(seq, target, change)));
    }

    private static RoomEvent event(long seq, long target, RoomChange change) {
        Cursor at = new Cursor(1, seq);
        return new RoomEvent(LOBBY, at, change.kind(), ADA, new ClientId("c" + seq), seq, change.body(), target);
    }

    private static RoomChange edit(long target, String text) {
        return new RoomChange.Edited(at(target), MessageBody.text(text), OptionalLong.empty());
    }

    private static Target at(long seq) {
        return Target.at(new Cursor(1, seq));
    }

    /** Has so many reactions to {@code target} come, the first as event {@code from}. */
    private void react(long from, int count, long target) {
        for (int done = 0; done < count; done += 100) {
            List<RoomEvent> events = new ArrayList<>();
            for (int i = done; i < Math.min(count, done + 100); i++) {
                events.add(event(from + i, target, new RoomChange.Reacted(at(target), "k" + i % 20, true)));
            }
            end.say(new ServerFrame.Ev(LOBBY, 1, events));
        }
    }

    // Older ones.

    @Test
    void olderMessagesComeBeforeThoseThatAreHere() {
        joinedAt(8);
        end.say(events(9, 10));
        CompletableFuture<Boolean> hasMore = timeline.loadOlder(3).toCompletableFuture();
        ClientFrame.History asked = end.next(ClientFrame.History.class);
        assertThat(asked.query().seq()).isEqualTo(9);
        end.say(page(asked.id(), 1, 6, 8, true, 10));

        assertThat(hasMore).isCompletedWithValue(true);
        assertThat(texts()).containsExactly("m6", "m7", "m8", "m9", "m10");
    }

    @Test
    void anEmptyTimelineLoadsTheNewest() {
        joinedAt(8);
        timeline.loadOlder(3);
        end.say(page(end.next(ClientFrame.History.class).id(), 1, 6, 8, true, 8));

        assertThat(texts()).containsExactly("m6", "m7", "m8");
    }

    @Test
    void aBadLimitIsTheCallersMistakeAndHarmsNoLaterPage() {
        joinedAt(10);
        end.say(events(11, 11));
        assertThatIllegalArgumentException().isThrownBy(() -> timeline.loadOlder(0));
        assertThatIllegalArgumentException().isThrownBy(() -> timeline.loadOlder(101));
        react(12, MAX_CHANGES + 1, 11);
        timeline.loadOlder(2);
        end.say(page(end.next(ClientFrame.History.class).id(), 1, 9, 10, true, 2_000));

        assertThat(texts()).containsExactly("m9", "m10", "m11");
    }

    @Test
    void aPageThatIsRefusedHarmsNoLaterOne() {
        joinedAt(10);
        CompletableFuture<Boolean> refused = timeline.loadOlder(2).toCompletableFuture();
        react(11, MAX_CHANGES + 1, 9);
        end.say(ClientFixture.refusal(end.next(ClientFrame.History.class).id(), ErrorCode.INTERNAL));
        assertThat(refused).isCompletedExceptionally();
        timeline.loadOlder(2);
        end.say(page(end.next(ClientFrame.History.class).id(), 1, 9, 10, true, 2_000));

        assertThat(texts()).containsExactly("m9", "m10");
    }

    @Test
    void whatHappensWhileAPageIsUnderWayIsTrueOfItsMessages() {
        joinedAt(10);
        timeline.loadOlder(4);
        ClientFrame.History asked = end.next(ClientFrame.History.class);
        end.say(about(11, 7, edit(7, "better")));
        end.say(change(12, new RoomChange.Erased(List.of(8L))));
        end.say(about(13, 9, new RoomChange.Pinned(at(9), true)));
        end.say(page(asked.id(), 1, 7, 10, true, 10));

        assertThat(texts()).containsExactly("better", "gone", "m9", "m10");
        assertThat(shown(9).details().isPinned()).isTrue();
    }

    @Test
    void aPageThatMoreHasHappenedToThanIsKeptIsDroppedAndTheNextIsShown() {
        joinedAt(10);
        timeline.loadOlder(2);
        ClientFrame.History asked = end.next(ClientFrame.History.class);
        react(11, MAX_CHANGES + 1, 9);
        end.say(page(asked.id(), 1, 9, 10, true, 10));
        assertThat(texts()).isEmpty();

        timeline.loadOlder(2);
        end.say(page(end.next(ClientFrame.History.class).id(), 1, 9, 10, true, 2_000));
        assertThat(texts()).containsExactly("m9", "m10");
    }

    @Test
    void whatComesWhileAPageIsUnderWayMakesNoHoleBehindIt() {
        full();
        timeline.loadOlder(50);
        ClientFrame.History asked = end.next(ClientFrame.History.class);
        assertThat(asked.query().seq()).isEqualTo(101);
        end.say(events(1_101, 1_101));
        assertThat(texts()).startsWith("m101");
        end.say(page(asked.id(), 1, 51, 100, true, 1_101));

        assertThat(timeline.messages())
                .extracting(Message::seq)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(52, 1_101).boxed().collect(Collectors.toList()));
    }

    @Test
    void aPageThatFailsLeavesNoMoreThanWouldBeThereWithoutIt() {
        full();
        timeline.loadOlder(50);
        ClientFrame.History asked = end.next(ClientFrame.History.class);
        end.say(events(1_101, 1_110));
        end.say(ClientFixture.refusal(asked.id(), ErrorCode.INTERNAL));

        assertThat(texts()).hasSize(Timeline.MAX_MESSAGES).startsWith("m111").endsWith("m1110");
    }

    @Test
    void aPageThatTooMuchHasComeBesideIsDropped() {
        full();
        timeline.loadOlder(50);
        ClientFrame.History asked = end.next(ClientFrame.History.class);
        for (int seq = 1_101; seq < 2_201; seq += 100) {
            end.say(events(seq, seq + 99));
        }
        assertThat(texts()).as("bounded").hasSize(Timeline.MAX_MESSAGES);
        end.say(page(asked.id(), 1, 51, 100, true, 2_200));

        assertThat(texts()).hasSize(Timeline.MAX_MESSAGES).startsWith("m1201").endsWith("m2200");
    }

    @Test
    void aPageBringsNothingBackThatWasTrimmedMeanwhile() {
        joinedAt(10);
        timeline.loadOlder(4);
        ClientFrame.History asked = end.next(ClientFrame.History.class);
        end.say(change(11, new RoomChange.Trimmed(8)));
        end.say(page(asked.id(), 1, 7, 10, false, 10));

        assertThat(texts()).containsExactly("m9", "m10");
    }

    @Test
    void aRoomThatHasGoneOnTooFarBeginsAnewWithItsNewest() {
        it.builder.maxGapFill(10);
        joinedAt(10);
        end.say(events(11, 12));
        timeline.loadOlder(2);
        end.next(ClientFrame.History.class);
        end.close(CloseReason.ABNORMAL);
        end = it.nextConnection();
        ClientFrame.Hello hello = ClientFixture.welcome(end);
        end.say(joined(hello.id(), LOBBY, ServerFrame.Joined.Mode.GAP, 100, 100));
        ClientFrame.History former = end.next(ClientFrame.History.class);
        ClientFrame.History newest = end.next(ClientFrame.History.class);
        assertThat(former.query().seq()).isEqualTo(11);
        end.say(page(newest.id(), 1, 98, 100, true, 100));
        end.say(page(former.id(), 1, 9, 10, true, 100));

        assertThat(texts()).as("without a hole").containsExactly("m98", "m99", "m100");
    }

    @Test
    void aRoomWithAnotherPastBeginsAnew() {
        joinedAt(3);
        end.say(events(4, 5));
        end.close(CloseReason.ABNORMAL);
        end = it.nextConnection();
        ClientFrame.Hello hello = ClientFixture.welcome(end);
        Cursor head = new Cursor(2, 4);
        end.say(new ServerFrame.Joined(hello.id(), LOBBY, ServerFrame.Joined.Mode.GAP, head, 4, OptionalLong.of(3)));
        end.say(page(end.next(ClientFrame.Changes.class).id(), 2, 4, 4, false, 4));

        assertThat(timeline.messages()).extracting(Message::at).containsExactly(head);
    }

    // What becomes of messages.

    @Test
    void changesShowInTheMessageThatTheyAreAbout() {
        joinedAt(0);
        end.say(events(1, 3));
        end.say(about(4, 1, edit(1, "better")));
        end.say(about(5, 2, new RoomChange.Reacted(at(2), "frog", true)));
        end.say(about(6, 3, new RoomChange.Revoked(at(3))));

        assertThat(texts()).containsExactly("better", "m2", "gone");
        assertThat(shown(1).details().editedAt()).isEqualTo(4);
        assertThat(shown(2).details().reactions()).containsExactly(new Reaction("frog", 1, true));
        assertThat(shown(3).details().isRevoked()).isTrue();
    }

    @Test
    void aReplyCountsWhereItReplies() {
        joinedAt(0);
        end.say(events(1, 1));
        RoomEvent reply = new RoomEvent(
                LOBBY, new Cursor(1, 2), EventKind.MESSAGE, ADA, new ClientId("reply"), 2, MessageBody.text("yes"), 1);
        end.say(new ServerFrame.Ev(LOBBY, 1, List.of(reply)));

        assertThat(shown(1).details().replies()).isEqualTo(1);
        assertThat(shown(2).details().replyTo()).isEqualTo(1);
    }

    @Test
    void whatIsErasedIsGoneAndWhatIsTrimmedIsNotShown() {
        joinedAt(0);
        end.say(events(1, 4));
        end.say(change(5, new RoomChange.Erased(List.of(3L))));
        end.say(change(6, new RoomChange.Trimmed(2)));

        assertThat(texts()).containsExactly("gone", "m4");
    }

    @Test
    void theNewestAreKept() {
        joinedAt(0);
        for (int seq = 1; seq < Timeline.MAX_MESSAGES + 100; seq += 100) {
            end.say(events(seq, seq + 99));
        }

        assertThat(texts()).hasSize(Timeline.MAX_MESSAGES).startsWith("m101").endsWith("m1100");
    }
}
