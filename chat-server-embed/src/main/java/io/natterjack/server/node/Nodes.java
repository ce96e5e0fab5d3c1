package io.natterjack.server.node;

import io.natterjack.core.lane.Lane;
import io.natterjack.core.spi.Bus;
import io.natterjack.core.spi.Cluster;
import io.natterjack.core.spi.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this node says to the others and hears of them, over a {@link Bus}. All of it may get lost.
 *
 * <p><b>Bounded.</b> Texts that wait take {@value #MAX_WAITING_CHARS} characters at most; those beyond are dropped, as the bus might have
 * done, and who cares is told that something was lost.
 *
 * <p><b>Threads.</b> Any thread says and asks. Words are heard one after another on a lane, so that those who hear keep an order; they must
 * not block.
 */
public final class Nodes implements Bus.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(Nodes.class);
    private static final long MAX_WAITING_CHARS = 32 << 20;
    private static final int MAX_ASKED = 10_000;
    private static final String ASK = "ask";
    private static final String ANSWER = "answer";

    /** A question to all other nodes that waits for their answers. */
    private static final class Question {
        final Set<String> silent;
        final List<String> answers = new ArrayList<>();
        final CompletableFuture<List<String>> whenAll = new CompletableFuture<>();
        final boolean firstOnly;

        Question(Set<String> silent, boolean firstOnly) {
            this.silent = silent;
            this.firstOnly = firstOnly;
        }

        /** Takes an answer; an empty one says that there is nothing to say. */
        void answered(String node, String answer) {
            boolean isOver;
            synchronized (this) {
                silent.remove(node);
                if (!answer.isEmpty()) {
                    answers.add(answer);
                }
                isOver = silent.isEmpty() || firstOnly && !answers.isEmpty();
            }
            if (isOver) {
                end();
            }
        }

        /** Whoever waits goes on without the lock: it may be the application. */
        void end() {
            List<String> all;
            synchronized (this) {
                all = List.copyOf(answers);
            }
            whenAll.complete(all);
        }
    }

    private final Cluster cluster;
    private final Bus bus;
    private final Lane lane;
    private final Scheduler scheduler;
    private final Map<String, Consumer<NodeText>> words = new HashMap<>();
    private final Map<String, Function<String, String>> answerers = new HashMap<>();
    private final List<Runnable> whenLost = new CopyOnWriteArrayList<>();
    private final Map<Long, Question> questions = new ConcurrentHashMap<>();
    private final AtomicLong numbers = new AtomicLong();
    private final AtomicLong waitingChars = new AtomicLong();
    private final AtomicLong received = new AtomicLong();
    private final AtomicLong sent = new AtomicLong();
    private volatile boolean overflown;

    /** Makes one that hears nothing yet. */
    public Nodes(Cluster cluster, Executor lanes, Scheduler scheduler) {
        this.cluster = cluster;
        this.bus = cluster.bus();
        this.lane = new Lane(lanes);
        this.scheduler = scheduler;
        words.put(ASK, this::asked);
        words.put(ANSWER, this::answered);
    }

    /** Makes one for a process that knows of no other. */
    public static Nodes alone(Executor lanes, Scheduler scheduler) {
        return new Nodes(
                new SingleNode((time, grace) -> {
                    throw new IllegalStateException("nobody needs a presence here");
                }),
                lanes,
                scheduler);
    }

    /** Has {@code hearer} hear what others say under that word. Called before {@link #start}. */
    public void on(String word, Consumer<NodeText> hearer) {
        if (words.put(word, hearer) != null) {
            throw new IllegalStateException("somebody hears the word " + word + " already");
        }
    }

    /**
     * Has {@code answerer} answer what others ask under that word. Called before {@link #start}.
     *
     * @param answerer must not block; an empty answer says that there is nothing to say
     */
    public void answer(String word, Function<String, String> answerer) {
        answerers.put(word, answerer);
    }

    /** Has {@code task} run whenever something may have been lost. Called before {@link #start}. */
    public void whenLost(Runnable task) {
        whenLost.add(task);
    }

    /** Begins to hear. */
    public void start() {
        bus.listen(this);
    }

    /** Tells whether what is said is likely to arrive; nothing is gained by saying it else. */
    public boolean isConnected() {
        return bus.isConnected();
    }

    /** Returns how many texts were heard since the start. */
    public long received() {
        return received.get();
    }

    /** Returns how many texts were sent since the start. */
    public long sent() {
        return sent.get();
    }

    /**
     * Says something to all others.
     *
     * @param key what is said under one key arrives in order, as far as it does
     */
    public void publish(String key, NodeText text) {
        if (bus.isConnected()) {
            sent.incrementAndGet();
            bus.publish(key, text.encoded());
        }
    }

    /**
     * Asks all other nodes.
     *
     * @param word what they {@linkplain #answer answer} to
     * @return the answers that came within {@code patience}, but for empty ones; never fails
     */
    public CompletionStage<List<String>> askAll(String word, String question, Duration patience) {
        return ask(word, question, patience, false);
    }

    /** Asks all other nodes; returns the first answer that isn't empty, or nothing if there is none within {@code patience}. */
    public CompletionStage<Optional<String>> askFirst(String word, String question, Duration patience) {
        return ask(word, question, patience, true)
                .thenApply(answers -> answers.stream().findFirst());
    }

    private CompletionStage<List<String>> ask(String word, String question, Duration patience, boolean firstOnly) {
        if (!bus.isConnected() || questions.size() >= MAX_ASKED) {
            return CompletableFuture.completedFuture(List.of());
        }
        return cluster.nodes()
                .exceptionally(unknown -> Set.of())
                .thenCompose(nodes -> ask(nodes, word, question, patience, firstOnly));
    }

    private CompletionStage<List<String>> ask(
            Set<String> nodes, String word, String question, Duration patience, boolean firstOnly) {
        Set<String> others = ConcurrentHashMap.newKeySet();
        others.addAll(nodes);
        others.remove(cluster.node());
        if (others.isEmpty()) {
            return CompletableFuture.completedFuture(List.of());
        }
        long number = numbers.incrementAndGet();
        Question asked = new Question(others, firstOnly);
        questions.put(number, asked);
        Scheduler.Cancellable end = scheduler.after(patience, asked::end);
        asked.whenAll.whenComplete((answers, failure) -> {
            end.cancel();
            questions.remove(number);
        });
        publish(word, NodeText.of(ASK, question, cluster.node(), String.valueOf(number), word));
        return asked.whenAll;
    }

    private void asked(NodeText text) {
        Function<String, String> answerer = answerers.get(text.field(2));
        String answer = answerer == null ? "" : answerer.apply(text.payload());
        sent.incrementAndGet();
        bus.send(
                text.field(0),
                NodeText.of(ANSWER, answer, cluster.node(), text.field(1)).encoded());
    }

    private void answered(NodeText text) {
        Question question = questions.get(text.number(1));
        if (question != null) {
            question.answered(text.field(0), text.payload());
        }
    }

    @Override
    public void received(String text) {
        received.incrementAndGet();
        if (waitingChars.addAndGet(text.length()) > MAX_WAITING_CHARS) {
            overflown = true;
            if (waitingChars.addAndGet(-text.length()) == 0) {
                lane.execute(this::tellOfOverflow); // nothing is left that would
            }
            return;
        }
        lane.execute(() -> {
            waitingChars.addAndGet(-text.length());
            hear(text);
            tellOfOverflow();
        });
    }

    /** When all that was kept is heard. */
    private void tellOfOverflow() {
        if (overflown && waitingChars.get() == 0) {
            overflown = false;
            lost();
        }
    }

    private void hear(String text) {
        try {
            NodeText said = NodeText.decode(text);
            Consumer<NodeText> hearer = words.get(said.word());
            if (hearer != null) { // a newer version may have words of its own
                hearer.accept(said);
            }
        } catch (RuntimeException notUnderstood) {
            LOG.debug("A text of another node isn't understood", notUnderstood);
        }
    }

    @Override
    public void regained() {
        lane.execute(this::lost);
    }

    private void lost() {
        whenLost.forEach(Runnable::run);
    }
}
