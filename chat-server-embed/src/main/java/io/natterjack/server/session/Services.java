package io.natterjack.server.session;

import io.natterjack.core.IceServer;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.AccessPolicy;
import io.natterjack.core.spi.Presence;
import io.natterjack.core.spi.Scheduler;
import io.natterjack.core.spi.Signals;
import io.natterjack.server.engine.LocalPresence;
import io.natterjack.server.engine.LocalSignals;
import io.natterjack.server.node.Nodes;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/**
 * What sessions need for rooms and people, beside the engine.
 *
 * @param undoWindow for how long messages can be edited and revoked by their authors; zero for ever
 * @param rates what users and rooms may be sent over all sessions
 * @param directory who people are
 * @param ice the servers that help somebody to set up a call
 */
public record Services(
        AccessPolicy policy,
        Signals signals,
        Presence presence,
        Interception interception,
        Duration undoWindow,
        Rates rates,
        Directory directory,
        Calls calls,
        Bumps bumps,
        Function<UserId, List<IceServer>> ice) {

    /** Returns services in one process under a policy, with nothing else that is out of the ordinary. */
    public static Services plain(AccessPolicy policy, Scheduler scheduler) {
        Signals signals = new LocalSignals();
        Nodes alone = Nodes.alone(Runnable::run, scheduler);
        return new Services(
                policy,
                signals,
                new LocalPresence(scheduler, LocalPresence.GRACE),
                Interception.NONE,
                Duration.ZERO,
                new Rates(scheduler, Rates.Rate.NONE, Rates.Rate.NONE, alone),
                Directory.STORED,
                new Calls(scheduler, signals, alone),
                new Bumps(scheduler, signals),
                user -> List.of());
    }
}
