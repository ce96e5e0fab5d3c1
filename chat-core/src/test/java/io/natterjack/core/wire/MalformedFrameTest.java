package io.natterjack.core.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.natterjack.core.ErrorCode;
import io.natterjack.core.MessageBody;
import io.natterjack.core.ProtocolException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MalformedFrameTest {
    /** Stands in the inputs wherever it can: what a message repeats of its input is likely to have it. */
    private static final String MARK = "zq7";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "zq7",
                "null",
                "true",
                "17",
                "\"zq7\"",
                "[]",
                "[{\"t\":\"ping\"}]",
                "{",
                "{\"t\"",
                "{\"t\":",
                "{\"t\":\"ping\"",
                "{\"t\":\"ping\",}",
                "{\"t\":\"ping\"}zq7",
                "{\"t\":\"ping\"}{\"t\":\"ping\"}",
                "{\"t\":\"ping\"},",
                "{\"t\":\"ping\"}\u0000",
                "{\"t\":\"ping\"}//zq7",
                "/*zq7*/{\"t\":\"ping\"}",
                "{\"t\":\"ping\"#zq7\n}",
                "{'t':'ping'}",
                "{t:\"ping\"}",
                "{\"t\":ping}",
                "{\"t\"=\"ping\"}",
                "{\"t\":\"ping\";\"zq7\":1}",
                "{\"t\":\"ping\" \"zq7\":1}",
                "{\"t\":\"ping\",\"zq7\":NaN}",
                "{\"t\":\"ping\",\"zq7\":-Infinity}",
                "{\"t\":\"ping\",\"zq7\":01}",
                "{\"t\":\"ping\",\"zq7\":TRUE}",
                "{\"t\":\"ping\",\"zq7\":[1,]}",
                "{\"t\":\"ping\",\"zq7\":[,1]}",
                "{\"t\":\"ping\",\"zq7\":\"\n\"}",
                "{\"t\":\"ping\",\"zq7\":\"\\x\"}",
                "{\"t\":\"ping\",\"zq7\":\"\\u00zq7\"}",
                "{\"t\":\"ping\",\"zq7\":\"\\ud83d\"}",
                "{\"t\":\"pi\\ud83dng\"}",
                "{\"t\":\"ping\\udc38zq7\"}",
                "{\"t\":\"ping\uD83D\"}",
                ")]}'\n{\"t\":\"ping\"}",
                "{\"zq7\":1}",
                "{}",
                "{\"t\":null}",
                "{\"t\":1}",
                "{\"t\":[\"zq7\"]}",
                "{\"t\":{\"zq7\":1}}",
                "{\"t\":\"leave\",\"t\":\"leave\",\"room\":\"r\"}",
                "{\"t\":\"leave\",\"room\":\"r\",\"room\":\"r\"}",
                "{\"t\":\"leave\",\"room\":\"r\",\"ro\\u006fm\":\"r\"}",
                "{\"t\":\"leave\"}",
                "{\"t\":\"leave\",\"room\":null}",
                "{\"t\":\"leave\",\"room\":1}",
                "{\"t\":\"leave\",\"room\":\"\"}",
                "{\"t\":\"leave\",\"room\":\"zq7 zq7\"}",
                "{\"t\":\"leave\",\"room\":\"zq7\\u0000\"}",
                "{\"t\":\"leave\",\"room\":\"zq7/é\"}",
                "{\"t\":\"auth\"}",
                "{\"t\":\"auth\",\"token\":null}",
                "{\"t\":\"auth\",\"token\":\"zq7\\u0000\"}",
                "{\"t\":\"hello\",\"token\":\"x\"}",
                "{\"t\":\"hello\",\"device\":\"d\"}",
                "{\"t\":\"hello\",\"token\":\"x\",\"device\":\"\"}",
                "{\"t\":\"hello\",\"token\":\"x\",\"device\":\"d\",\"session\":\"zq7!\"}",
                "{\"t\":\"hello\",\"token\":\"x\",\"device\":\"d\",\"rooms\":{}}",
                "{\"t\":\"hello\",\"token\":\"x\",\"device\":\"d\",\"rooms\":[\"zq7\"]}",
                "{\"t\":\"hello\",\"token\":\"x\",\"device\":\"d\",\"rooms\":[{}]}",
                "{\"t\":\"hello\",\"token\":\"x\",\"device\":\"d\",\"rooms\":[{\"room\":\"r\",\"e\":1}]}",
                "{\"t\":\"hello\",\"token\":\"x\",\"device\":\"d\",\"rooms\":[{\"room\":\"r\",\"room\":\"r\"}]}",
                "{\"t\":\"join\",\"room\":\"r\",\"e\":1}",
                "{\"t\":\"join\",\"room\":\"r\",\"s\":1}",
                "{\"t\":\"join\",\"room\":\"r\",\"e\":0,\"s\":1}",
                "{\"t\":\"join\",\"room\":\"r\",\"e\":1,\"s\":-1}",
                "{\"t\":\"join\",\"room\":\"r\",\"e\":1,\"s\":9007199254740992}",
                "{\"t\":\"join\",\"room\":\"r\",\"e\":9007199254740992,\"s\":1}",
                "{\"t\":\"join\",\"room\":\"r\",\"e\":1,\"s\":1e3}",
                "{\"t\":\"join\",\"room\":\"r\",\"e\":1,\"s\":99999999999999999999999}",
                "{\"t\":\"join\",\"room\":\"r\",\"tail\":101}",
                "{\"t\":\"join\",\"room\":\"r\",\"tail\":-1}",
                "{\"t\":\"join\",\"room\":\"r\",\"tail\":\"1\"}",
                "{\"t\":\"send\",\"room\":\"r\",\"cid\":\"c\"}",
                "{\"t\":\"send\",\"room\":\"r\",\"cid\":\"~zq7\",\"b\":{}}",
                "{\"t\":\"send\",\"room\":\"r\",\"b\":{}}",
                "{\"t\":\"send\",\"room\":\"r\",\"cid\":\"c\",\"b\":\"zq7\"}",
                "{\"t\":\"send\",\"room\":\"r\",\"cid\":\"c\",\"b\":[]}",
                "{\"t\":\"send\",\"room\":\"r\",\"cid\":\"c\",\"b\":null}",
                "{\"t\":\"send\",\"room\":\"r\",\"cid\":\"c\",\"b\":{},\"re\":2}",
                "{\"t\":\"send\",\"room\":\"r\",\"cid\":\"c\",\"b\":{},\"re\":true}",
                "{\"t\":\"send\",\"room\":\"r\",\"cid\":\"c\",\"b\":{\"zq7\":1,\"zq7\":2}}",
                "{\"t\":\"send\",\"room\":\"r\",\"cid\":\"c\",\"b\":{\"a\":[{\"zq7\":1,\"zq7\":2}]}}",
                "{\"t\":\"send\",\"room\":\"r\",\"cid\":\"c\",\"b\":{\"a\":\"zq7\\u0000\"}}",
                "{\"t\":\"send\",\"room\":\"r\",\"cid\":\"c\",\"b\":{\"a\":\"zq7\\ud83d\"}}",
                "{\"t\":\"send\",\"room\":\"r\",\"cid\":\"c\",\"b\":{\"zq7\\u0000\":1}}",
                "{\"t\":\"send\",\"room\":\"r\",\"cid\":\"c\",\"b\":{\"a\":[[[[[[[[[[[[1]]]]]]]]]]]]}}",
                "{\"t\":\"history\",\"room\":\"r\",\"limit\":0}",
                "{\"t\":\"history\",\"room\":\"r\",\"limit\":101}",
                "{\"t\":\"history\",\"room\":\"r\",\"before\":-1}",
                "{\"t\":\"history\",\"room\":\"r\",\"before\":1,\"after\":1}",
                "{\"t\":\"history\",\"room\":\"r\",\"e\":0,\"before\":1}",
                "{\"t\":\"changes\",\"room\":\"r\"}",
                "{\"t\":\"changes\",\"room\":\"r\",\"since\":-1}",
                "{\"t\":\"changes\",\"room\":\"r\",\"since\":9007199254740992}",
                "{\"t\":\"changes\",\"room\":\"r\",\"since\":0,\"limit\":201}",
            })
    void whatAClientMayNotSendIsABadFrame(String text) {
        ProtocolException refused = refusedClient(text);

        assertThat(refused.code()).isEqualTo(ErrorCode.BAD_FRAME);
        assertThat(refused.requestId()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "{\"t\":\"ok\"} zq7",
                "{\"t\":\"joined\",\"room\":\"r\",\"mode\":\"zq7\",\"e\":1,\"s\":1,\"after\":1}",
                "{\"t\":\"joined\",\"room\":\"r\",\"mode\":\"LIVE\",\"e\":1,\"s\":1,\"after\":1}",
                "{\"t\":\"joined\",\"room\":\"r\",\"mode\":\"live\",\"e\":1,\"s\":1}",
                "{\"t\":\"left\",\"room\":\"r\"}",
                "{\"t\":\"ev\",\"room\":\"r\",\"e\":1,\"events\":[]}",
                "{\"t\":\"ev\",\"room\":\"r\",\"e\":1,\"events\":[1]}",
                "{\"t\":\"ev\",\"room\":\"r\",\"e\":1,\"events\":[{\"k\":\"zq7\"}]}",
                "{\"t\":\"ev\",\"room\":\"r\",\"e\":1,\"events\":[{\"s\":0,\"k\":\"zq7\"}]}",
                "{\"t\":\"ev\",\"room\":\"r\",\"e\":1,\"events\":[{\"s\":1,\"k\":\"msg\"}]}",
                "{\"t\":\"ev\",\"room\":\"r\",\"e\":1,\"events\":[{\"s\":1,\"k\":\"msg\",\"from\":\"zq7\\n\",\"ts\":1,\"cid\":\"c\",\"b\":{}}]}",
                "{\"t\":\"ack\",\"room\":\"r\",\"cid\":\"c\",\"e\":1,\"s\":1}",
                "{\"t\":\"ack\",\"room\":\"r\",\"cid\":\"c\",\"e\":1,\"s\":1,\"ts\":1,\"dup\":1}",
                "{\"t\":\"error\"}",
                "{\"t\":\"error\",\"code\":\"busy\",\"retry\":-1}",
                "{\"t\":\"error\",\"code\":\"busy\",\"retry\":2147483648}",
                "{\"t\":\"page\",\"room\":\"r\",\"e\":1,\"upto\":1,\"items\":[{\"s\":2,\"rev\":1,\"from\":\"u\",\"ts\":1,\"cid\":\"c\",\"b\":{}}]}",
                "{\"t\":\"page\",\"room\":\"r\",\"e\":1,\"upto\":1}",
                "{\"t\":\"expiring\"}",
                "{\"t\":\"drain\",\"after\":1}",
                "{\"t\":\"welcome\",\"session\":\"S\",\"user\":\"u\",\"now\":1,\"hb\":1}",
                "{\"t\":\"welcome\",\"session\":\"S\",\"user\":\"u\",\"now\":1,\"hb\":0,\"limits\":{\"frame\":1024,\"body\":9,\"inflight\":1}}",
                "{\"t\":\"welcome\",\"session\":\"S\",\"user\":\"u\",\"now\":1,\"hb\":1,\"limits\":{\"frame\":777,\"body\":9,\"inflight\":1}}",
                "{\"t\":\"welcome\",\"session\":\"S\",\"user\":\"u\",\"now\":1,\"hb\":1,\"limits\":{\"frame\":1024,\"body\":1025,\"inflight\":1}}",
                "{\"t\":\"welcome\",\"session\":\"S\",\"user\":\"u\",\"now\":1,\"hb\":1,\"limits\":{\"frame\":1024,\"body\":9,\"inflight\":1,\"rate\":5}}",
            })
    void whatAServerMayNotSendIsABadFrame(String text) {
        ProtocolException refused = catchThrowableOfType(ProtocolException.class, () -> FrameCodec.decodeServer(text));

        assertThat(refused.code()).isEqualTo(ErrorCode.BAD_FRAME);
        assertThat(refused).hasMessageNotContaining(MARK).hasMessageNotContaining("777");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-1",
                "2147483648",
                "1e3",
                "1.5",
                "1.0",
                "-0",
                "\"1\"",
                "null",
                "true",
                "[1]",
                "{}",
                "1234567890123456789012"
            })
    void anIdOutsideItsRangeIsABadFrameWithoutId(String id) {
        ProtocolException refused = refusedClient("{\"t\":\"leave\",\"id\":" + id + ",\"room\":\"r1\"}");

        assertThat(refused.code()).isEqualTo(ErrorCode.BAD_FRAME);
        assertThat(refused.requestId()).isZero();
        assertThat(refused).hasMessageStartingWith("id");
    }

    @Test
    void aRefusalKeepsTheIdWhereverItStands() {
        assertThat(refusedClient("{\"t\":\"leave\",\"id\":5}").requestId()).isEqualTo(5);
        assertThat(refusedClient("{\"room\":1,\"t\":\"leave\",\"id\":2147483647}")
                        .requestId())
                .isEqualTo(Integer.MAX_VALUE);
        assertThat(refusedClient("{\"id\":5,\"t\":\"send\",\"b\":{\"a\":1,\"a\":1}}")
                        .requestId())
                .isEqualTo(5);
        assertThat(refusedClient("{\"id\":5,zq7").requestId()).isEqualTo(5);
    }

    @Test
    void anUnknownTypeIsUnsupportedAndKeepsItsId() {
        ProtocolException refused =
                refusedClient("{\"from\":{\"zq7\":1},\"b\":7,\"t\":\"zq7.of.tomorrow\",\"id\":14,\"since\":\"zq7\"}");

        assertThat(refused.code()).isEqualTo(ErrorCode.UNSUPPORTED);
        assertThat(refused.requestId()).isEqualTo(14);
        assertThat(refusedClient("{\"t\":\"\"}").code()).isEqualTo(ErrorCode.UNSUPPORTED);
        assertThat(refusedClient("{\"t\":\"PING\"}").code()).isEqualTo(ErrorCode.UNSUPPORTED);
    }

    @Test
    void aBodyOfOneByteTooManyIsTooLarge() {
        String text = "x".repeat(MessageBody.MAX_BYTES - 11);
        ProtocolException refused = refusedClient(send(text + "x"));

        assertThat(refused.code()).isEqualTo(ErrorCode.TOO_LARGE);
        assertThat(refused.requestId()).isEqualTo(9);
        assertThat(FrameCodec.decodeClient(send(text))).isInstanceOf(ClientFrame.Send.class);
    }

    @Test
    void aTokenOfOneByteTooManyIsABadFrame() {
        String token = "x".repeat(ClientFrame.MAX_TOKEN_BYTES);

        assertThat(FrameCodec.decodeClient("{\"t\":\"auth\",\"token\":\"" + token + "\"}"))
                .isInstanceOf(ClientFrame.Auth.class);
        assertThat(refusedClient("{\"t\":\"auth\",\"token\":\"" + token + "x\"}")
                        .code())
                .isEqualTo(ErrorCode.BAD_FRAME);
    }

    @Test
    void oneRoomTooManyInAHelloIsABadFrame() {
        String rooms = "{\"room\":\"r\"},".repeat(ClientFrame.MAX_ROOMS) + "{\"room\":\"r\"}";

        assertThat(refusedClient("{\"t\":\"hello\",\"token\":\"x\",\"device\":\"d\",\"rooms\":[" + rooms + "]}"))
                .hasMessageContaining("0 to 500");
    }

    static List<String> deep() {
        List<String> texts = new ArrayList<>();
        for (String field : List.of("zq7", "b", "rooms", "limits", "t", "id")) {
            texts.add("{\"t\":\"ping\",\"" + field + "\":" + "[".repeat(10_000) + "]".repeat(10_000) + "}");
            texts.add("{\"t\":\"ping\",\"" + field + "\":" + "{\"a\":".repeat(10_000) + "1" + "}".repeat(10_001));
            texts.add("{\"" + field + "\":" + "[{\"rooms\":".repeat(5_000));
        }
        return texts;
    }

    @ParameterizedTest
    @MethodSource("deep")
    void nestingOfAnyDepthIsABadFrameAndNothingElseHappens(String text) {
        assertThat(refusedClient(text).code()).isEqualTo(ErrorCode.BAD_FRAME);
        assertThat(catchThrowable(() -> FrameCodec.decodeServer(text))).isInstanceOf(ProtocolException.class);
    }

    private static ProtocolException refusedClient(String text) {
        ProtocolException refused = catchThrowableOfType(ProtocolException.class, () -> FrameCodec.decodeClient(text));
        assertThat(refused)
                .as("refusal")
                .isNotNull()
                .hasMessageNotContaining(MARK)
                .hasNoCause();
        return refused;
    }

    private static String send(String text) {
        return "{\"t\":\"send\",\"room\":\"r\",\"cid\":\"c\",\"b\":{\"text\":\"" + text + "\"},\"id\":9}";
    }
}
