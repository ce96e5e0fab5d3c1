module consumer {
    requires io.natterjack.client;
    requires io.natterjack.server;
    requires io.natterjack.store.jdbc;
    requires io.natterjack.store.redis;
}
