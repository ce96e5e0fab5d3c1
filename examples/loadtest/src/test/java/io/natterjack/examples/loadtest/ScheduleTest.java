package io.natterjack.examples.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class ScheduleTest {
    @Test
    void messagesAreDueEvenlyHoweverLateTheSenderIs() {
        Schedule schedule = new Schedule(1_000, 3);
        for (long due : new long[] {1_000, 333_334_333, 666_667_666, 1_000_001_000}) {
            assertThat(schedule.nextDue()).isEqualTo(due);
            schedule.advance();
        }
    }

    @Test
    void aStampIsFoundInWhatCameBack() {
        String text = "{\"b\":{\"text\":\"" + new Stamp(123_456_789_012L, 42).text() + "xxx\"}}";
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        int at = Stamp.find(bytes, 0, bytes.length);

        assertThat(Stamp.read(bytes, at)).isEqualTo(new Stamp(123_456_789_012L, 42));
        assertThat(Stamp.find(bytes, at, bytes.length)).isEqualTo(-1);
        assertThat(Stamp.find(bytes, 0, at + 5)).as("cut off").isEqualTo(-1);
    }
}
