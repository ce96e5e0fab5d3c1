package io.natterjack.server.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.Draft;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Outcome;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import io.natterjack.core.lane.Budget;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PublicationsTest {
    private final RoomEvent event = event(1);
    private final Budget budget = new Budget(3 * event.size());
    private final Publications published = new Publications(budget);

    @Test
    void theLaneIsCalledOnceForWhatGathers() {
        assertThat(published.add(List.of(event(1)))).isTrue();
        assertThat(published.add(List.of(event(2)))).isFalse();
        assertThat(published.miss()).isFalse();
        assertThat(published.take().events()).hasSize(2);
        assertThat(published.miss()).isTrue();
    }

    @Test
    void beyondTheBudgetOnlyTheFactIsKept() {
        for (int i = 1; i <= 10; i++) {
            published.add(List.of(event(i)));
        }
        Publications.Batch batch = published.take();
        assertThat(batch.events()).hasSize(3);
        assertThat(batch.incomplete()).isTrue();
        assertThat(budget.used()).isZero();
        assertThat(published.add(List.of(event(11)))).isTrue();
        assertThat(published.take().incomplete()).isFalse();
    }

    private static RoomEvent event(long seq) {
        return new Draft(new RoomId("r"), new UserId("ada"), new ClientId("c"), MessageBody.text("hi"))
                .accepted(new Outcome.Accepted(new Cursor(1, seq), 0, false));
    }
}
