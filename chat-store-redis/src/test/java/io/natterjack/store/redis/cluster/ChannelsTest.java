package io.natterjack.store.redis.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.cluster.SlotHash;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ChannelsTest {
    @Test
    void shardsAreSpreadOverTheSlots() {
        int[] ofEachThird = new int[3];
        for (String name : new Channels("natterjack", 0, 64).heardBy("n").subList(0, 64)) {
            ofEachThird[SlotHash.getSlot(name) * 3 / SlotHash.SLOT_COUNT]++;
        }

        assertThat(ofEachThird).containsExactlyInAnyOrder(21, 22, 21);
    }

    @Test
    void theNamesAreTheSameOnAllNodes() {
        assertThat(new Channels("natterjack", 0, 64).of("lobby"))
                .isEqualTo(new Channels("natterjack", 0, 64).of("lobby"));
    }

    @Test
    void thereAreAsManyAsWereAskedFor() {
        for (int count : List.of(1, 2, 64, 1_024)) {
            Set<String> names = new HashSet<>(new Channels("p", 0, count).heardBy("n"));
            assertThat(names).hasSize(count + 1).allMatch(name -> name.startsWith("p:"));
        }
    }

    @Test
    void databasesHaveChannelsOfTheirOwn() {
        assertThat(new Channels("p", 1, 64).heardBy("n"))
                .allMatch(name -> name.startsWith("p:1:"))
                .doesNotContainAnyElementsOf(new Channels("p", 0, 64).heardBy("n"));
    }
}
