package io.natterjack.examples.orders;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OrdersIT {
    @Test
    void theCustomerHearsOfTheOrderThatWasPlacedAndOfNoOther(@TempDir Path folder) throws Exception {
        assertThat(Orders.run(folder.resolve("shop.db"))).containsExactly("shop: Your order was placed: a frog");
    }
}
