package io.natterjack.core.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.EventKind;
import io.natterjack.core.MessageBody;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class FrameCodecTest {
    static List<ClientFrame> clientFrames() {
        return Samples.clientFrames();
    }

    static List<ServerFrame> serverFrames() {
        return Samples.serverFrames();
    }

    @ParameterizedTest
    @MethodSource("clientFrames")
    void aClientFrameComesBackAsItWas(ClientFrame frame) {
        assertThat(FrameCodec.decodeClient(FrameCodec.encode(frame).text())).isEqualTo(frame);
    }

    @ParameterizedTest
    @MethodSource("serverFrames")
    void aServerFrameComesBackAsItWas(ServerFrame frame) {
        assertThat(FrameCodec.decodeServer(FrameCodec.encode(frame).text())).contains(frame);
    }

    @Test
    void anEventThatThisServerDoesNotKnowIsSentAsItsPlaceAlone() {
        RoomId room = new RoomId("r");
        RoomEvent event = new RoomEvent(
                room,
                new Cursor(3, 7),
                EventKind.UNKNOWN,
                new UserId("ada"),
                new ClientId("c"),
                5,
                MessageBody.json("{\"secret\":1}"));
        String text =
                FrameCodec.encode(new ServerFrame.Ev(room, 3, List.of(event))).text();

        assertThat(text).isEqualTo("{\"t\":\"ev\",\"room\":\"r\",\"e\":3,\"events\":[{\"s\":7,\"k\":\"other\"}]}");
        ServerFrame.Ev read = (ServerFrame.Ev) FrameCodec.decodeServer(text).orElseThrow();
        assertThat(read.events().get(0).kind()).isEqualTo(EventKind.UNKNOWN);
        assertThat(read.events().get(0).seq()).isEqualTo(7);
    }

    @Test
    void everyTypeOfFrameHasASample() {
        assertThat(classesOf(clientFrames())).isEqualTo(permitted(ClientFrame.class));
        assertThat(classesOf(serverFrames())).isEqualTo(permitted(ServerFrame.class));
    }

    @Test
    void aFrameIsTheTextInUtf8() {
        WireFrame frame = FrameCodec.encode(new ClientFrame.Leave(4, new RoomId("r1")));
        byte[] bytes = new byte[frame.size()];
        frame.bytes().get(bytes);

        assertThat(new String(bytes, StandardCharsets.UTF_8))
                .isEqualTo(frame.text())
                .isEqualTo("{\"t\":\"leave\",\"id\":4,\"room\":\"r1\"}");
        assertThat(frame.bytes().isReadOnly()).isTrue();
    }

    @Test
    void fieldsMayStandInAnyOrder() {
        ClientFrame frame = FrameCodec.decodeClient("{\"s\":5,\"room\":\"r1\",\"id\":3,\"e\":2,\"t\":\"join\"}");

        assertThat(frame).isEqualTo(new ClientFrame.Join(3, new RoomId("r1"), Optional.of(new Cursor(2, 5)), 0));
    }

    @Test
    void unknownFieldsAreSkipped() {
        String unknown = "\"new1\":1e5,\"new2\":[[{\"t\":\"x\"}],null],\"new3\":{\"id\":99},\"new4\":\"\\u0000\",";

        assertThat(FrameCodec.decodeClient("{" + unknown + "\"t\":\"leave\",\"id\":4,\"room\":\"r1\"}"))
                .isEqualTo(new ClientFrame.Leave(4, new RoomId("r1")));
        assertThat(FrameCodec.decodeServer("{" + unknown + "\"t\":\"ok\",\"id\":4}")
                        .orElseThrow()
                        .id())
                .isEqualTo(4);
    }

    @Test
    void aFieldOfAnotherFrameIsUnknownToThisOne() {
        assertThat(FrameCodec.decodeClient(
                        "{\"t\":\"leave\",\"room\":\"r1\",\"e\":\"x\",\"limits\":1,\"b\":[],\"rooms\":[1]}"))
                .isEqualTo(new ClientFrame.Leave(0, new RoomId("r1")));
    }

    @Test
    void anUnknownServerFrameIsNothingWhateverItsFieldsAre() {
        assertThat(FrameCodec.decodeServer("{\"t\":\"of.tomorrow\"}")).isEmpty();
        assertThat(
                        FrameCodec.decodeServer(
                                "{\"t\":\"call.offer\",\"from\":{\"user\":\"u\"},\"id\":1.5,\"items\":[1],\"b\":\"x\",\"s\":1e99}"))
                .isEmpty();
    }

    @Test
    void anUnknownKindOfEventKeepsItsPlace() {
        ServerFrame.Ev frame = (ServerFrame.Ev) FrameCodec.decodeServer(
                        "{\"t\":\"ev\",\"room\":\"r1\",\"e\":3,\"events\":[{\"s\":7,\"k\":\"fly\",\"from\":7,\"b\":[1]},"
                                + "{\"s\":8,\"k\":\"msg\",\"from\":\"u\",\"ts\":5,\"cid\":\"c\",\"b\":{}}]}")
                .orElseThrow();

        assertThat(frame.events())
                .extracting(event -> event.kind())
                .containsExactly(EventKind.UNKNOWN, EventKind.MESSAGE);
        assertThat(frame.events()).extracting(event -> event.seq()).containsExactly(7L, 8L);
        assertThat(FrameCodec.encode(frame).text()).contains("{\"s\":7,\"k\":\"other\"}");
    }

    @Test
    void whatANewerServerSaysOfRoomsAndPeopleBreaksNothing() {
        assertThat(FrameCodec.decodeServer("{\"t\":\"presence\",\"user\":\"u\",\"state\":\"dreaming\"}"))
                .isEmpty();
        ServerFrame.Joined joined = (ServerFrame.Joined) FrameCodec.decodeServer(
                        "{\"t\":\"joined\",\"room\":\"r\",\"mode\":\"live\",\"e\":1,\"s\":1,\"after\":1,"
                                + "\"settings\":{\"kind\":\"castle\"},\"me\":{\"user\":\"u\",\"is\":\"asleep\",\"role\":\"king\"}}")
                .orElseThrow();
        assertThat(joined.settings().name()).isEmpty();
        assertThat(joined.membership().orElseThrow().isIn()).isFalse();
    }

    @Test
    void anUnknownReasonToLeaveIsOne() {
        ServerFrame frame = FrameCodec.decodeServer("{\"t\":\"left\",\"room\":\"r1\",\"reason\":\"closed\"}")
                .orElseThrow();

        assertThat(frame).isEqualTo(new ServerFrame.Left(new RoomId("r1"), ServerFrame.Left.Reason.OTHER));
        assertThatIllegalArgumentException().isThrownBy(() -> FrameCodec.encode(frame));
    }

    @Test
    void anUnknownErrorCodeKeepsItsRetry() {
        ServerFrame.Refused error = (ServerFrame.Refused)
                FrameCodec.decodeServer("{\"t\":\"error\",\"id\":7,\"code\":\"of_tomorrow\",\"retry\":5}")
                        .orElseThrow();

        assertThat(error.code()).isEqualTo(ErrorCode.INTERNAL);
        assertThat(error.retry()).isPresent();
    }

    @Test
    void whatIsLeftOutHasItsDefault() {
        ClientFrame.Changes changes =
                (ClientFrame.Changes) FrameCodec.decodeClient("{\"t\":\"changes\",\"room\":\"r1\",\"since\":0}");
        ClientFrame.History history =
                (ClientFrame.History) FrameCodec.decodeClient("{\"t\":\"history\",\"room\":\"r1\"}");
        ClientFrame.Send send = (ClientFrame.Send)
                FrameCodec.decodeClient("{\"t\":\"send\",\"room\":\"r1\",\"cid\":\"c\",\"b\":{},\"re\":0}");

        assertThat(changes.id()).isZero();
        assertThat(changes.limit()).isEqualTo(200);
        assertThat(history.query().limit()).isEqualTo(50);
        assertThat(history.query().seq()).isEqualTo(Cursor.MAX);
        assertThat(send.isResend()).isFalse();
    }

    @Test
    void aBodyIsCarriedCompactAndOtherwiseAsItWas() {
        ClientFrame.Send send = (ClientFrame.Send) FrameCodec.decodeClient(
                "{\"t\":\"send\",\"room\":\"r1\",\"cid\":\"c\",\"b\": { \"n\" : 1.10 , \"a\" : [ ] } }");

        assertThat(send.body()).isEqualTo(MessageBody.json("{\"n\":1.10,\"a\":[]}"));
    }

    @Test
    void aTokenNeverPrints() {
        for (ClientFrame frame : clientFrames()) {
            assertThat(frame.toString()).doesNotContain("eyJ");
        }
    }

    private static Set<Class<?>> classesOf(List<? extends Frame> frames) {
        return frames.stream().map(Object::getClass).collect(Collectors.toSet());
    }

    private static Set<Class<?>> permitted(Class<?> type) {
        Class<?>[] permitted = type.getPermittedSubclasses();
        return permitted == null
                ? Set.of(type)
                : Arrays.stream(permitted)
                        .flatMap(each -> permitted(each).stream())
                        .collect(Collectors.toSet());
    }
}
