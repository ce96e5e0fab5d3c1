package io.natterjack.store.redis.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import java.net.ConnectException;
import org.junit.jupiter.api.Test;

final class RedisWhyTest {
    @Test
    void whatRedisRefusesIsToldApartFromSilence() {
        assertThat(Answers.unavailable(new RedisCommandExecutionException("OOM command not allowed")))
                .hasMessage("Redis refuses: OOM command not allowed");
        assertThat(Answers.unavailable(new RedisException("Connection closed"))).hasMessage("Redis doesn't answer");
    }

    @Test
    void ofAnAnswerThatMayRepeatWhatPeopleWroteOnlyTheFirstWordIsShown() {
        assertThat(RedisWhy.refusal(new RedisCommandExecutionException("ERR unknown command, with args: 'hush'")))
                .contains("ERR");
    }

    @Test
    void whereRedisSaysNothingTheSystemDoes() {
        Throwable failure = new RedisException("Unable to connect", new ConnectException("Connection refused: db"));
        assertThat(RedisWhy.inBrackets(failure)).isEqualTo("(ConnectException: Connection refused: db)");
    }
}
