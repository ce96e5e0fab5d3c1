package io.natterjack.examples.integration;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which part may know which, as docs/architecture.md has it. */
final class ArchitectureTest {
    private static final String CORE = "io.natterjack.core..";
    private static final String TESTKIT = "io.natterjack.testkit..";
    private static final String SERVER = "io.natterjack.server..";
    private static final String CLIENT = "io.natterjack.client..";
    private static final String JDBC = "io.natterjack.store.jdbc..";
    private static final String REDIS = "io.natterjack.store.redis..";

    private static final JavaClasses LIBRARY = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(
                    "io.natterjack.core",
                    "io.natterjack.testkit",
                    "io.natterjack.server",
                    "io.natterjack.client",
                    "io.natterjack.store");
    private static final JavaClasses PRODUCTION =
            LIBRARY.that(resideInAPackage(TESTKIT).negate());

    @Test
    void allModulesAreLookedAt() {
        for (String module : Set.of(CORE, TESTKIT, SERVER, CLIENT, JDBC, REDIS)) {
            assertThat(LIBRARY.that(resideInAPackage(module))).as(module).isNotEmpty();
        }
    }

    @Test
    void theCoreKnowsNoOtherModule() {
        assertOnlyKnows(CORE, CORE);
    }

    @Test
    void everyOtherModuleKnowsTheCoreAlone() {
        for (String module : Set.of(TESTKIT, SERVER, CLIENT, JDBC, REDIS)) {
            assertOnlyKnows(module, CORE);
        }
    }

    private static void assertOnlyKnows(String module, String other) {
        noClasses()
                .that()
                .resideInAPackage(module)
                .should()
                .dependOnClassesThat(resideInAPackage("io.natterjack..")
                        .and(resideInAnyPackage(module, other).negate()))
                .check(LIBRARY);
    }

    @Test
    void theWireDoesNotKnowTheInterfacesOfTheEngine() {
        noClasses()
                .that()
                .resideInAPackage("io.natterjack.core.wire..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.natterjack.core.spi..")
                .check(LIBRARY);
    }

    @Test
    void jsonIsReadAndWrittenInTheCoreAlone() {
        assertUsedIn("com.google.gson..", "io.natterjack.core.text..", "io.natterjack.core.wire..");
    }

    @Test
    void tokensAreTheBusinessOfOnePackage() {
        assertUsedIn("com.nimbusds..", "io.natterjack.server.jwt..");
    }

    @Test
    void tlsIsTheBusinessOfOnePackage() {
        assertUsedIn("tlschannel..", "io.natterjack.server.websocket..");
    }

    @Test
    void sqlIsTheBusinessOfOneModule() {
        assertUsedIn("org.jdbi..", JDBC);
        assertUsedIn("java.sql..", JDBC);
        assertUsedIn("javax.sql..", JDBC);
    }

    @Test
    void redisIsTheBusinessOfOneModule() {
        assertUsedIn("io.lettuce..", REDIS);
        assertUsedIn("io.netty..", REDIS);
    }

    private static void assertUsedIn(String library, String... packages) {
        noClasses()
                .that()
                .resideOutsideOfPackages(packages)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library)
                .check(PRODUCTION);
    }

    @Test
    void theWebSocketLibraryIsKnownToOnePackageOfTheServerAndOneClassOfTheClient() {
        assertUsedIn("org.java_websocket..", "io.natterjack.server.websocket..", CLIENT);

        Set<String> ofClient = LIBRARY.that(resideInAPackage(CLIENT)).stream()
                .filter(each -> each.getDirectDependenciesFromSelf().stream()
                        .anyMatch(to -> to.getTargetClass().getPackageName().startsWith("org.java_websocket")))
                .map(ArchitectureTest::topLevel)
                .collect(Collectors.toSet());
        assertThat(ofClient).hasSize(1);
    }

    private static String topLevel(JavaClass type) {
        String name = type.getName();
        int nested = name.indexOf('$');
        return nested < 0 ? name : name.substring(0, nested);
    }

    @Test
    void packagesFormNoCycles() {
        // Whole package names, so that a module's first package counts as one beside the others.
        slices().matching("io.natterjack.(**)").should().beFreeOfCycles().check(LIBRARY);
    }

    @Test
    void theServersPackagesBuildOnEachOtherInOneDirection() {
        assertPackageKnows("io.natterjack.server.websocket");
        assertPackageKnows("io.natterjack.server.jwt");
        assertPackageKnows("io.natterjack.server.node");
        assertPackageKnows("io.natterjack.server.engine", "io.natterjack.server.node");
        assertPackageKnows("io.natterjack.server.session", "io.natterjack.server.engine", "io.natterjack.server.node");
    }

    @Test
    void allThatUsesRedisBuildsOnItsConnectionsAndNotOnEachOther() {
        String connection = "io.natterjack.store.redis.connection";
        assertPackageKnows(connection);
        assertPackageKnows("io.natterjack.store.redis.cluster", connection);
        assertPackageKnows("io.natterjack.store.redis.queue", connection);
        assertPackageKnows("io.natterjack.store.redis", connection);
    }

    /** Of the packages of its own module. */
    private static void assertPackageKnows(String itself, String... others) {
        String[] allowed = Stream.concat(Stream.of(itself), Stream.of(others)).toArray(String[]::new);
        noClasses()
                .that()
                .resideInAPackage(itself)
                .should()
                .dependOnClassesThat(resideInAnyPackage(SERVER, REDIS)
                        .and(resideInAnyPackage(allowed).negate()))
                .check(LIBRARY);
    }

    @Test
    void nobodySleeps() {
        noClasses()
                .should()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callMethod(Thread.class, "sleep", long.class, int.class)
                .orShould()
                .callMethod(java.util.concurrent.TimeUnit.class, "sleep", long.class)
                .check(PRODUCTION);
    }

    @Test
    void whatRunsOnAndroidHasNoRecords() {
        noClasses().that().resideInAnyPackage(CORE, CLIENT).should().beRecords().check(LIBRARY);
    }

    @Test
    void nothingIsSerializedByJava() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.io.ObjectInputStream")
                .check(PRODUCTION);
    }
}
