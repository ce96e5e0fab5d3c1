import org.jspecify.annotations.NullMarked;

/** Tests that every implementation of Natterjack's interfaces must pass, and what stands in for time and the network in tests. */
@NullMarked
module io.natterjack.testkit {
    requires transitive io.natterjack.core;
    requires transitive org.junit.jupiter.api;
    requires java.net.http;
    requires org.assertj.core;
    requires org.slf4j;
    requires static org.jspecify;

    exports io.natterjack.testkit;

    // JUnit calls the contracts' test methods, which aren't public.
    opens io.natterjack.testkit;
}
