import org.jspecify.annotations.NullMarked;

/** A chat server that runs inside an application. */
@NullMarked
module io.natterjack.server {
    requires transitive io.natterjack.core;
    requires com.nimbusds.jose.jwt;
    requires org.java_websocket;
    requires org.slf4j;
    requires static org.jspecify;

    exports io.natterjack.server;
    exports io.natterjack.server.jwt;
    exports io.natterjack.server.websocket;
}
