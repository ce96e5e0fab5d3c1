package io.natterjack.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

final class ValuesTest {
    private static final RoomId ROOM = new RoomId("lobby");
    private static final UserId ADA = new UserId("ada");
    private static final ClientId CID = new ClientId("c-1");

    @Test
    void aCursorKeepsWhatEveryLanguageCanCount() {
        assertThat(new Cursor(Cursor.MAX, Cursor.MAX).seq()).isEqualTo(9_007_199_254_740_991L);
        assertThat(new Cursor(1, 0)).isEqualTo(new Cursor(1, 0)).isNotEqualTo(new Cursor(1, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Cursor(0, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new Cursor(1, -1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Cursor(Cursor.MAX + 1, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new Cursor(1, Cursor.MAX + 1));
    }

    @Test
    void aHistoryQueryAsksForOneToAHundred() {
        assertThat(HistoryQuery.latest(ROOM, 100).seq()).isEqualTo(Cursor.MAX);
        assertThatIllegalArgumentException().isThrownBy(() -> HistoryQuery.latest(ROOM, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> HistoryQuery.latest(ROOM, 101));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new HistoryQuery(ROOM, HistoryQuery.Direction.AFTER, -1, 1));
    }

    @Test
    void theContentHashTellsAResendFromAnotherMessage() {
        Draft first = draft("{\"text\":\"hi\"}");
        Draft resend = draft("{ \"text\" : \"\\u0068i\" }");
        Draft other = draft("{\"text\":\"hi!\"}");

        assertThat(first.contentHash()).hasSize(32).matches("[0-9a-f]+").isEqualTo(resend.contentHash());
        assertThat(other.contentHash()).isNotEqualTo(first.contentHash());
    }

    @Test
    void theContentHashStaysTheSameForEver() {
        assertThat(draft("{\"text\":\"hi\"}").contentHash()).isEqualTo("e7b995efa755c5ff3b84d2188b58cb4a");
    }

    @Test
    void anAcceptedDraftIsTheEventAtItsPlace() {
        Draft draft = draft("{\"text\":\"hi\"}");

        RoomEvent event = draft.accepted(new Outcome.Accepted(new Cursor(3, 7), 99, false));

        assertThat(event)
                .isEqualTo(new RoomEvent(ROOM, new Cursor(3, 7), EventKind.MESSAGE, ADA, CID, 99, draft.body()));
        assertThat(Message.of(event).rev()).isEqualTo(7);
    }

    @Test
    void eventsAndMessagesHaveAPlace() {
        MessageBody body = MessageBody.text("hi");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RoomEvent(ROOM, new Cursor(1, 0), EventKind.MESSAGE, ADA, CID, 0, body));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Message(ROOM, new Cursor(1, 5), 4, ADA, CID, 0, body));
    }

    @Test
    void whatAnApplicationAddsIsBounded() {
        String most = "{\"a\":\"" + "x".repeat(Profile.MAX_ATTRIBUTE_BYTES - 8) + "\"}";
        String tooMuch = "{\"a\":\"" + "x".repeat(Profile.MAX_ATTRIBUTE_BYTES - 7) + "\"}";

        assertThat(new Profile(ADA, "", "", most).attributes()).hasSize(Profile.MAX_ATTRIBUTE_BYTES);
        assertThatIllegalArgumentException().isThrownBy(() -> new Profile(ADA, "", "", tooMuch));
        assertThat(RoomSettings.json("{\"attributes\":" + most + "}").attributes())
                .contains(most);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RoomSettings.json("{\"attributes\":" + tooMuch + "}"))
                .withMessageContaining("attributes");
    }

    @Test
    void aValueCantForgeALogLine() {
        MessageBody body = MessageBody.ofStored("{\"text\":\"a\nERROR all is lost\"}");

        assertThat(draftOf(body).toString()).doesNotContain("\n").contains("\\u000a");
    }

    @Test
    void everyErrorCodeIsFoundByItsWireName() {
        for (ErrorCode code : ErrorCode.values()) {
            assertThat(ErrorCode.ofWireName(code.wireName())).contains(code);
        }
        assertThat(ErrorCode.ofWireName("BAD_FRAME")).isEmpty();
        assertThat(ErrorCode.ofWireName("of_tomorrow")).isEmpty();
    }

    private static Draft draft(String json) {
        return draftOf(MessageBody.json(json));
    }

    private static Draft draftOf(MessageBody body) {
        return new Draft(ROOM, ADA, CID, body);
    }
}
