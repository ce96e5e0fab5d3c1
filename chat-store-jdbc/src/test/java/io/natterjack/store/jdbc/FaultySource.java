package io.natterjack.store.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/** A data source whose connections fail at their commits, as often as a test wants. */
final class FaultySource {
    private final DataSource source;
    private final AtomicInteger failures = new AtomicInteger();
    private volatile String state = "";

    FaultySource(DataSource source) {
        this.source = source;
    }

    /** Lets the next commits take place but fail to say so. */
    void swallowAnswers(int times, String sqlState) {
        state = sqlState;
        failures.set(times);
    }

    DataSource source() {
        return proxy(DataSource.class, source);
    }

    private <T> T proxy(Class<T> type, T target) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    boolean fails = method.getName().equals("commit") && failures.getAndDecrement() > 0;
                    Object result;
                    try {
                        result = method.invoke(target, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                    if (fails) {
                        throw new SQLException("on purpose", state);
                    }
                    return result instanceof Connection connection ? proxy(Connection.class, connection) : result;
                }));
    }
}
