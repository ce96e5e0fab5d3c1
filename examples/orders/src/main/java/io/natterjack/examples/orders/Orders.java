package io.natterjack.examples.orders;

import io.natterjack.client.ChatClient;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Principal;
import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.AuthResult;
import io.natterjack.server.ChatServer;
import io.natterjack.store.jdbc.JdbcMessageStore;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.sqlite.SQLiteDataSource;

/**
 * A shop that tells its customer of an order in the transaction that places it: the order and the message are there together, or
 * neither is. Run it and read what it prints.
 */
public final class Orders {
    private static final UserId SHOP = new UserId("shop");
    private static final RoomId ROOM = new RoomId("order-talk");

    private final DataSource database;
    private final JdbcMessageStore store;

    private Orders(DataSource database, JdbcMessageStore store) {
        this.database = database;
        this.store = store;
    }

    /** Runs the example. */
    public static void main(String[] arguments) throws Exception {
        Path folder = Files.createTempDirectory("natterjack-orders");
        try {
            run(folder.resolve("shop.db")).forEach(System.out::println);
        } finally {
            deleteAll(folder);
        }
    }

    private static void deleteAll(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    /** Places two orders, one of which fails, and returns what the customer heard. */
    static List<String> run(Path file) throws Exception {
        SQLiteDataSource database = new SQLiteDataSource();
        database.setUrl("jdbc:sqlite:" + file);
        try (JdbcMessageStore store = JdbcMessageStore.create(database);
                ChatServer server = ChatServer.builder(request -> CompletableFuture.completedFuture(
                                AuthResult.accepted(Principal.of(new UserId(request.token())))))
                        .store(store)
                        .port(0)
                        .start()) {
            Orders orders = new Orders(database, store);
            orders.createTable();
            BlockingQueue<String> heard = new LinkedBlockingQueue<>();
            URI address = URI.create("ws://127.0.0.1:" + server.port() + "/chat");
            try (ChatClient customer = ChatClient.builder(address, () -> CompletableFuture.completedFuture("customer"))
                    .connect()) {
                customer.join(
                        ROOM,
                        0,
                        message -> heard.add(
                                message.sender() + ": " + message.body().text().orElse("")));
                customer.ready().toCompletableFuture().get(10, TimeUnit.SECONDS);
                try {
                    orders.place("a unicorn");
                } catch (SQLException outOfStock) {
                    System.out.println("The order failed: " + outOfStock.getMessage());
                }
                orders.place("a frog");
                List<String> all = new ArrayList<>();
                for (String next = heard.poll(10, TimeUnit.SECONDS);
                        next != null;
                        next = heard.poll(500, TimeUnit.MILLISECONDS)) {
                    all.add(next);
                }
                return all;
            }
        }
    }

    private void createTable() throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement create = connection.prepareStatement(
                        "create table orders (id integer primary key, item text not null check (item <> 'a unicorn'))")) {
            create.execute();
        }
    }

    /** The order and its message, together or not at all. The message comes first here to show that its order doesn't matter. */
    private void place(String item) throws SQLException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try {
                store.outbox().post(connection, ROOM, SHOP, MessageBody.text("Your order was placed: " + item));
                try (PreparedStatement insert = connection.prepareStatement("insert into orders (item) values (?)")) {
                    insert.setString(1, item);
                    insert.executeUpdate();
                }
                connection.commit();
            } catch (SQLException failure) {
                connection.rollback();
                throw failure;
            }
        }
    }
}
