package io.natterjack.testkit;

import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.natterjack.core.Message;
import io.natterjack.core.RoomId;
import io.natterjack.core.SearchPage;
import io.natterjack.core.SearchQuery;
import io.natterjack.core.spi.SearchPlace;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What a search finds, and what it doesn't. */
abstract class MessageStoreSearchContract extends MessageStoreErasureContract {
    /** A text, and what finds it. */
    private static final List<String> FOUND = List.of(
            "the quick brown fox | quick",
            "the quick brown fox | FOX",
            "the quick brown fox | fox the",
            "the quick brown fox | qui*",
            "a | a",
            "it is what it was | what",
            "zebra | zebra",
            "Gr\u00fc\u00dfe aus K\u00f6ln | gr\u00fcsse",
            "Gr\u00fc\u00dfe aus K\u00f6ln | Koln",
            "caf\u00e9 | cafe",
            "cafe\u0301 | caf\u00e9",
            "\u041f\u0440\u0438\u0432\u0435\u0442, \u043c\u0438\u0440 | \u043c\u0438\u0440",
            "\u03a3\u03af\u03c3\u03c5\u03c6\u03bf\u03c2 | \u03c3\u03b9\u03c3\u03c5\u03c6\u03bf\u03c3",
            "\u4f60\u597d\u4e16\u754c | \u754c",
            "\u4f60\u597d\u4e16\u754c | \u4e16\u754c",
            "\u4f60\u597d\u4e16\u754c | \u4f60\u597d\u4e16",
            "\u79c1\u306f\u6771\u4eac\u306b\u884c\u304f | \u6771\u4eac",
            "\u79c1\u306f\u6771\u4eac\u306b\u884c\u304f | \u884c",
            "\u30b3\u30fc\u30d2\u30fc\u3092\u98f2\u3080 | \u30b3\u30fc\u30d2\u30fc",
            "\u30ac\u30e9\u30b9 | \u30ac",
            "\ud55c\uad6d\uc5b4\ub97c \ubc30\uc6cc\uc694 | \ud55c\uad6d",
            "\ud55c\uad6d\uc5b4\ub97c \ubc30\uc6cc\uc694 | \ubc30",
            "JDK17\u3067\u52d5\u304f | jdk17 \u52d5",
            "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35\u0e0a\u0e32\u0e27\u0e42\u0e25\u0e01 | \u0e42\u0e25\u0e01",
            "o'neil & sons: it-services | services",
            "\ud83d\udc38 frog | frog");

    /** A text, and what doesn't find it. */
    private static final List<String> NOT_FOUND = List.of(
            "the quick brown fox | quic",
            "the quick brown fox | fox dog",
            "the quick brown fox | x*",
            "\u4f60\u597d\u4e16\u754c | \u597d\u4f60",
            "\u4f60\u597d\u5417 \u597d\u4e16 | \u4f60\u597d\u4e16",
            "\u30ac\u30e9\u30b9 | \u30ab",
            "cafe | caf\u00e9s");

    private int searches;

    MessageStoreSearchContract() {}

    @Test
    void aMessageIsFound() {
        for (String pair : FOUND) {
            assertThat(foundIn(text(pair), wanted(pair))).as(pair).containsExactly(2L);
        }
    }

    @Test
    void aMessageThatHasNotAllOfItIsNotFound() {
        for (String pair : NOT_FOUND) {
            assertThat(foundIn(text(pair), wanted(pair))).as(pair).isEmpty();
        }
    }

    /** Returns what is found in a room of its own. */
    private List<Long> foundIn(String text, String wanted) {
        RoomId room = new RoomId("search-" + searches++);
        store.append(drafts(room, "nothing to see here", text, "other"));
        return seqsOf(search(SearchQuery.of(List.of(room), ADA, wanted, 10)));
    }

    private static String text(String pair) {
        return pair.substring(0, pair.indexOf(" | "));
    }

    private static String wanted(String pair) {
        return pair.substring(pair.indexOf(" | ") + 3);
    }

    @Test
    void whatIsLookedForIsNeverSyntax() {
        store.append(drafts(ROOM, "it's 100% \"done\" & dusted | or (not) <-> 'x' \\ + - ~ @"));

        for (String wanted :
                List.of("it's", "\"done\"", "done & dusted", "(not)", "' or 1=1", "+done -dusted", "done\\")) {
            assertThat(found(wanted)).as(wanted).hasSize(wanted.contains("1=1") ? 0 : 1);
        }
        for (String nothing : List.of("", " ", "&", "'", "*", "\"", "\\", "%", "_")) {
            assertThat(found(nothing)).as(nothing).isEmpty();
        }
    }

    @Test
    void longWordsAreFoundInFullOnly() {
        String word = "x".repeat(300);
        store.append(drafts(ROOM, word, word + "y"));

        assertThat(search(SearchQuery.of(List.of(ROOM), ADA, word.substring(0, 200), 10))
                        .messages())
                .isEmpty();
        assertThat(seqsOf(search(SearchQuery.of(List.of(ROOM), ADA, word.substring(0, 150) + "*", 10))))
                .containsExactlyInAnyOrder(1L, 2L);
    }

    @Test
    void aSearchLooksIntoTheRoomsItNames() {
        store.append(List.of(draft(ROOM, "frog"), draft(OTHER_ROOM, "frog"), draft(room(1), "frog")));

        SearchPage page = search(SearchQuery.of(List.of(ROOM, room(1)), ADA, "frog", 10));
        assertThat(page.messages()).extracting(Message::room).containsExactlyInAnyOrder(ROOM, room(1));
    }

    @Test
    void aSearchWithoutRoomsLooksIntoThoseOfTheReader() {
        store.append(List.of(comes(ROOM, BOB), draft(ROOM, "frog"), draft(OTHER_ROOM, "frog"), comes(room(1), BOB)));
        store.append(List.of(draft(room(1), "frog"), goes(room(1), BOB)));

        assertThat(search(SearchQuery.of(List.of(), BOB, "frog", 10)).messages())
                .extracting(Message::room)
                .containsExactly(ROOM);
    }

    @Test
    void aSearchFindsNothingThatTheRoomDoesNotShow() {
        store.append(drafts(ROOM, "frog old"));
        store.append(List.of(hideHistory(ROOM), comes(ROOM, BOB), draft(ROOM, "frog new")));

        assertThat(seqsOf(search(SearchQuery.of(List.of(ROOM), BOB, "frog", 10))))
                .containsExactly(4L);
        assertThat(seqsOf(search(SearchQuery.of(List.of(ROOM), ADA, "frog", 10))))
                .isEmpty();
    }

    @Test
    void aSearchFindsNothingThatIsGone() {
        store.append(drafts(ROOM, "frog a", "frog b", "frog c"));
        store.append(List.of(erase(ROOM, 2), trim(ROOM, 1)));

        assertThat(found("frog")).containsExactly(3L);
        assertThat(found("b")).isEmpty();
    }

    @Test
    void findingsComeInPagesNewestFirst() {
        for (int i = 0; i < 25; i++) {
            store.append(drafts(i % 2 == 0 ? ROOM : OTHER_ROOM, "frog " + i, "toad " + i));
            later();
        }

        List<String> read = new ArrayList<>();
        SearchQuery query = SearchQuery.of(List.of(ROOM, OTHER_ROOM), ADA, "frog", 4);
        SearchPage page = search(query);
        for (int pages = 1; ; pages++) {
            assertThat(pages).as("pages").isLessThan(100);
            page.messages().forEach(message -> read.add(message.body().text().orElse("")));
            if (page.next().isEmpty()) {
                break;
            }
            page = search(query.after(page.next().get()));
        }
        assertThat(read)
                .isEqualTo(LongStream.range(0, 25)
                        .mapToObj(i -> "frog " + (24 - i))
                        .collect(toList()));
    }

    @Test
    void whatComesMeanwhileShiftsNoFindings() {
        store.append(drafts(ROOM, "frog 1", "frog 2", "frog 3"));
        SearchQuery query = SearchQuery.of(List.of(ROOM), ADA, "frog", 2);
        SearchPage first = search(query);
        store.append(drafts(ROOM, "frog 4", "frog 5"));

        assertThat(seqsOf(first)).containsExactly(3L, 2L);
        assertThat(seqsOf(search(query.after(first.next().get())))).containsExactly(1L);
    }

    @Test
    void aSearchGoesOnBehindAnyMessageThatItFound() {
        store.append(drafts(ROOM, "frog 1", "frog 2", "frog 3", "frog 4"));
        SearchQuery query = SearchQuery.of(List.of(ROOM), ADA, "frog", 4);
        Message second = search(query).messages().get(1);

        assertThat(seqsOf(search(query.after(SearchPlace.of(second).cursor())))).containsExactly(2L, 1L);
    }

    @Test
    void aCursorThatNoPageEndedWithIsRefusedAndNotRepeated() {
        store.append(drafts(ROOM, "frog"));
        SearchQuery query = SearchQuery.of(List.of(ROOM), ADA, "frog", 10);

        for (String cursor : List.of(
                "",
                "-5",
                "FORGED",
                "1/FORGED",
                "FORGED/room/1",
                "1/room/FORGED",
                "1/FORGED\r\n/1",
                "-1/room/1",
                "1/room/1/FORGED",
                "1/room/-1",
                "99999999999999999999/room/1",
                "1//1")) {
            assertThatIllegalArgumentException()
                    .as(cursor)
                    .isThrownBy(() -> search(query.after(cursor)))
                    .withMessageNotContaining("FORGED");
        }
        assertThat(seqsOf(search(query.after("9999999999999999/room/9999999999999999"))))
                .containsExactly(1L);
    }

    private SearchPage search(SearchQuery query) {
        return store.search(query);
    }

    private List<Long> found(String wanted) {
        return seqsOf(search(SearchQuery.of(List.of(ROOM), ADA, wanted, 10)));
    }

    private static List<Long> seqsOf(SearchPage page) {
        return page.messages().stream().map(Message::seq).collect(toList());
    }
}
