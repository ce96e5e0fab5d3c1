package io.natterjack.examples.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.RedisClusterURIUtil;
import io.natterjack.store.redis.queue.AckAt;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.ParameterException;

final class OptionsTest {
    @Test
    void theDefaultsAreALocalServerOnASqliteFile() {
        assertThat(settings("--insecure-dev-tokens"))
                .isEqualTo(new Settings(
                        new Settings.Listening(
                                "127.0.0.1", 8080, Optional.empty(), Optional.empty(), List.of(), 10_000, 1_000),
                        new Settings.Storage.Sqlite(Path.of("chat-data")),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(20)));
    }

    @Test
    void valuesFollowTheNameOrAnEqualsSign() {
        assertThat(settings("--insecure-dev-tokens", "--port", "80").listening().port())
                .isEqualTo(80);
        assertThat(settings("--insecure-dev-tokens", "--port=80").listening().port())
                .isEqualTo(80);
    }

    @Test
    void severalServersNeedWhatTheyCanShare() {
        String database = "--jdbc-url=jdbc:postgresql://db/chat";
        Settings settings = settings("--insecure-dev-tokens", database, "--redis=redis://u:secret@r", "--queue=redis");
        assertThat(settings.redis().orElseThrow().address().uri()).isEqualTo("redis://u:secret@r");
        assertThat(settings.redis().orElseThrow().queue()).contains(AckAt.STORE);
        assertThat(settings.toString()).doesNotContain("secret");
        assertThat(settings("--insecure-dev-tokens", "--redis=redis://r", "--store=redis")
                        .storage())
                .isInstanceOf(Settings.Storage.InRedis.class);

        assertThat(problem("--redis=redis://r")).contains("--jdbc-url");
        assertThat(problem("--queue=redis")).contains("--queue needs --redis");
        assertThat(problem("--store=redis")).contains("--store needs --redis");
        assertThat(problem(database, "--redis=redis://r", "--ack-at=queue")).contains("--queue");
        assertThat(problem(database, "--redis=redis://r", "--queue=redis", "--ack-at=never"))
                .contains("--ack-at must be");
        assertThat(problem("--redis=redis://r", "--store=redis", "--queue=redis"))
                .contains("exclude each other");
        assertThat(problem("--redis=redis://r", "--store=disk")).contains("--store must be redis");
    }

    @Test
    void thePasswordForRedisMayBeInAFile() {
        Settings.RedisAddress address = settings(
                        "--insecure-dev-tokens",
                        "--redis=redis://u@a:1,b:2",
                        "--store=redis",
                        "--redis-password-file=f")
                .redis()
                .orElseThrow()
                .address();
        assertThat(address.passwordFile()).contains(Path.of("f"));
        assertThat(address.with("p@:/ +%")).isEqualTo("redis://u:p%40%3A%2F%20%2B%25@a:1,b:2");
        assertThat(passwordThatRedisReads("redis://h:1")).isEqualTo("p@:/ +%");
        assertThat(passwordThatRedisReads("rediss://u@h:1/2")).isEqualTo("p@:/ +%");
        assertThat(passwordThatRedisReads("redis://h:1,i:1")).isEqualTo("p@:/ +%");
        assertThat(passwordThatRedisReads("redis-sentinel://h:1,i:1#m")).isEqualTo("p@:/ +%");
        assertThat(problem("--redis-password-file=f")).contains("--redis-password-file needs --redis");
        assertThat(problem("--redis=redis://u:hush@r", "--store=redis", "--redis-password-file=f"))
                .contains("--redis must not have a password")
                .doesNotContain("hush");
    }

    private static String passwordThatRedisReads(String uri) {
        String whole = new Settings.RedisAddress(uri, Optional.empty()).with("p@:/ +%");
        List<RedisURI> read = uri.startsWith("redis-sentinel:")
                ? List.of(RedisURI.create(whole))
                : RedisClusterURIUtil.toRedisURIs(URI.create(whole));
        return String.valueOf(read.get(read.size() - 1)
                .getCredentialsProvider()
                .resolveCredentials()
                .block()
                .getPassword());
    }

    private static String problem(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--insecure-dev-tokens");
        return String.valueOf(assertThrows(ParameterException.class, () -> settings(all.toArray(String[]::new)))
                .getMessage());
    }

    @Test
    void whatConcernsConnectionsCanBeSaid() {
        Settings.Listening listening = settings(
                        "--jwt-secret-file=s",
                        "--tls-certificate=server.crt",
                        "--tls-key=server.key",
                        "--behind-tls-proxy=10.0.0.0/8,192.0.2.1",
                        "--allow-origin=https://a.example",
                        "--allow-origin=https://b.example",
                        "--max-connections=5",
                        "--max-connections-per-address=2")
                .listening();

        assertThat(listening)
                .isEqualTo(new Settings.Listening(
                        "127.0.0.1",
                        8080,
                        Optional.of(new Settings.Tls(Path.of("server.crt"), Path.of("server.key"))),
                        Optional.of(List.of("10.0.0.0/8", "192.0.2.1")),
                        List.of("https://a.example", "https://b.example"),
                        5,
                        2));
        assertThat(settings("--jwt-secret-file=s", "--behind-tls-proxy=any")
                        .listening()
                        .proxies())
                .contains(List.of());
    }

    @Test
    void whereEverybodyIsBelievedNobodyElsesMachineCanCome() {
        assertThat(settings("--insecure-dev-tokens", "--host=localhost")
                        .listening()
                        .host())
                .isEqualTo("localhost");
        assertThat(mistake("--host=0.0.0.0", "--behind-tls-proxy=any")).contains("--insecure-dev-tokens");
        assertThat(mistake("--host=0.0.0.0", "--tls-certificate=c", "--tls-key=k"))
                .contains("--host");
        assertThat(mistake("--behind-tls-proxy=10.0.0.1")).contains("--behind-tls-proxy");
    }

    @Test
    void aCertificateWithoutItsKeyIsRefused() {
        assertThat(explained("--insecure-dev-tokens", "--tls-certificate=server.crt"))
                .isEqualTo("--tls-certificate and --tls-key go together");
    }

    @Test
    void allOfPostgresCanBeSaid() {
        Settings settings = settings(
                "--jwt-secret-file=s", "--jdbc-url=jdbc:postgresql://db/chat", "--jdbc-user=u", "--jdbc-password=p");

        assertThat(settings.storage())
                .isEqualTo(new Settings.Storage.Jdbc(
                        "jdbc:postgresql://db/chat",
                        Optional.of("u"),
                        new Settings.Password(Optional.of("p"), Optional.empty())));
        assertThat(settings.jwtSecretFile()).contains(Path.of("s"));
    }

    @Test
    void thePasswordDoesNotShow() {
        assertThat(settings("--insecure-dev-tokens", "--jdbc-url=jdbc:postgresql:x", "--jdbc-password=hush")
                        .toString())
                .doesNotContain("hush");
        assertThat(settings("--insecure-dev-tokens", "--jdbc-url=jdbc:mariadb://db/chat?keyStorePassword=hush")
                        .toString())
                .contains("jdbc:mariadb://db/chat")
                .doesNotContain("hush");
    }

    @Test
    void aPasswordHasItsOwnOptionAndNoPlaceInTheAddress() {
        assertThat(List.of(
                        mistake("--jdbc-url=jdbc:postgresql://db/chat?user=u&password=hush"),
                        mistake("--jdbc-url=jdbc:mariadb://u:hush@db/chat")))
                .allMatch(message -> message.contains("--jdbc-password-file"))
                .noneMatch(message -> message.contains("hush"));
    }

    @Test
    void aPasswordIsTakenAsItIs() {
        Settings settings =
                settings("--insecure-dev-tokens", "--jdbc-url", "jdbc:postgresql:x", "--jdbc-password", "@\"a=${b}");

        assertThat(((Settings.Storage.Jdbc) settings.storage()).password().text())
                .contains("@\"a=${b}");
    }

    @Test
    void noMistakeShowsThePassword() {
        assertThat(List.of(
                        mistake("--jdbc-password=hush", "--jdbc-password=hush"),
                        mistake("--jdbc-password=hush", "--jdbc-password-file=f"),
                        mistake("--jdbc-password=hush", "--memory"),
                        mistake("--jdbc-pasword=hush"),
                        mistake("--jdbc-password", "a", "hush"),
                        mistake("--jdbc-url=jdbc:other://u:hush@db/chat")))
                .noneMatch(message -> message.contains("hush"));
    }

    @Test
    void theRateLimitCanBeSetAndLifted() {
        assertThat(settings("--insecure-dev-tokens", "--rate-limit", "5").framesPerSecond())
                .contains(5);
        assertThat(settings("--insecure-dev-tokens", "--rate-limit", "off").framesPerSecond())
                .isEmpty();
    }

    @Test
    void helpNeedsNothingElse() {
        Options options = new Options();
        options.parser().parseArgs("--help");

        assertThat(options.help()).isTrue();
    }

    @Test
    void everyMistakeSaysWhatToDo() {
        assertThat(explained()).contains("--jwt-secret-file FILE", "--insecure-dev-tokens");
        assertThat(explained("--jwt-secret-file=s", "--insecure-dev-tokens"))
                .isEqualTo("--jwt-secret-file and --insecure-dev-tokens exclude each other");
        assertThat(mistake("--memory", "--data=d")).isEqualTo("--data and --memory exclude each other");
        assertThat(mistake("--jdbc-url=jdbc:sqlite:x")).contains("for SQLite use --data");
        assertThat(mistake("--jdbc-user=u")).isEqualTo("--jdbc-user needs --jdbc-url beside it");
        assertThat(mistake("--rate-limit=0")).isEqualTo("--rate-limit must be 1 to 1000000 or off, was 0");
        assertThat(mistake("--rate-limit=on")).isEqualTo("--rate-limit must be a number or off, was on");
        assertThat(mistake("--port=99999")).isEqualTo("--port must be 0 to 65535, was 99999");
    }

    @Test
    void everyMistakeNamesItsOption() {
        assertThat(mistake("--colour", "red")).isEqualTo("unknown option --colour");
        assertThat(mistake("--port")).contains("--port");
        assertThat(mistake("--port", "--memory")).contains("--port");
        assertThat(mistake("--port=x")).contains("--port", "x");
        assertThat(mistake("--port=1", "--port=2")).contains("--port");
        assertThat(mistake("--memory=yes")).contains("--memory");
    }

    @Test
    void theReadmeHasTheHelpText() throws IOException {
        String readme = Files.readString(
                Files.exists(Path.of("README.md")) && Files.exists(Path.of("src"))
                        ? Path.of("README.md")
                        : Path.of("examples/standalone/README.md"));
        assertThat(readme).contains(new Options().parser().getUsageMessage().strip());
    }

    @Test
    void everyOptionIsExplained() {
        assertThat(new Options().parser().getCommandSpec().options())
                .allSatisfy(option -> assertThat(option.description()).isNotEmpty());
    }

    @Test
    void otherMachinesAreNotListenedToInClearText() {
        assertThat(mistake("--host=0.0.0.0"))
                .isEqualTo("--host 0.0.0.0 needs --tls-certificate and --tls-key,"
                        + " or --behind-tls-proxy ADDRESSES if a proxy ends TLS");
        assertThat(settings("--jwt-secret-file=s", "--host=0.0.0.0", "--behind-tls-proxy=any")
                        .listening()
                        .host())
                .isEqualTo("0.0.0.0");
        assertThat(settings("--insecure-dev-tokens", "--host=::1").listening().host())
                .isEqualTo("::1");
    }

    @Test
    void theOneThatIsTooSmallIsNamed() {
        assertThat(mistake("--max-connections=0")).isEqualTo("--max-connections must be 1 or more, was 0");
        assertThat(mistake("--max-connections-per-address=-1"))
                .isEqualTo("--max-connections-per-address must be 1 or more, was -1");
    }

    private static String mistake(String... more) {
        String[] arguments = new String[more.length + 1];
        arguments[0] = "--insecure-dev-tokens";
        System.arraycopy(more, 0, arguments, 1, more.length);
        return explained(arguments);
    }

    private static String explained(String... arguments) {
        return Options.explain(catchThrowableOfType(ParameterException.class, () -> settings(arguments)));
    }

    private static Settings settings(String... arguments) {
        Options options = new Options();
        return options.settings(options.parser().parseArgs(arguments));
    }
}
