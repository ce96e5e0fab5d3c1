import org.jspecify.annotations.NullMarked;

/** The words of Natterjack: identifiers, values, the wire frames, and the interfaces that modules implement. No I/O. */
@NullMarked
@SuppressWarnings("module") // the modules named below are compiled after this one
module io.natterjack.core {
    requires com.google.gson;
    requires org.slf4j;
    requires static org.jspecify;

    exports io.natterjack.core;
    exports io.natterjack.core.spi;
    exports io.natterjack.core.wire;
    exports io.natterjack.core.lane to
            io.natterjack.server,
            io.natterjack.client,
            io.natterjack.store.redis,
            io.natterjack.testkit;
    exports io.natterjack.core.text to
            io.natterjack.client,
            io.natterjack.server,
            io.natterjack.store.jdbc,
            io.natterjack.store.redis;
}
