package io.natterjack.client;

import io.natterjack.core.wire.Ping;
import io.natterjack.core.wire.Pong;
import io.natterjack.core.wire.ServerFrame;
import java.time.Duration;

/**
 * Frames that reach a session although no request waits for them. Those that only ever answer one have come too late, and
 * have nothing to tell any more. Lane only.
 */
abstract class UnsolicitedFrames implements ServerFrame.Handler<Boolean> {
    abstract void onJoined(ServerFrame.Joined frame);

    abstract void onEvents(ServerFrame.Ev frame);

    abstract void onRefused(ServerFrame.Refused frame);

    abstract void onExpiring(Duration in);

    abstract void onDrain(ServerFrame.Drain frame);

    @Override
    public final Boolean joined(ServerFrame.Joined frame) {
        onJoined(frame);
        return true;
    }

    @Override
    public final Boolean ev(ServerFrame.Ev frame) {
        onEvents(frame);
        return true;
    }

    @Override
    public final Boolean refused(ServerFrame.Refused frame) {
        onRefused(frame);
        return true;
    }

    @Override
    public final Boolean expiring(ServerFrame.Expiring frame) {
        onExpiring(frame.in());
        return true;
    }

    @Override
    public final Boolean drain(ServerFrame.Drain frame) {
        onDrain(frame);
        return true;
    }

    @Override
    public final Boolean welcome(ServerFrame.Welcome frame) {
        return false;
    }

    @Override
    public final Boolean left(ServerFrame.Left frame) {
        return false;
    }

    @Override
    public final Boolean ack(ServerFrame.Ack frame) {
        return false;
    }

    @Override
    public final Boolean ok(ServerFrame.Ok frame) {
        return false;
    }

    @Override
    public final Boolean messages(ServerFrame.Messages frame) {
        return false;
    }

    @Override
    public final Boolean ping(Ping frame) {
        return false;
    }

    @Override
    public final Boolean pong(Pong frame) {
        return false;
    }
}
