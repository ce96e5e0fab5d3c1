package io.natterjack.examples.integration;

import io.natterjack.client.ChatClient;
import io.natterjack.client.ClientClosedException;
import io.natterjack.client.ClientListener;
import io.natterjack.client.ClientState;
import io.natterjack.client.Inbox;
import io.natterjack.client.LimitExceededException;
import io.natterjack.client.Room;
import io.natterjack.client.RoomListener;
import io.natterjack.client.SendRefusedException;
import io.natterjack.client.Timeline;
import io.natterjack.client.TimelineEntry;
import io.natterjack.core.ChatException;
import io.natterjack.core.CloseReason;
import io.natterjack.core.Cursor;
import io.natterjack.core.DeviceId;
import io.natterjack.core.InboxEntry;
import io.natterjack.core.Message;
import io.natterjack.core.MessageBody;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** The code in docs/client.md, in its order. A test compares the two, another one runs it. */
final class ClientPage {
    /** What the application shows. */
    interface View {
        void status(String text);

        void line(String who, String text, TimelineEntry.State state);

        void failed(TimelineEntry entry);

        void room(String name, int unread, String last);
    }

    /** Where the application keeps what it has. */
    interface Archive {
        void keep(Message message);

        void apply(RoomEvent change);

        void dropAbove(Cursor base);

        void dropUpTo(long seq);

        void dropBodies(List<Long> seqs);

        Optional<Cursor> cursor(RoomId room);

        void keepCursor(RoomId room, Cursor cursor);
    }

    /** Where the application gets its tokens from. */
    interface Login {
        CompletionStage<String> token();
    }

    /** Stands for Android's. */
    interface Handler {
        boolean post(Runnable task);
    }

    private final View view;
    private final Archive archive;
    private final Login login;
    private final URI address;

    ClientPage(View view, Archive archive, Login login, URI address) {
        this.view = view;
        this.archive = archive;
        this.login = login;
        this.address = address;
    }

    ChatClient connect(Executor uiThread) {
        // client.md:begin
        ChatClient client = ChatClient.builder(address, () -> login.token())
                .listenerExecutor(uiThread)
                .listener(new ClientListener() {
                    @Override
                    public void onState(ClientState state) {
                        view.status(state == ClientState.ONLINE ? "" : "connecting …");
                    }

                    @Override
                    public void onAlarm(ChatException alarm) {
                        view.status(String.valueOf(alarm.getMessage())); // why there is no connection
                    }

                    @Override
                    public void onClosed(CloseReason reason) {
                        view.status(reason.text()); // for good: 4500 means that somebody has to log in again
                    }
                })
                .connect();
        // client.md:end
        return client;
    }

    Timeline show(ChatClient client, RoomId lobby) {
        // client.md:begin
        Timeline timeline = Timeline.join(client, lobby, 50, changed -> {
            for (TimelineEntry entry : changed.entries()) {
                String who =
                        entry.isOwn() ? "me" : entry.sender().map(UserId::value).orElse("");
                view.line(who, entry.body().text().orElse("(no text)"), entry.state());
                if (entry.state() == TimelineEntry.State.FAILED) {
                    view.failed(entry); // offers timeline.retry(entry.clientId()) and discard
                }
            }
        });
        timeline.send(MessageBody.text("hello")); // shows at once, as PENDING
        timeline.markRead(); // all that is here
        timeline.loadOlder(50); // when the user scrolls up
        // client.md:end
        return timeline;
    }

    Inbox list(ChatClient client) {
        // client.md:begin
        Inbox inbox = Inbox.open(client, changed -> {
            for (InboxEntry entry : changed.entries()) {
                String last =
                        entry.last().flatMap(message -> message.body().text()).orElse("");
                view.room(entry.room().value(), entry.unread(), last);
            }
        });
        // client.md:end
        return inbox;
    }

    Room remember(ChatClient client, RoomId lobby) {
        // client.md:begin
        RoomListener listener = new RoomListener() {
            @Override
            public void onMessage(Message message) {
                archive.keep(message); // by its seq, so that the same once more does no harm
            }

            @Override
            public void onMessageChanged(Message message) {
                archive.keep(message);
            }

            @Override
            public void onChange(RoomEvent event) {
                archive.apply(event); // message.after(event, me), or RoomChange.of(event)
            }

            @Override
            public void onReset(Cursor base) {
                archive.dropAbove(base);
            }

            @Override
            public void onTrimmed(long upto) {
                archive.dropUpTo(upto);
            }

            @Override
            public void onErased(List<Long> seqs) {
                archive.dropBodies(seqs);
            }
        };
        Optional<Cursor> kept = archive.cursor(lobby);
        Room room = kept.isPresent()
                ? client.join(lobby, kept.get(), listener) // what was missed comes first
                : client.join(lobby, 100, listener); // the last 100 events
        // client.md:end
        return room;
    }

    void forget(ChatClient client, Room room) {
        // client.md:begin
        room.cursor().ifPresent(cursor -> archive.keepCursor(room.id(), cursor)); // now and then, and at the end
        client.close();
        // client.md:end
    }

    void send(Room room) {
        // client.md:begin
        room.send(MessageBody.text("hello")).whenComplete((sent, failure) -> {
            if (failure == null) {
                view.status("kept as #" + sent.at().seq());
            } else if (failure instanceof SendRefusedException refused) {
                view.status("not taken: " + refused.code() + " " + refused.reason());
            } else if (failure instanceof LimitExceededException) {
                view.status("too much is on its way: again in a moment");
            } else if (failure instanceof ClientClosedException) {
                view.status("ended: whether the server has it isn't known");
            }
        });
        // client.md:end
    }

    ChatClient onAndroid(Handler mainHandler, Executor background, DeviceId device) {
        // client.md:begin
        ChatClient client = ChatClient.builder(address, () -> login.token())
                .device(device) // new DeviceId(…), kept in the preferences
                .listenerExecutor(mainHandler::post) // new Handler(Looper.getMainLooper())
                .executor(background) // so that close() returns at once
                .connect();
        // client.md:end
        return client;
    }
}
