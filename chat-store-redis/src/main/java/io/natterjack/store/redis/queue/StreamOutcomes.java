package io.natterjack.store.redis.queue;

import io.natterjack.core.Outcome;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells what became of a stream's entries: to the nodes that sent them, of which this may be one.
 *
 * <p><b>Threads.</b> Any; it keeps nothing.
 */
final class StreamOutcomes {
    private static final Logger LOG = LoggerFactory.getLogger(StreamOutcomes.class);

    private final int stream;
    private final String thisNode;
    private final QueueChannels channels;
    private final BiConsumer<Long, Outcome> ownOutcomes;

    /**
     * Tells other nodes by their channels.
     *
     * @param ownOutcomes takes the outcomes of what this node sent
     */
    StreamOutcomes(int stream, String thisNode, QueueChannels channels, BiConsumer<Long, Outcome> ownOutcomes) {
        this.stream = stream;
        this.thisNode = thisNode;
        this.channels = channels;
        this.ownOutcomes = ownOutcomes;
    }

    void tell(List<StreamEntry> decided) {
        Map<String, OutcomeLines> others = new LinkedHashMap<>();
        for (StreamEntry entry : decided) {
            if (!entry.deadReason().isEmpty()) {
                LOG.warn("Entry {} of stream {} is given up and kept aside: {}", entry.id, stream, entry.deadReason());
            }
            if (entry.node.equals(thisNode)) {
                ownOutcomes.accept(entry.number, entry.outcome());
            } else if (!entry.node.isEmpty() && !entry.isGivenUp()) {
                // Of what is given up for now the other node learns with its next draft, or when it looks for it.
                others.computeIfAbsent(entry.node, unused -> new OutcomeLines()).add(entry.number, entry.outcome());
            }
        }
        others.forEach(channels::tell);
    }
}
