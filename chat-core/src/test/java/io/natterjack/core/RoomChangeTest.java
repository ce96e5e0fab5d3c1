package io.natterjack.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class RoomChangeTest {
    static List<RoomChange> changes() {
        return List.of(
                new RoomChange.Member(new UserId("\"bob\" \\ \u00fc \ud83d\udc38"), true),
                new RoomChange.Member(new UserId("ada"), false),
                new RoomChange.HistoryShown(true),
                new RoomChange.HistoryShown(false),
                new RoomChange.Erased(List.of(1L)),
                new RoomChange.Erased(Collections.nCopies(RoomChange.Erased.MAX, Cursor.MAX)),
                new RoomChange.Trimmed(1),
                new RoomChange.Trimmed(Cursor.MAX));
    }

    @ParameterizedTest
    @MethodSource("changes")
    void aChangeIsReadBackFromItsBody(RoomChange change) {
        assertThat(RoomChange.of(change.kind(), change.body())).isEqualTo(change);
        assertThat(change.body().bytes()).isLessThan(MessageBody.MAX_BYTES);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "MEMBER  | {}",
                "MEMBER  | {\"user\":7,\"is\":\"in\"}",
                "ERASED  | {}",
                "ERASED  | {\"at\":[]}",
                "ERASED  | {\"at\":[\"1\"]}",
                "ERASED  | {\"at\":[1.5]}",
                "ERASED  | {\"at\":{}}",
                "TRIMMED | {}",
                "TRIMMED | {\"upto\":0}",
                "TRIMMED | {\"upto\":[]}",
                "MESSAGE | {\"text\":\"hi\"}",
                "UNKNOWN | {}"
            })
    void aBodyOfAnotherKindIsRefused(EventKind kind, String body) {
        assertThatIllegalArgumentException().isThrownBy(() -> RoomChange.of(kind, MessageBody.json(body)));
    }

    @Test
    void anErasureHasALimit() {
        assertThatIllegalArgumentException().isThrownBy(() -> new RoomChange.Erased(List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> new RoomChange.Erased(Collections.nCopies(101, 1L)));
    }
}
