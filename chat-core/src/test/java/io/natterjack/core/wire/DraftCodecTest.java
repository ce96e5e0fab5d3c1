package io.natterjack.core.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.Draft;
import io.natterjack.core.EventKind;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Role;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomId;
import io.natterjack.core.RoomKind;
import io.natterjack.core.RoomSettings;
import io.natterjack.core.Standing;
import io.natterjack.core.Target;
import io.natterjack.core.Terms;
import io.natterjack.core.UserId;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DraftCodecTest {
    private static final RoomId ROOM = new RoomId("Az09_.:~-");
    private static final UserId ADA = new UserId("\"ada\" \\ \u00fc\ud83d\udc38 \u2028");
    private static final ClientId CID = new ClientId("c~1");
    private static final Target AT = Target.at(new Cursor(1_767_225_600_000L, Cursor.MAX));
    private static final Target OWN = Target.own(new ClientId("earlier"));
    private static final MessageBody BODY =
            MessageBody.json("{\"text\":\"a\\nb \ud83d\udc38\",\"n\":[1.50,-0,1e400,null,true,{\"\":\"\\u0001\"}]}");

    static List<Draft> drafts() {
        return List.of(
                new Draft(ROOM, ADA, CID, BODY),
                new Draft(ROOM, ADA, CID, BODY, new Terms(0, false, 0)),
                new Draft(ROOM, ADA, CID, BODY, new Terms(Cursor.MAX, true, -5)),
                new Draft(ROOM, ADA, CID, BODY, new Terms(1_700_000_000_000L, 3, true, -5)),
                new Draft(ROOM, ADA, CID, BODY).rewritten(MessageBody.text("other")),
                Draft.reply(ROOM, ADA, CID, BODY, AT),
                Draft.reply(ROOM, ADA, CID, BODY, OWN).under(new Terms(7, false, 1)),
                change(new RoomChange.Edited(AT, BODY, OptionalLong.of(9))),
                change(new RoomChange.Edited(OWN, BODY, OptionalLong.empty())).rewritten(MessageBody.text("c")),
                change(new RoomChange.Revoked(AT)).under(new Terms(3, true, 17)),
                change(new RoomChange.Revoked(OWN)),
                change(new RoomChange.Reacted(AT, "\ud83d\udc4d", true)),
                change(new RoomChange.Pinned(AT, false)),
                change(new RoomChange.Member(ADA, Standing.BANNED, Optional.of(Role.GUEST), 77)),
                change(new RoomChange.Member(ADA, true)),
                change(new RoomChange.Settings("{\"name\":\"Frogs\",\"topic\":null,\"attributes\":{\"a\":[1e400]}}")),
                change(new RoomChange.Created(RoomSettings.of(RoomKind.PRIVATE, "Frogs"), List.of(ADA))),
                change(new RoomChange.Erased(List.of(1L, Cursor.MAX))),
                change(new RoomChange.Trimmed(12)));
    }

    private static Draft change(RoomChange change) {
        return Draft.change(ROOM, ADA, CID, change);
    }

    @ParameterizedTest
    @MethodSource("drafts")
    void aDraftIsReadBackAsItWas(Draft draft) {
        Draft read = DraftCodec.decode(DraftCodec.encode(draft));
        assertThat(read).isEqualTo(draft);
        assertThat(read.change()).isEqualTo(draft.change());
        assertThat(read.body().json()).isEqualTo(draft.body().json());
    }

    @Test
    void everyKindHasASample() {
        Set<EventKind> kinds = drafts().stream().map(Draft::kind).collect(Collectors.toSet());
        assertThat(kinds).isEqualTo(EnumSet.complementOf(EnumSet.of(EventKind.UNKNOWN)));
    }

    @Test
    void whatIsNotKnownIsSkipped() {
        String text = DraftCodec.encode(drafts().get(0));
        assertThat(DraftCodec.decode("{\"new\":[{}]," + text.substring(1))).isEqualTo(drafts().get(0));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "\n{}",
                "{}\n{}",
                "{\"room\":\"r\",\"from\":\"a\",\"cid\":\"c\",\"k\":\"msg\",\"hash\":\"0\"}\n{}",
                "{\"room\":\"r\",\"from\":7,\"cid\":\"c\",\"k\":\"msg\",\"hash\":\"00000000000000000000000000000000\"}\n{}",
                "{\"room\":\"r\",\"from\":\"a\",\"cid\":\"c\",\"k\":\"new\",\"hash\":\"00000000000000000000000000000000\"}\n{}",
                "{\"room\":\"r\",\"from\":\"a\",\"cid\":\"c\",\"k\":\"msg\",\"hash\":\"00000000000000000000000000000000\"}\n{",
                "{\"room\":\"r\",\"from\":\"a\",\"cid\":\"c\",\"k\":\"pin\",\"hash\":\"00000000000000000000000000000000\"}\n{}"
            })
    void anythingElseIsRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> DraftCodec.decode(text));
    }
}
