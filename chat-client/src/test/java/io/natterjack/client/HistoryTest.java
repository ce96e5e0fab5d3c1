package io.natterjack.client;

import static io.natterjack.client.ClientFixture.LOBBY;
import static io.natterjack.client.ClientFixture.failure;
import static io.natterjack.client.ClientFixture.live;
import static io.natterjack.client.ClientFixture.page;
import static io.natterjack.client.ClientFixture.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.CloseReason;
import io.natterjack.core.Cursor;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.HistoryQuery;
import io.natterjack.core.Message;
import io.natterjack.core.Page;
import io.natterjack.core.wire.ClientFrame;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What is read of a room when somebody asks for it. */
final class HistoryTest {
    private final ClientFixture it = new ClientFixture();

    @Test
    void historyIsReadAsAsked() {
        FakeServer.End end = it.online();
        Room room = it.joined(end, 5);
        CompletableFuture<Page> page = room.before(new Cursor(1, 4), 2).toCompletableFuture();
        ClientFrame.History asked = end.next(ClientFrame.History.class);
        assertThat(asked.epoch()).hasValue(1);
        assertThat(asked.query()).isEqualTo(new HistoryQuery(LOBBY, HistoryQuery.Direction.BEFORE, 4, 2));
        end.say(page(asked.id(), 1, 2, 3, true, 5));

        assertThat(page.join().messages()).extracting(Message::seq).containsExactly(2L, 3L);
        assertThat(it.messages()).isEmpty();
    }

    @Test
    void aReadingIsAskedAgainAfterALostConnection() {
        FakeServer.End end = it.online();
        CompletableFuture<Page> page = it.joined(end, 5).latest(2).toCompletableFuture();
        end.next(ClientFrame.History.class);
        end.close(CloseReason.ABNORMAL);
        end = it.nextConnection();
        ClientFrame.Hello hello = ClientFixture.welcome(end);
        end.say(live(hello.id(), LOBBY, 5));

        end.say(page(end.next(ClientFrame.History.class).id(), 1, 4, 5, true, 5));
        assertThat(page).isCompleted();
    }

    @Test
    void aReadingThatIsRefusedFails() {
        FakeServer.End end = it.online();
        CompletableFuture<Page> page =
                it.joined(end, 5).after(new Cursor(9, 4), 2).toCompletableFuture();
        end.say(refusal(end.next(ClientFrame.History.class).id(), ErrorCode.TARGET_UNKNOWN));

        assertThat(page).isCompletedExceptionally();
        page.handle((result, failure) -> assertThat(failure).isInstanceOf(RequestRefusedException.class))
                .join();
    }

    @Test
    void moreReadingsThanMayBeOpenFailAtOnce() {
        Room room = it.joined(it.online(), 5);
        for (int i = 0; i < Requests.MAX_READINGS; i++) {
            room.latest(1);
        }

        assertThat(room.latest(1).toCompletableFuture()).isCompletedExceptionally();
    }
}
