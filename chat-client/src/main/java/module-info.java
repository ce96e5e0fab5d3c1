import org.jspecify.annotations.NullMarked;

/** A chat client for the JVM and for Android: it keeps its place in every room and what it has to send, and comes back by itself. */
@NullMarked
module io.natterjack.client {
    requires transitive io.natterjack.core;
    requires org.java_websocket;
    requires org.slf4j;
    requires static org.jspecify;

    exports io.natterjack.client;
}
