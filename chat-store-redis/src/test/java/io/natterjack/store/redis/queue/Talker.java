package io.natterjack.store.redis.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.ClientId;
import io.natterjack.core.Draft;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Outcome;
import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.Flow;
import io.natterjack.core.spi.PersistenceQueue;
import io.natterjack.testkit.Await;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Somebody who says a lot in one room, in order, and says again what was refused for now, as a client does. */
final class Talker extends Thread {
    private static final int AT_ONCE = 20;

    private final RoomId room;
    private final Supplier<PersistenceQueue> queue;
    private final List<Draft> drafts;
    private final ConcurrentHashMap<String, Outcome> answers = new ConcurrentHashMap<>();

    Talker(RoomId room, Supplier<PersistenceQueue> queue, int count) {
        super("talker-" + room.value());
        this.room = room;
        this.queue = queue;
        drafts = IntStream.range(0, count).mapToObj(i -> draft(room, "m" + i)).toList();
        setDaemon(true);
    }

    static Draft draft(RoomId room, String clientId) {
        return new Draft(room, new UserId("ada"), new ClientId(clientId), MessageBody.text(clientId));
    }

    /** Waits until all have said everything, and fails if it isn't in {@code log} once and in order. */
    static void assertAllSaidOnceInOrder(List<Talker> talkers, LogStore log) throws InterruptedException {
        for (Talker talker : talkers) {
            talker.join(60_000);
            Await.until(() -> log.log(talker.room).size() >= talker.said().size());
            assertThat(log.log(talker.room)).isEqualTo(talker.said());
        }
    }

    /** Returns the client ids in the order in which they are said. */
    List<String> said() {
        return drafts.stream().map(draft -> draft.clientId().value()).toList();
    }

    /** Returns how many drafts were answered for good so far. */
    int answered() {
        return answers.size();
    }

    @Override
    public void run() {
        int from = 0;
        while (from < drafts.size()) {
            from += sayFrom(from);
        }
    }

    /** Returns how many were answered before the first that was refused for now. */
    private int sayFrom(int from) {
        Flow flow = new Flow();
        List<Draft> said = drafts.subList(from, Math.min(drafts.size(), from + AT_ONCE));
        List<CompletionStage<Outcome>> stages = new ArrayList<>();
        said.forEach(draft -> stages.add(queue.get().append(draft, flow)));
        int answered = 0;
        boolean refused = false;
        for (int i = 0; i < said.size(); i++) {
            Outcome outcome = stages.get(i).toCompletableFuture().join();
            refused |= outcome instanceof Outcome.Refused refusal && !refusal.isFinal();
            if (!refused) {
                answers.put(said.get(i).clientId().value(), outcome);
                answered++;
            }
        }
        if (refused) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
        return answered;
    }
}
