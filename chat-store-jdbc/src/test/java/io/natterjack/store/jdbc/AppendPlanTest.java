package io.natterjack.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.Draft;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Outcome;
import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import io.natterjack.store.jdbc.AppendPlan.Known;
import io.natterjack.store.jdbc.AppendPlan.ResendKey;
import io.natterjack.store.jdbc.AppendPlan.RoomState;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class AppendPlanTest {
    private static final RoomId ROOM = new RoomId("room");
    private static final long EPOCH = 7;

    @Test
    void aRoomGoesOnFromItsLastEventAndItsClockNeverGoesBack() {
        AppendPlan plan = plan(
                List.of(draft("a", "one"), draft("b", "two")), new RoomState(4, 1_000, false, 0, 0), Map.of(), 900);

        assertThat(plan.outcomes()).containsExactly(accepted(5, 1_000, false), accepted(6, 1_000, false));
        assertThat(plan.rooms()).isEqualTo(Map.of(ROOM, new RoomState(6, 1_000, false, 0, 0)));
    }

    @Test
    void whatIsKnownUsesNoSeqAndWritesNothing() {
        Draft known = draft("a", "one");
        Draft changed = draft("b", "two");
        Map<ResendKey, Known> keys = Map.of(
                ResendKey.of(known), new Known(known.contentHash(), 2, 500, 0),
                ResendKey.of(changed), new Known("another", 3, 600, 0));
        AppendPlan plan = plan(List.of(known, changed), new RoomState(4, 1_000, false, 0, 0), keys, 2_000);

        assertThat(plan.outcomes())
                .containsExactly(accepted(2, 500, true), Outcome.Refused.forGood(ErrorCode.CID_CONFLICT));
        assertThat(plan.rows()).isEmpty();
        assertThat(plan.rooms()).isEmpty();
    }

    @Test
    void aDraftThatIsTwiceInTheBatchIsWrittenOnce() {
        Draft twice = draft("a", "one");
        AppendPlan plan = plan(List.of(twice, twice, draft("a", "two")), RoomState.NEW, Map.of(), 10);

        assertThat(plan.outcomes())
                .containsExactly(
                        accepted(1, 10, false), accepted(1, 10, true), Outcome.Refused.forGood(ErrorCode.CID_CONFLICT));
        assertThat(plan.rows()).hasSize(1);
    }

    private static AppendPlan plan(List<Draft> batch, RoomState before, Map<ResendKey, Known> known, long now) {
        return AppendPlan.of(batch, Map.of(ROOM, before), known, Targets.none(), EPOCH, draft -> now);
    }

    private static Draft draft(String cid, String text) {
        return new Draft(ROOM, new UserId("ada"), new ClientId(cid), MessageBody.text(text));
    }

    private static Outcome accepted(long seq, long timestamp, boolean duplicate) {
        return new Outcome.Accepted(new Cursor(EPOCH, seq), timestamp, duplicate);
    }
}
