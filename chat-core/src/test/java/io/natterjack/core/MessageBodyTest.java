package io.natterjack.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MessageBodyTest {
    @Test
    void textBecomesAnObjectThatHasIt() {
        MessageBody body = MessageBody.text("Grüße \"\\\n\uD83D\uDC38");

        assertThat(body.json()).isEqualTo("{\"text\":\"Grüße \\\"\\\\\\n\uD83D\uDC38\"}");
        assertThat(body.text()).contains("Grüße \"\\\n\uD83D\uDC38");
        assertThat(MessageBody.json(body.json())).isEqualTo(body);
    }

    @Test
    void whiteSpaceGoesAndOrderStays() {
        MessageBody body = MessageBody.json(" {\"b\" : [ 1 , true,null ] ,\r\n\t\"a\":{ } } ");

        assertThat(body.json()).isEqualTo("{\"b\":[1,true,null],\"a\":{}}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-0",
                "1.0",
                "1.10",
                "1e5",
                "1E+5",
                "1e400",
                "-1.5e-7",
                "9007199254740993",
                "12345678901234567890123456789",
                "3.14159265358979323846264338327950288"
            })
    void numbersStayAsTheyWereWritten(String number) {
        assertThat(MessageBody.json("{\"n\":[" + number + "]}").json()).isEqualTo("{\"n\":[" + number + "]}");
    }

    @Test
    void escapesAreWrittenInOneWay() {
        assertThat(MessageBody.json("{\"a\":\"\\u0041\\/\\ud83d\\udc38\"}").json())
                .isEqualTo("{\"a\":\"A/\uD83D\uDC38\"}");
    }

    @Test
    void aCompactBodyIsReadAsItself() {
        String compact =
                MessageBody.json("{\"a\":\"\\u2028\\u007f\\u0001<>&='\"}").json();

        assertThat(MessageBody.json(compact).json()).isEqualTo(compact);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "secret",
                "null",
                "true",
                "1",
                "\"secret\"",
                "[]",
                "[{}]",
                "{",
                "}",
                "{}{}",
                "{} secret",
                "{},",
                "{secret:1}",
                "{'secret':1}",
                "{\"secret\":'1'}",
                "{\"secret\":1,}",
                "{\"secret\":[1,]}",
                "{\"secret\":[1 2]}",
                "{\"secret\"=1}",
                "{\"secret\":1;\"a\":2}",
                "{\"secret\":NaN}",
                "{\"secret\":Infinity}",
                "{\"secret\":TRUE}",
                "{\"secret\":01}",
                "{\"secret\":+1}",
                "{\"secret\":.5}",
                "{\"secret\":1.}",
                "{\"secret\":0x1}",
                "{\"secret\":1}//",
                "/**/{\"secret\":1}",
                "{\"secret\":1#\n}",
                "{\"secret\":\"\n\"}",
                "{\"secret\":\"\t\"}",
                "{\"secret\":\"\\x41\"}",
                "{\"secret\":\"\\'\"}",
                "{\"secret\":\"\\u12g4\"}",
                "{\"secret\":\"\\u12\"}",
                "{\"secret\":\"",
                "{\"secret\":{\"a\":[}]}",
                ")]}'\n{\"secret\":1}",
                "{\"secret\":1}\u0000",
                "{\"secret\":\u00a01}"
            })
    void whatIsntOneJsonObjectIsRefusedWithoutRepeatingIt(String json) {
        assertThatThrownBy(() -> MessageBody.json(json))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("secret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":1,\"a\":1}",
                "{\"a\":1,\"\\u0061\":1}",
                "{\"x\":[{\"a\":1,\"b\":2,\"a\":3}]}",
            })
    void aNameTwiceInOneObjectIsRefused(String json) {
        assertThatThrownBy(() -> MessageBody.json(json)).hasMessage("a name stands twice in one object");
    }

    @Test
    void aNameMayStandInSeveralObjects() {
        assertThat(MessageBody.json("{\"a\":{\"a\":[{\"a\":1},{\"a\":2}]}}").bytes())
                .isEqualTo(29);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"a\":\"\\u0000\"}", "{\"\\u0000\":1}", "{\"a\":[\"x\\u0000\"]}"})
    void nulIsRefused(String json) {
        assertThatThrownBy(() -> MessageBody.json(json)).hasMessage("text may not have a NUL");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{\"a\":\"\\ud83d\"}", "{\"a\":\"\\udc38\\ud83d\"}", "{\"\\udc38\":1}", "{\"a\":\"\uD83D\"}"})
    void aLoneSurrogateIsRefused(String json) {
        assertThatThrownBy(() -> MessageBody.json(json))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("lone surrogate");
    }

    @Test
    void textWithNulOrALoneSurrogateIsRefused() {
        assertThatThrownBy(() -> MessageBody.text("a\0")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> MessageBody.text("a\uD83D")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void twelveLevelsAreTaken() {
        String twelve = "{\"a\":" + "[".repeat(11) + "]".repeat(11) + "}";
        String thirteen = "{\"a\":" + "[".repeat(12) + "]".repeat(12) + "}";

        assertThat(MessageBody.json(twelve).json()).isEqualTo(twelve);
        assertThatThrownBy(() -> MessageBody.json(thirteen)).hasMessageContaining("12 levels");
    }

    @Test
    void nestingOfAnyDepthIsRefusedAndNothingElseHappens() {
        assertThatThrownBy(() -> MessageBody.json("{\"a\":" + "[".repeat(100_000)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> MessageBody.json("{\"a\":".repeat(100_000)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theLimitCountsBytesOfCompactJson() {
        int around = "{\"text\":\"\"}".length();
        String largest = "x".repeat(MessageBody.MAX_BYTES - around);

        assertThat(MessageBody.text(largest).bytes()).isEqualTo(MessageBody.MAX_BYTES);
        assertThat(MessageBody.json(" ".repeat(100) + "{\"text\":\"" + largest + "\"}")
                        .bytes())
                .isEqualTo(MessageBody.MAX_BYTES);
        assertThatThrownBy(() -> MessageBody.text(largest + "x")).hasMessageContaining("32768 bytes");
        assertThatThrownBy(() -> MessageBody.text("é".repeat(largest.length() / 2 + 1)))
                .hasMessageContaining("32768 bytes");
        assertThatThrownBy(() -> MessageBody.json("{\"text\":\"" + largest + "x\"}"))
                .hasMessageContaining("32768 bytes");
    }

    @Test
    void aBodyWithoutATextFieldHasNoText() {
        assertThat(MessageBody.json("{}").text()).isEmpty();
        assertThat(MessageBody.json("{\"text\":1}").text()).isEmpty();
        assertThat(MessageBody.json("{\"a\":{\"text\":\"x\"}}").text()).isEmpty();
        assertThat(MessageBody.json("{\"a\":[[1]],\"text\":\"x\"}").text()).contains("x");
    }
}
