package io.natterjack.store.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** A data source whose connections fail at their commits, as often as a test wants, and that counts what is open. */
final class FaultySource {
    private final DataSource source;
    private final AtomicInteger failures = new AtomicInteger();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger statements = new AtomicInteger();
    private final AtomicReference<@Nullable Runnable> before = new AtomicReference<>();
    private volatile String beginning = "";
    private volatile String state = "";

    FaultySource(DataSource source) {
        this.source = source;
    }

    /** Lets the next commits take place but fail to say so. */
    void swallowAnswers(int times, String sqlState) {
        state = sqlState;
        failures.set(times);
    }

    /** Does something before the next statement that begins so. */
    void before(String beginningOfStatement, Runnable what) {
        beginning = beginningOfStatement;
        before.set(what);
    }

    /** Returns how many statements were prepared until now. */
    int statements() {
        return statements.get();
    }

    private void beforeStatement(String sql) {
        statements.incrementAndGet();
        Runnable what = sql.startsWith(beginning) ? before.getAndSet(null) : null;
        if (what != null) {
            what.run();
        }
    }

    /** Returns how many connections were taken and not given back. */
    int open() {
        return open.get();
    }

    DataSource source() {
        return proxy(DataSource.class, source, false);
    }

    private <T> T proxy(Class<T> type, T target, boolean commits) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    boolean runs = method.getName().startsWith("execute");
                    boolean fails = commits && runs && failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
                    if (target instanceof Connection && method.getName().equals("prepareStatement")) {
                        beforeStatement(String.valueOf(arguments[0]));
                    }
                    Object result;
                    try {
                        result = method.invoke(target, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                    if (fails) {
                        throw new SQLException("on purpose", state);
                    }
                    if (result instanceof Connection connection) {
                        open.incrementAndGet();
                        return proxy(Connection.class, connection, false);
                    }
                    if (target instanceof Connection && method.getName().equals("close")) {
                        open.decrementAndGet();
                    }
                    if (target instanceof Connection && result instanceof PreparedStatement statement) {
                        String sql = String.valueOf(arguments[0]).toLowerCase(Locale.ROOT);
                        return proxy(PreparedStatement.class, statement, sql.endsWith("commit"));
                    }
                    return result;
                }));
    }
}
