package io.natterjack.store.redis;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.EventKind;
import io.natterjack.core.Membership;
import io.natterjack.core.Mentions;
import io.natterjack.core.Message;
import io.natterjack.core.MessageBody;
import io.natterjack.core.MessageDetails;
import io.natterjack.core.Notify;
import io.natterjack.core.Outcome;
import io.natterjack.core.Reaction;
import io.natterjack.core.Role;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.Standing;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.MessageStore;
import java.util.ArrayList;
import java.util.List;

/**
 * Values as Redis has them. An entry of the log is lines: kind, rev, time, target, sender, client id; of a message that something happened
 * to also when it was edited, how many replied, whether it was revoked and pinned, and its reactions; of another event its body, unless
 * that is its message's. Scripts read entries too.
 */
final class Entries {
    static final String MESSAGE = "m";
    static final String MESSAGE_GONE = "g";

    private static final int HEAD = 6;
    private static final int DETAILS = 10;

    private Entries() {}

    /** Returns by what a draft and its resends are known in its room. */
    static String sent(UserId sender, ClientId clientId) {
        return sender.value() + " " + clientId.value();
    }

    /** Returns the seq with leading zeros, so that texts are ordered as numbers are. */
    static String padded(long seq) {
        String digits = String.valueOf(seq);
        return "0".repeat(16 - digits.length()) + digits;
    }

    // ---- events

    private static String letter(EventKind kind) {
        return switch (kind) {
            case MESSAGE -> MESSAGE;
            case EDIT -> "e";
            case REVOKE -> "r";
            case REACT -> "a";
            case PIN -> "p";
            case MEMBER -> "i";
            case ROOM -> "s";
            case CREATED -> "c";
            case ERASED -> "x";
            case TRIMMED -> "t";
            case UNKNOWN -> throw new IllegalArgumentException("an event of unknown kind can't be stored");
        };
    }

    private static EventKind kind(String letter) {
        return switch (letter) {
            case MESSAGE, MESSAGE_GONE -> EventKind.MESSAGE;
            case "e" -> EventKind.EDIT;
            case "r" -> EventKind.REVOKE;
            case "a" -> EventKind.REACT;
            case "p" -> EventKind.PIN;
            case "i" -> EventKind.MEMBER;
            case "s" -> EventKind.ROOM;
            case "c" -> EventKind.CREATED;
            case "x" -> EventKind.ERASED;
            case "t" -> EventKind.TRIMMED;
            default -> EventKind.UNKNOWN;
        };
    }

    /** Returns the entry of an event that is no message. */
    static String entry(RoomEvent event) {
        String head = head(letter(event.kind()), event.seq(), event);
        return event.kind() == EventKind.EDIT
                ? head
                : head + "\n" + event.body().json();
    }

    private static String head(String letter, long rev, RoomEvent event) {
        return String.join(
                "\n",
                letter,
                String.valueOf(rev),
                String.valueOf(event.timestamp()),
                String.valueOf(event.target()),
                event.sender().value(),
                event.clientId().value());
    }

    /** Returns the event of an entry; {@code body} is that of its message, if it has one, empty if that is gone. */
    static RoomEvent event(RoomId room, Cursor at, String entry, String body) {
        String[] lines = entry.split("\n", HEAD + 1);
        EventKind kind = kind(lines[0]);
        boolean isMessages = kind == EventKind.MESSAGE || kind == EventKind.EDIT;
        MessageBody its = isMessages ? body(body) : MessageBody.ofStored(lines.length > HEAD ? lines[HEAD] : "{}");
        return new RoomEvent(
                room,
                at,
                kind,
                new UserId(lines[4]),
                new ClientId(lines[5]),
                Long.parseLong(lines[2]),
                its,
                Long.parseLong(lines[3]));
    }

    static boolean isEdit(String entry) {
        return entry.startsWith("e\n");
    }

    static boolean isMessage(String entry) {
        return entry.startsWith(MESSAGE + "\n") || entry.startsWith(MESSAGE_GONE + "\n");
    }

    /** Returns what an entry's event is about, 0 for nothing. */
    static long target(String entry) {
        return Long.parseLong(entry.split("\n", HEAD)[3]);
    }

    private static MessageBody body(String json) {
        return json.isEmpty() ? MessageBody.GONE : MessageBody.ofStored(json);
    }

    // ---- messages

    static String entry(Message message) {
        MessageDetails details = message.details();
        List<String> lines = new ArrayList<>(List.of(
                message.body().isGone() ? MESSAGE_GONE : MESSAGE,
                String.valueOf(message.rev()),
                String.valueOf(message.timestamp()),
                String.valueOf(details.replyTo()),
                message.sender().value(),
                message.clientId().value()));
        if (!details.equals(MessageDetails.replyTo(details.replyTo()))) {
            lines.add(String.valueOf(details.editedAt()));
            lines.add(String.valueOf(details.replies()));
            lines.add((details.isRevoked() ? "r" : "") + (details.isPinned() ? "p" : ""));
            List<String> reactions = new ArrayList<>();
            for (Reaction each : details.reactions()) {
                reactions.add(each.key());
                reactions.add(String.valueOf(each.count()));
            }
            lines.add(String.join("\0", reactions));
        }
        return String.join("\n", lines);
    }

    /** Returns the message of an entry; nobody's reactions are the reader's own. */
    static Message message(RoomId room, Cursor at, String entry, String body) {
        String[] lines = entry.split("\n", DETAILS);
        long replyTo = Long.parseLong(lines[3]);
        return new Message(
                room,
                at,
                Long.parseLong(lines[1]),
                new UserId(lines[4]),
                new ClientId(lines[5]),
                Long.parseLong(lines[2]),
                body(body),
                lines.length < DETAILS ? MessageDetails.replyTo(replyTo) : details(replyTo, lines));
    }

    private static MessageDetails details(long replyTo, String[] lines) {
        List<Reaction> reactions = new ArrayList<>();
        String[] parts = lines[9].isEmpty() ? new String[0] : lines[9].split("\0", -1);
        for (int i = 0; i + 1 < parts.length; i += 2) {
            reactions.add(new Reaction(parts[i], Integer.parseInt(parts[i + 1]), false));
        }
        return new MessageDetails(
                Long.parseLong(lines[6]),
                replyTo,
                Integer.parseInt(lines[7]),
                lines[8].contains("r"),
                lines[8].contains("p"),
                reactions);
    }

    // ---- first results

    static String sent(String contentHash, Outcome.Accepted outcome) {
        return contentHash + " " + outcome.at().seq() + " " + outcome.timestamp() + " " + outcome.target();
    }

    static MessageStore.Known known(long epoch, String text) {
        String[] parts = text.split(" ", 4);
        return new MessageStore.Known(parts[0], first(epoch, parts));
    }

    /** Returns the first result once more, of a text whose parts are something, seq, time and target. */
    static Outcome.Accepted first(long epoch, String[] parts) {
        return new Outcome.Accepted(
                new Cursor(epoch, Long.parseLong(parts[1])), Long.parseLong(parts[2]), true, Long.parseLong(parts[3]));
    }

    // ---- members

    /** Returns a letter; that which follows it in the alphabet must not stand for another whose names are asked for in a range. */
    static String letter(Standing standing) {
        return switch (standing) {
            case BANNED -> "b";
            case IN -> "i";
            case INVITED -> "n";
            case OUT -> "o";
        };
    }

    private static Standing standing(String letter) {
        return switch (letter) {
            case "b" -> Standing.BANNED;
            case "i" -> Standing.IN;
            case "n" -> Standing.INVITED;
            default -> Standing.OUT;
        };
    }

    static String membership(Membership member) {
        return String.join(
                " ",
                letter(member.standing()),
                member.role().wireName(),
                String.valueOf(member.until()),
                String.valueOf(member.joinedSeq()),
                String.valueOf(member.rev()),
                String.valueOf(member.delivered()),
                String.valueOf(member.read()),
                member.notifications().wireName());
    }

    static Membership membership(RoomId room, UserId user, String text) {
        String[] parts = text.split(" ", 8);
        return new Membership(
                room,
                user,
                standing(parts[0]),
                Role.ofWireName(parts[1]),
                Long.parseLong(parts[2]),
                Long.parseLong(parts[3]),
                Long.parseLong(parts[4]),
                Long.parseLong(parts[5]),
                Long.parseLong(parts[6]),
                Notify.ofWireName(parts[7]));
    }

    // ---- mentions

    /** Returns whom a body mentions as a script takes it. */
    static String mentioned(MessageBody body) {
        Mentions mentions = Mentions.orNone(body);
        if (mentions.isEverybody()) {
            return "\0"; // Which no user can be.
        }
        return mentions.users().isEmpty()
                ? ""
                : String.join("\n", mentions.users().stream().map(UserId::value).toList());
    }

    /** Returns what is kept of the mentions in a message. */
    static List<String> mentions(long seq, UserId sender, MessageBody body) {
        Mentions mentions = Mentions.orNone(body);
        String where = "\0" + padded(seq) + "\0" + sender.value();
        if (mentions.isEverybody()) {
            return List.of(where);
        }
        return mentions.users().stream()
                .filter(user -> !user.equals(sender))
                .map(user -> user.value() + where)
                .toList();
    }

    /** Returns what is kept of a reaction. */
    static String reaction(long seq, String key, UserId user) {
        return padded(seq) + "\0" + key + "\0" + user.value();
    }
}
