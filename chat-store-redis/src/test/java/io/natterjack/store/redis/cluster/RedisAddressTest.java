package io.natterjack.store.redis.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RedisAddressTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "redis://user:hush^s@10.0.0.5:6379",
                "redis://user:hush s@10.0.0.5:6379",
                "redis://user:hush%xs@10.0.0.5:6379",
                "redis://user:{hush}@10.0.0.5:6379,10.0.0.6:6379",
                "rediss://user:hu|hush@10.0.0.5:6379",
                "redis-sentinel://hush^s@10.0.0.5:26379#master",
                "user:hush@localhost:6379",
                "localhost:6379",
                "hush"
            })
    void anAddressThatCantBeReadIsNotRepeatedForItMayHaveAPassword(String address) {
        Throwable refusal = catchThrowable(() -> RedisCluster.connect(address));

        assertThat(refusal)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("redis://[USER:PASSWORD@]HOST:PORT")
                .hasMessageContaining("%5E");
        StringWriter trace = new StringWriter();
        refusal.printStackTrace(new PrintWriter(trace));
        assertThat(trace.toString()).doesNotContain("hush");
    }
}
