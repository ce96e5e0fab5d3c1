package io.natterjack.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

final class RoomChangeTest {
    private static final Target AT = Target.at(new Cursor(3, 121));

    static List<RoomChange> changes() {
        return List.of(
                new RoomChange.Member(new UserId("\"bob\" \\ \u00fc \ud83d\udc38"), true),
                new RoomChange.Member(new UserId("ada"), false),
                RoomChange.historyShown(true),
                RoomChange.historyShown(false),
                new RoomChange.Member(new UserId("ada"), Standing.BANNED, Optional.of(Role.GUEST), 77),
                new RoomChange.Member(new UserId("ada"), Standing.INVITED, Optional.empty(), 0),
                new RoomChange.Settings("{\"name\":\"Frogs\",\"topic\":null,\"attributes\":{\"a\":[1e400,-0.5]}}"),
                new RoomChange.Created(RoomSettings.of(RoomKind.PRIVATE, "Frogs"), List.of(new UserId("ada"))),
                new RoomChange.Created(RoomSettings.direct(new UserId("a"), new UserId("b")), List.of()),
                new RoomChange.Edited(AT, MessageBody.text("b"), OptionalLong.of(7)),
                new RoomChange.Edited(Target.own(new ClientId("c")), MessageBody.text("b"), OptionalLong.empty()),
                new RoomChange.Revoked(AT),
                new RoomChange.Reacted(AT, "\ud83d\udc4d", true),
                new RoomChange.Pinned(AT, false),
                new RoomChange.Erased(List.of(1L)),
                new RoomChange.Erased(Collections.nCopies(RoomChange.Erased.MAX, Cursor.MAX)),
                new RoomChange.Trimmed(1),
                new RoomChange.Trimmed(Cursor.MAX));
    }

    @ParameterizedTest
    @MethodSource("changes")
    void aChangeIsReadBackFromItsBody(RoomChange change) {
        assertThat(RoomChange.of(change.kind(), change.target(), change.body(), ifRev(change)))
                .isEqualTo(change);
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
                "MEMBER  | {\"user\":\"ada\",\"is\":\"king\"}",
                "MEMBER  | {\"user\":\"ada\",\"is\":\"in\",\"role\":\"king\"}",
                "REACT   | {}",
                "REACT   | {\"key\":\"\",\"on\":true}",
                "REACT   | {\"key\":\"123456789012345678901234567890123\",\"on\":true}",
                "ROOM    | {\"kind\":\"castle\"}",
                "ROOM    | {\"kind\":null}",
                "ROOM    | {\"kind\":\"direct\"}",
                "ROOM    | {\"people\":[\"ada\",\"bob\"]}",
                "ROOM    | {\"slow\":-1}",
                "ROOM    | {\"slow\":86401}",
                "ROOM    | {\"archived\":1}",
                "ROOM    | {\"attributes\":7}",
                "ROOM    | {\"history\":\"some\"}",
                "ROOM    | {\"grants\":{\"king\":{}}}",
                "ROOM    | {\"grants\":{\"guest\":{\"fly\":true}}}",
                "ROOM    | {\"grants\":{\"guest\":{\"send\":1}}}",
                "CREATED | {\"name\":\"no kind\"}",
                "CREATED | {\"kind\":\"direct\"}",
                "UNKNOWN | {}"
            })
    void aBodyOfAnotherKindIsRefused(EventKind kind, String body) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RoomChange.of(kind, Optional.of(AT), MessageBody.json(body), OptionalLong.empty()));
    }

    @ParameterizedTest
    @EnumSource(names = {"EDIT", "REVOKE", "REACT", "PIN"})
    void aChangeOfAMessageNamesIt(EventKind kind) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RoomChange.of(
                        kind, Optional.empty(), MessageBody.json("{\"key\":\"+\",\"on\":true}"), OptionalLong.empty()));
    }

    private static OptionalLong ifRev(RoomChange change) {
        return change instanceof RoomChange.Edited edit ? edit.ifRev() : OptionalLong.empty();
    }

    @Test
    void anErasureHasALimit() {
        assertThatIllegalArgumentException().isThrownBy(() -> new RoomChange.Erased(List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> new RoomChange.Erased(Collections.nCopies(101, 1L)));
    }

    @Test
    void whatOnlyANewerVersionCanReadIsNoChange() {
        assertThat(RoomChange.readable(event(EventKind.MEMBER, "{\"user\":\"bob\",\"is\":\"muted\"}", 0)))
                .isEmpty();
        assertThat(RoomChange.readable(event(EventKind.UNKNOWN, "{}", 0))).isEmpty();
        assertThat(RoomChange.readable(event(EventKind.PIN, "{\"on\":true}", 1)))
                .contains(new RoomChange.Pinned(Target.at(new Cursor(3, 1)), true));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"ERASED | {\"at\":\"all\"} | 0", "REACT | {\"sticker\":1} | 1", "TRIMMED | {} | 0"})
    void aMessageStaysAsItIsUnderWhatOnlyANewerVersionCanRead(EventKind kind, String body, long target) {
        Message message = Message.of(new RoomEvent(
                new RoomId("r"),
                new Cursor(3, 1),
                EventKind.MESSAGE,
                new UserId("ada"),
                new ClientId("c"),
                0,
                MessageBody.text("hi")));

        assertThat(message.after(event(kind, body, target), new UserId("bob"))).isSameAs(message);
    }

    private static RoomEvent event(EventKind kind, String body, long target) {
        return new RoomEvent(
                new RoomId("r"),
                new Cursor(3, 2),
                kind,
                new UserId("ada"),
                new ClientId("d"),
                0,
                MessageBody.json(body),
                target);
    }
}
