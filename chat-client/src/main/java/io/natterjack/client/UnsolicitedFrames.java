package io.natterjack.client;

import io.natterjack.core.wire.PeopleAnswer;
import io.natterjack.core.wire.Ping;
import io.natterjack.core.wire.Pong;
import io.natterjack.core.wire.ServerFrame;
import io.natterjack.core.wire.ServerSignal;
import java.time.Duration;

/**
 * Frames that reach a session although no request waits for them. Those that only ever answer one have come too late, and
 * have nothing to tell any more: false is returned for them. Lane only.
 */
abstract class UnsolicitedFrames implements ServerFrame.Handler<Boolean> {
    abstract void onJoined(ServerFrame.Joined frame);

    abstract void onEvents(ServerFrame.Ev frame);

    abstract void onRefused(ServerFrame.Refused frame);

    abstract void onExpiring(Duration in);

    abstract void onDrain(ServerFrame.Drain frame);

    abstract void onLeft(ServerFrame.Left frame);

    abstract void onSignal(ServerSignal frame);

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
        onLeft(frame);
        return true;
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

    @Override
    public final Boolean marked(ServerSignal.Marked frame) {
        onSignal(frame);
        return true;
    }

    @Override
    public final Boolean queued(ServerSignal.Queued frame) {
        onSignal(frame);
        return true;
    }

    @Override
    public final Boolean typed(ServerSignal.Typed frame) {
        onSignal(frame);
        return true;
    }

    @Override
    public final Boolean presence(ServerSignal.Presence frame) {
        onSignal(frame);
        return true;
    }

    @Override
    public final Boolean bump(ServerSignal.Bump frame) {
        onSignal(frame);
        return true;
    }

    @Override
    public final Boolean standing(ServerSignal.Standing frame) {
        onSignal(frame);
        return true;
    }

    @Override
    public final Boolean notified(ServerSignal.Notified frame) {
        onSignal(frame);
        return true;
    }

    @Override
    public final Boolean called(ServerSignal.Called frame) {
        onSignal(frame);
        return true;
    }

    @Override
    public final Boolean inbox(PeopleAnswer.Inbox frame) {
        return false;
    }

    @Override
    public final Boolean members(PeopleAnswer.Members frame) {
        return false;
    }

    @Override
    public final Boolean receipts(PeopleAnswer.Receipts frame) {
        return false;
    }

    @Override
    public final Boolean found(PeopleAnswer.Found frame) {
        return false;
    }

    @Override
    public final Boolean users(PeopleAnswer.Users frame) {
        return false;
    }

    @Override
    public final Boolean ice(PeopleAnswer.Ice frame) {
        return false;
    }
}
