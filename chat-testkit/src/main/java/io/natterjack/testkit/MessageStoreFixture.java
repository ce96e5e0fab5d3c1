package io.natterjack.testkit;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.Draft;
import io.natterjack.core.EventKind;
import io.natterjack.core.HistoryQuery;
import io.natterjack.core.HistoryQuery.Direction;
import io.natterjack.core.Message;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Outcome;
import io.natterjack.core.Page;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.StoreException;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.MessageStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What the tests of a {@link MessageStore} have in common: the store, and ways to fill it and to look into it. */
abstract class MessageStoreFixture {
    /** The room that a test uses if it needs but one. */
    protected static final RoomId ROOM = new RoomId("room");

    static final RoomId OTHER_ROOM = new RoomId("other-room");
    static final UserId ADA = new UserId("ada");
    static final UserId BOB = new UserId("bob");
    static final int ALL = 1_000_000;
    static final int ALL_BYTES = 1 << 30;

    MessageStore store;

    MessageStoreFixture() {}

    /** Opens a store with nothing in it; called before each test, which closes it at its end. */
    protected abstract MessageStore open() throws Exception;

    /** Returns the store of the test that runs. */
    protected final MessageStore store() {
        return store;
    }

    @BeforeEach
    final void openTheStore() throws Exception {
        store = open();
    }

    @AfterEach
    final void closeTheStore() {
        store.close();
    }

    /** Lets time pass, so that what comes has a later timestamp. */
    protected void later() {
        long before = System.currentTimeMillis();
        while (System.currentTimeMillis() == before) {
            Thread.onSpinWait();
        }
    }

    /** Returns the room of that number, one of those that {@link #write} uses if it is 0, 1 or 2. */
    protected static RoomId room(int number) {
        return new RoomId("room-" + number);
    }

    /** Returns drafts of Ada, each with a client id of its own. */
    protected static List<Draft> drafts(RoomId room, String... texts) {
        List<Draft> drafts = new ArrayList<>();
        for (String text : texts) {
            drafts.add(draft(room, text));
        }
        return drafts;
    }

    /**
     * Appends batches of six drafts, three for {@code room(0)} and one to two for the others, and checks that each batch keeps
     * its order.
     *
     * @return the events that they became
     */
    protected static List<RoomEvent> write(MessageStore store, UserId user, int rounds) {
        List<RoomEvent> events = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            List<Draft> batch = new ArrayList<>();
            for (int room : new int[] {0, 2, 1, 0, 2, 0}) {
                batch.add(draft(room(room), user, cid().value(), body(round + "/" + batch.size())));
            }
            List<RoomEvent> written = events(batch, appendAtLast(store, batch));
            written.stream().collect(groupingBy(RoomEvent::room)).values().forEach(MessageStoreFixture::assertGapless);
            events.addAll(written);
        }
        return events;
    }

    /** Appends, again if the store says that it is away: under many writers it may. */
    private static List<Outcome> appendAtLast(MessageStore store, List<Draft> batch) {
        for (int attempt = 1; ; attempt++) {
            try {
                return store.append(batch);
            } catch (StoreException e) {
                if (attempt == 10 || e.kind() != StoreException.Kind.UNAVAILABLE) {
                    throw e;
                }
            }
        }
    }

    /** Runs the tasks at once, one thread each, and returns their results in order; fails if one fails or takes a minute. */
    protected static <T> List<T> atOnce(List<Callable<T>> tasks) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(tasks.size());
        try {
            CyclicBarrier start = new CyclicBarrier(tasks.size());
            List<Future<T>> futures = new ArrayList<>();
            for (Callable<T> task : tasks) {
                futures.add(threads.submit(() -> {
                    start.await();
                    return task.call();
                }));
            }
            List<T> results = new ArrayList<>();
            for (Future<T> future : futures) {
                results.add(future.get(60, TimeUnit.SECONDS));
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }

    /** Checks that the rooms of {@code events} hold these events and no others, without a hole. */
    protected static void assertRoomsHold(MessageStore store, List<RoomEvent> events) {
        events.stream().collect(groupingBy(RoomEvent::room)).forEach((room, expected) -> {
            List<RoomEvent> actual = store.eventsAfter(room, 0, ALL, ALL_BYTES);
            assertThat(actual).containsExactlyInAnyOrderElementsOf(expected);
            assertThat(actual.get(0).seq()).isEqualTo(1);
            assertGapless(actual);
            assertThat(actual).extracting(RoomEvent::timestamp).isSorted();
        });
    }

    /** Returns the outcomes as a resend gets them. */
    protected static List<Outcome> asDuplicates(List<Outcome> outcomes) {
        return outcomes.stream().map(MessageStoreFixture::asDuplicate).collect(toList());
    }

    /** Returns all events of the room. */
    protected final List<RoomEvent> all(RoomId room) {
        return store.eventsAfter(room, 0, ALL, ALL_BYTES);
    }

    void fill(RoomId room, int count) {
        List<Draft> batch = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            batch.add(draft(room, String.format("%05d", i)));
        }
        store.append(batch);
    }

    Cursor head(RoomId room) {
        return Objects.requireNonNull(store.heads(List.of(room)).get(room));
    }

    Page page(HistoryQuery query) {
        return store.history(query, ALL_BYTES);
    }

    Page page(Direction direction, long seq, int limit) {
        return page(query(direction, seq, limit));
    }

    static HistoryQuery query(Direction direction, long seq, int limit) {
        return new HistoryQuery(ROOM, direction, seq, limit);
    }

    void assertPage(Page page, List<Long> seqs, boolean more) {
        assertThat(seqsOf(page)).isEqualTo(seqs);
        assertThat(page.hasMore()).as("more").isEqualTo(more);
        assertThat(page.upto()).isEqualTo(head(ROOM));
        assertThat(page.messages())
                .allMatch(message -> message.at().epoch() == head(ROOM).epoch());
    }

    static void assertGapless(List<RoomEvent> events) {
        assertThat(seqsOf(events))
                .isEqualTo(range(events.get(0).seq(), events.get(0).seq() + events.size() - 1));
    }

    static Draft draft(RoomId room, String text) {
        return draft(room, ADA, cid().value(), body(text));
    }

    static Draft draft(RoomId room, UserId sender, String cid, String json) {
        return new Draft(room, sender, new ClientId(cid), MessageBody.json(json));
    }

    static String body(String text) {
        return MessageBody.text(text).json();
    }

    static ClientId cid() {
        return new ClientId(UUID.randomUUID().toString());
    }

    static List<MessageBody> bodies(List<Draft> drafts) {
        return drafts.stream().map(Draft::body).collect(toList());
    }

    static Outcome.Accepted accepted(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Accepted.class);
        return (Outcome.Accepted) outcome;
    }

    static Outcome asDuplicate(Outcome outcome) {
        return new Outcome.Accepted(accepted(outcome).at(), accepted(outcome).timestamp(), true);
    }

    static List<RoomEvent> events(List<Draft> batch, List<Outcome> outcomes) {
        return IntStream.range(0, batch.size())
                .mapToObj(i -> batch.get(i).accepted(accepted(outcomes.get(i))))
                .collect(toList());
    }

    static int size(Message message) {
        return new RoomEvent(
                        message.room(),
                        message.at(),
                        EventKind.MESSAGE,
                        message.sender(),
                        message.clientId(),
                        message.timestamp(),
                        message.body())
                .size();
    }

    static List<Long> seqs(List<Outcome> outcomes) {
        return outcomes.stream().map(outcome -> accepted(outcome).at().seq()).collect(toList());
    }

    static List<Long> seqsOf(List<RoomEvent> events) {
        return events.stream().map(RoomEvent::seq).collect(toList());
    }

    static List<Long> seqsOf(Page page) {
        return page.messages().stream().map(Message::seq).collect(toList());
    }

    static List<String> texts(List<RoomEvent> events) {
        return events.stream().map(event -> event.body().text().orElse("")).collect(toList());
    }

    static List<Long> range(long first, long last) {
        return LongStream.rangeClosed(first, last).boxed().collect(toList());
    }
}
