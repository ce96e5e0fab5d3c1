import org.jspecify.annotations.NullMarked;

/** Keeps chat data in a relational database. */
@NullMarked
module io.natterjack.store.jdbc {
    requires transitive io.natterjack.core;
    requires transitive java.sql;
    requires io.leangen.geantyref;
    requires transitive org.jdbi.v3.core;
    requires org.slf4j;
    requires static org.jspecify;
    requires static org.xerial.sqlitejdbc;

    exports io.natterjack.store.jdbc;
}
