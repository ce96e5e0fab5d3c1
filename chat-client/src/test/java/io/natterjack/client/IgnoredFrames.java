package io.natterjack.client;

import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.ClientSignal;
import io.natterjack.core.wire.PeopleRequest;
import io.natterjack.core.wire.Ping;
import io.natterjack.core.wire.Pong;

/** Takes no notice of any frame of a client: for servers of tests to say which they do take notice of. */
abstract class IgnoredFrames implements ClientFrame.Handler<Boolean> {
    @Override
    public Boolean hello(ClientFrame.Hello frame) {
        return false;
    }

    @Override
    public Boolean join(ClientFrame.Join frame) {
        return false;
    }

    @Override
    public Boolean send(ClientFrame.Send frame) {
        return false;
    }

    @Override
    public Boolean changes(ClientFrame.Changes frame) {
        return false;
    }

    @Override
    public Boolean auth(ClientFrame.Auth frame) {
        return false;
    }

    @Override
    public Boolean leave(ClientFrame.Leave frame) {
        return false;
    }

    @Override
    public Boolean history(ClientFrame.History frame) {
        return false;
    }

    @Override
    public Boolean bye(ClientFrame.Bye frame) {
        return false;
    }

    @Override
    public Boolean ping(Ping frame) {
        return false;
    }

    @Override
    public Boolean pong(Pong frame) {
        return false;
    }

    @Override
    public Boolean change(ClientFrame.Change frame) {
        return false;
    }

    @Override
    public Boolean mark(ClientSignal.Mark frame) {
        return false;
    }

    @Override
    public Boolean typing(ClientSignal.Typing frame) {
        return false;
    }

    @Override
    public Boolean setPresence(ClientSignal.SetPresence frame) {
        return false;
    }

    @Override
    public Boolean call(ClientSignal.Call frame) {
        return false;
    }

    @Override
    public Boolean askIce(ClientSignal.AskIce frame) {
        return false;
    }

    @Override
    public Boolean askInbox(PeopleRequest.Inbox frame) {
        return false;
    }

    @Override
    public Boolean askMembers(PeopleRequest.Members frame) {
        return false;
    }

    @Override
    public Boolean askReceipts(PeopleRequest.Readers frame) {
        return false;
    }

    @Override
    public Boolean search(PeopleRequest.Search frame) {
        return false;
    }

    @Override
    public Boolean direct(PeopleRequest.Direct frame) {
        return false;
    }

    @Override
    public Boolean askUsers(PeopleRequest.Users frame) {
        return false;
    }

    @Override
    public Boolean setProfile(PeopleRequest.SetProfile frame) {
        return false;
    }

    @Override
    public Boolean block(PeopleRequest.Block frame) {
        return false;
    }

    @Override
    public Boolean setNotify(PeopleRequest.SetNotify frame) {
        return false;
    }
}
