package io.natterjack.examples.console;

import io.natterjack.core.CloseReason;
import io.natterjack.core.HistoryQuery;
import io.natterjack.core.RoomId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** A chat client for the terminal: {@code java -jar natterjack-console.jar --help} tells its options. */
public final class Console {
    private static final int FAILED = ExitCode.SOFTWARE;
    private static final int NOT_ALL_ANSWERED = 3;

    private static final String HELP = """
            /join ROOM       join a room and speak in it
            /room ROOM       speak in another room that you are in
            /leave           leave the room
            /history [N]     show the room's last messages
            /quit            wait until the server has everything, and end
            //text           send a text that begins with a slash""";

    private final Conversation conversation;
    private final Screen screen;

    private Console(Conversation conversation, Screen screen) {
        this.conversation = conversation;
        this.screen = screen;
    }

    /** Chats until the input ends. */
    public static void main(String[] arguments) throws InterruptedException, IOException {
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        System.exit(run(arguments, out));
    }

    private static int run(String[] arguments, PrintStream out) throws IOException {
        Options options = new Options();
        CommandLine parser = options.parser();
        Settings settings;
        try {
            ParseResult given = parser.parseArgs(arguments);
            if (options.help()) {
                parser.usage(out);
                out.flush();
                return ExitCode.OK;
            }
            settings = options.settings(given);
        } catch (ParameterException wrong) {
            System.err.println("natterjack: " + Options.explain(wrong) + System.lineSeparator());
            parser.usage(System.err);
            return ExitCode.USAGE;
        }
        return chat(settings, new Screen(out));
    }

    private static int chat(Settings settings, Screen screen) throws IOException {
        CompletableFuture<Integer> exit = new CompletableFuture<>();
        try (FactLog log = FactLog.open(settings.log());
                Conversation conversation = new Conversation(settings, screen, log)) {
            conversation.closed().thenAccept(reason -> {
                if (!reason.equals(CloseReason.NORMAL)) {
                    screen.note("the server has ended this for good, code " + reason.code() + ": " + reason.text()
                            + (reason.equals(CloseReason.AUTH) ? "; its log says why" : ""));
                    exit.complete(FAILED);
                }
            });
            Console console = new Console(conversation, screen);
            Thread input = new Thread(() -> exit.complete(console.readAll(settings.drainTimeout())), "console-input");
            input.setDaemon(true);
            input.start();
            return exit.join();
        }
    }

    private int readAll(Duration drainTimeout) {
        try {
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line = in.readLine(); line != null && !line.equals("/quit"); line = in.readLine()) {
                take(line);
            }
            int open = conversation.drain(drainTimeout);
            if (open > 0) {
                screen.note(open + " messages have no answer: whether the server has them isn't known");
            }
            return open > 0 ? NOT_ALL_ANSWERED : 0;
        } catch (IOException | RuntimeException failure) {
            screen.note("failed: " + failure);
            return FAILED;
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            return FAILED;
        }
    }

    private void take(String line) throws InterruptedException {
        if (line.startsWith("//")) {
            conversation.send(line.substring(1));
        } else if (line.startsWith("/")) {
            command(line.strip());
        } else if (!line.isBlank()) {
            conversation.send(line);
        }
    }

    private void command(String line) {
        int space = line.indexOf(' ');
        String name = space < 0 ? line : line.substring(0, space);
        String argument = space < 0 ? "" : line.substring(space).strip();
        switch (name) {
            case "/join" -> withRoom(argument, conversation::join);
            case "/room" -> withRoom(argument, conversation::switchTo);
            case "/leave" -> conversation.leave();
            case "/history" -> history(argument);
            case "/help" -> screen.print(HELP);
            default -> screen.note("no such command: " + name + "; /help lists them");
        }
    }

    private void withRoom(String name, Consumer<RoomId> action) {
        RoomId room;
        try {
            room = new RoomId(name);
        } catch (IllegalArgumentException wrong) {
            screen.note(String.valueOf(wrong.getMessage()));
            return;
        }
        action.accept(room);
    }

    private void history(String count) {
        try {
            int messages = count.isEmpty() ? 20 : Integer.parseInt(count);
            if (messages >= 1 && messages <= HistoryQuery.MAX_LIMIT) {
                conversation.history(messages);
                return;
            }
        } catch (NumberFormatException notInteger) {
            // The note below says it.
        }
        screen.note("/history takes 1 to " + HistoryQuery.MAX_LIMIT);
    }
}
