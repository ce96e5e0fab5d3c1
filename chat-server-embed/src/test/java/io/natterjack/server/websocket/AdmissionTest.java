package io.natterjack.server.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class AdmissionTest {
    private final Admission admission = new Admission(2, 2);

    private static InetAddress address(String text) {
        return Addresses.parse(text).orElseThrow();
    }

    @Test
    void thereIsRoomUntilTheLimitAndAgainWhenOneGoes() {
        admission.enter();
        admission.enter();
        assertThat(admission.room()).isZero();

        AtomicInteger told = new AtomicInteger();
        admission.whenThereIsRoom(told::incrementAndGet);
        admission.leave();
        admission.leave();
        assertThat(admission.room()).isEqualTo(2);
        assertThat(told).as("told once, when there was none before").hasValue(1);
    }

    @Test
    void oneAddressMayComeSoOften() {
        assertThat(admission.enterFrom(address("192.0.2.1"))).isTrue();
        assertThat(admission.enterFrom(address("192.0.2.1"))).isTrue();
        assertThat(admission.enterFrom(address("192.0.2.1"))).isFalse();
        assertThat(admission.enterFrom(address("192.0.2.2"))).isTrue();

        admission.leaveFrom(address("192.0.2.1"));
        assertThat(admission.enterFrom(address("192.0.2.1"))).isTrue();
    }

    @Test
    void aNetworkOfSixtyFourBitsCountsAsOne() {
        assertThat(admission.enterFrom(address("2001:db8:0:1::1"))).isTrue();
        assertThat(admission.enterFrom(address("2001:db8:0:1:ffff::2"))).isTrue();
        assertThat(admission.enterFrom(address("2001:db8:0:1::3"))).isFalse();
        assertThat(admission.enterFrom(address("2001:db8:0:2::3"))).isTrue();

        admission.leaveFrom(address("2001:db8:0:1::9"));
        assertThat(admission.enterFrom(address("2001:db8:0:1::3"))).isTrue();
    }
}
