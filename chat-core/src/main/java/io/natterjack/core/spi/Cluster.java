package io.natterjack.core.spi;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * What makes several processes over one store one chat. Without one they are too, only slower: each looks into the store once a second.
 * Unstable until 1.0.
 *
 * <p><b>Threads.</b> Any thread may call any method; but for {@link #close} none blocks.
 */
public interface Cluster extends AutoCloseable {
    /** Returns the id of this process among the others, another one at each start: 1 to 64 of {@code A-Z a-z 0-9 _ -}. */
    String node();

    /** Returns the nodes that are alive, this one among them; those that died are among them for a while. */
    CompletionStage<Set<String>> nodes();

    /** Returns what carries texts between the nodes. */
    Bus bus();

    /**
     * Returns who is there, on whatever node. Called once.
     *
     * @param grace how long somebody who lost their connection is still seen
     */
    Presence presence(Scheduler scheduler, Duration grace);

    /** Leaves: the others learn at once that nobody is here any more. Blocks for a moment. Closing twice does nothing. */
    @Override
    void close();
}
