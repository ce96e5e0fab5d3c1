package io.natterjack.store.redis.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.StreamMessage;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.Outcome;
import io.natterjack.core.RoomId;
import io.natterjack.core.Terms;
import io.natterjack.core.spi.DraftRules;
import io.natterjack.core.wire.DraftCodec;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class StreamEntryTest {
    private final StreamEntry entry = of(Map.of());

    private static StreamEntry of(Map<String, String> more) {
        Map<String, String> fields = new HashMap<>(more);
        fields.put(QueueScripts.NODE, "one");
        fields.put(QueueScripts.NUMBER, "1");
        fields.put(
                QueueScripts.DRAFT,
                DraftCodec.encode(Talker.draft(new RoomId("lobby"), "a").under(new Terms(6, false, 0))));
        return StreamEntry.of(new StreamMessage<>("drafts", "1-0", fields));
    }

    @Test
    void whatNobodyCanJudgeIsNotDecidedHoweverLongThatTakes() {
        entry.answered(DraftRules.stale());
        assertThat(entry.isPutOff()).isFalse();
        entry.notPermitted(0);
        entry.notPermitted(Duration.ofMinutes(1).toNanos());
        assertThat(entry.isDecided()).isFalse();
        assertThat(entry.isLongUndecided(Duration.ofSeconds(30).toNanos(), Duration.ofSeconds(30)))
                .isFalse();
        assertThat(entry.isLongUndecided(Duration.ofSeconds(31).toNanos(), Duration.ofSeconds(30)))
                .isTrue();
    }

    @Test
    void whatCantBeReadIsRefusedToItsSender() {
        StreamEntry unreadable = StreamEntry.of(new StreamMessage<>(
                "drafts",
                "1-1",
                Map.of(QueueScripts.NODE, "one", QueueScripts.NUMBER, "7", QueueScripts.DRAFT, "nonsense")));
        assertThat(unreadable.node).isEqualTo("one");
        assertThat(unreadable.number).isEqualTo(7);
        assertThat(unreadable.isDecided()).isTrue();
        assertThat(unreadable.outcome()).isEqualTo(Outcome.Refused.forGood(ErrorCode.INTERNAL));
        assertThat(unreadable.deadReason()).isNotEmpty();
    }

    @Test
    void onlyWhatItsNodeLeavesToTheStoreMayBeGivenUp() {
        assertThat(of(Map.of(QueueScripts.ACK_AT, "STORE")).mayBeGivenUp()).isTrue();
        assertThat(of(Map.of(QueueScripts.ACK_AT, "QUEUE")).mayBeGivenUp()).isFalse();
        assertThat(entry.mayBeGivenUp()).as("of a version that doesn't say").isFalse();
        StreamEntry decided = of(Map.of(QueueScripts.ACK_AT, "STORE"));
        decided.answered(Outcome.Refused.forGood(ErrorCode.FORBIDDEN));
        assertThat(decided.mayBeGivenUp()).isFalse();
    }

    @Test
    void whatIsGivenUpIsDoneWithAndRefusedForNow() {
        entry.giveUp();
        assertThat(entry.isDecided()).isTrue();
        assertThat(entry.outcome()).isEqualTo(SentDrafts.UNAVAILABLE);
        assertThat(entry.deadReason()).isEmpty();
    }

    @Test
    void whatTheStoreCantTakeNowIsPutOff() {
        entry.answered(SentDrafts.UNAVAILABLE);
        assertThat(entry.isPutOff()).isTrue();
        assertThat(entry.isDecided()).isFalse();
    }
}
