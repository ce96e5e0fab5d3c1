package io.natterjack.examples.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.Message;
import io.natterjack.core.MessageBody;
import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class ScreenTest {
    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
    private final Screen screen = new Screen(new PrintStream(shown, true, StandardCharsets.UTF_8));

    @Test
    void aMessageIsOneLine() {
        screen.message(message(MessageBody.text("hello")), false);
        screen.message(message(MessageBody.text("hello")), true);
        screen.message(message(MessageBody.json("{\"picture\":7}")), false);

        assertThat(lines()).containsExactly("#7 ada: hello", "[lobby] #7 ada: hello", "#7 ada: {\"picture\":7}");
    }

    @Test
    void whatOthersWriteCannotPaintOverTheScreen() {
        screen.message(message(MessageBody.text("a\r\u001b[2Jb\n#8 bob: c\u202e")), false);

        assertThat(lines()).containsExactly("#7 ada: a\\u000d\\u001b[2Jb\\u000a#8 bob: c\\u202e");
    }

    @Test
    void aLongTextIsShownInFull() {
        String text = "x".repeat(255) + "\ud83d\udc38" + "y".repeat(1_000);

        assertThat(Screen.escape(text)).isEqualTo(text);
    }

    private String[] lines() {
        return shown.toString(StandardCharsets.UTF_8).split(System.lineSeparator());
    }

    private static Message message(MessageBody body) {
        return new Message(new RoomId("lobby"), new Cursor(1, 7), 7, new UserId("ada"), new ClientId("c"), 0, body);
    }
}
