package io.natterjack.client;

import io.natterjack.core.ClientId;
import io.natterjack.core.DeviceId;
import java.util.Random;
import java.util.UUID;
import java.util.function.LongSupplier;

/** Makes identifiers of UUID version 7 (RFC 9562): the time, then 74 random bits. Any thread. */
final class ClientIds {
    private final Random random;
    private final LongSupplier wallMillis;

    ClientIds(Random random, LongSupplier wallMillis) {
        this.random = random;
        this.wallMillis = wallMillis;
    }

    ClientId next() {
        return new ClientId(uuid());
    }

    DeviceId device() {
        return new DeviceId(uuid());
    }

    private String uuid() {
        long high = wallMillis.getAsLong() << 16 | 0x7000 | random.nextLong() >>> 52;
        long low = 0x8000_0000_0000_0000L | random.nextLong() >>> 2;
        return new UUID(high, low).toString();
    }
}
