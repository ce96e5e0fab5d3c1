package io.natterjack.server.engine;

import io.natterjack.core.spi.Signals;
import io.natterjack.testkit.SignalsContract;

final class LocalSignalsTest extends SignalsContract {
    @Override
    protected Signals open() {
        return new LocalSignals();
    }

    /** {@inheritDoc} It has by then. */
    @Override
    protected void settle() {}
}
