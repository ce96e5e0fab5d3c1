import org.jspecify.annotations.NullMarked;

/** A chat server that runs inside an application. */
@NullMarked
module io.natterjack.server {
    requires transitive io.natterjack.core;
    requires com.nimbusds.jose.jwt;
    requires org.java_websocket;
    requires tls.channel;
    // What tls.channel logs with; being an automatic module it can't say so.
    requires java.logging;
    requires org.slf4j;
    requires static org.jspecify;

    exports io.natterjack.server;
    exports io.natterjack.server.jwt;
    exports io.natterjack.server.websocket;
}
