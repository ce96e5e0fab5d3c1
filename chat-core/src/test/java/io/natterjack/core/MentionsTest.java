package io.natterjack.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class MentionsTest {
    private static MessageBody mentioning(Stream<String> names) {
        return MessageBody.json(
                names.map(name -> '"' + name + '"').collect(Collectors.joining(",", "{\"mentions\":[", "]}")));
    }

    private static Stream<String> people(int count) {
        return IntStream.range(0, count).mapToObj(i -> Integer.toString(i, 36));
    }

    @Test
    void fiftyPeopleMayBeMentioned() {
        Mentions mentions = Mentions.of(mentioning(people(50)));

        assertThat(mentions.users()).hasSize(50);
        assertThat(mentions.users()).startsWith(new UserId("0"), new UserId("1"));
        assertThat(mentions.has(new UserId("1d"))).isTrue();
        assertThat(mentions.has(new UserId("1e"))).isFalse();
    }

    @Test
    void oneMoreIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Mentions.of(mentioning(people(51))))
                .withMessage("a message may mention 50 people");
    }

    @Test
    void aNameThatComesAgainCountsOnce() {
        Mentions mentions = Mentions.of(mentioning(Stream.concat(people(50), people(50))));

        assertThat(mentions.users()).hasSize(50);
    }

    /** Were those behind the first one too many looked at, this would be about the last one, which can't be a name. */
    @Test
    void whatLiesBehindTheFirstOneTooManyIsNotLookedAt() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Mentions.of(mentioning(Stream.concat(people(5_000), Stream.of("")))))
                .withMessage("a message may mention 50 people");
    }

    @Test
    void whatCanBeNoNameIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> Mentions.of(mentioning(Stream.of(""))));
    }

    @Test
    void everybodyIsMentionedByAFieldOfItsOwn() {
        Mentions mentions = Mentions.of(MessageBody.json("{\"mentionAll\":true}"));

        assertThat(mentions.isEverybody()).isTrue();
        assertThat(mentions.users()).isEmpty();
        assertThat(Mentions.of(MessageBody.text("no mention"))).isEqualTo(Mentions.NONE);
    }
}
