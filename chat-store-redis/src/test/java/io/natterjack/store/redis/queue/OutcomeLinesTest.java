package io.natterjack.store.redis.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.Cursor;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.Outcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class OutcomeLinesTest {
    @Test
    void outcomesAreReadBackAsTheyWere() {
        Map<Long, Outcome> outcomes = new LinkedHashMap<>();
        outcomes.put(1L, new Outcome.Accepted(new Cursor(3, 120), 1_795_302_022_555L, false));
        outcomes.put(2L, new Outcome.Accepted(new Cursor(3, Cursor.MAX), 0, true, 7));
        for (ErrorCode code : ErrorCode.values()) {
            outcomes.put(10L + code.ordinal(), Outcome.Refused.forGood(code));
        }
        OutcomeLines lines = new OutcomeLines();
        outcomes.forEach(lines::add);
        Map<Long, Outcome> read = new LinkedHashMap<>();
        OutcomeLines.read(lines.toString(), read::put);
        assertThat(read).isEqualTo(outcomes);
    }

    @Test
    void whatCannotBeReadIsLeftOut() {
        List<Long> read = new ArrayList<>();
        OutcomeLines.read("\nx\n1\n2 +\n3 + 1 2\n4 -\n5 - forbidden\n6 - newer_code\n", (number, outcome) -> {
            read.add(number);
            assertThat(((Outcome.Refused) outcome).isFinal()).isTrue();
        });
        assertThat(read).containsExactly(5L, 6L);
    }
}
