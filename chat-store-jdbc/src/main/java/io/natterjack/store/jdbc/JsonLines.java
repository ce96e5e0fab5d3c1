package io.natterjack.store.jdbc;

import io.natterjack.core.EventKind;
import io.natterjack.core.Membership;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.text.StrictJson;
import java.io.IOException;

/** Writes what is exported, one JSON object a line. */
final class JsonLines {
    private JsonLines() {}

    static void write(RoomEvent event, Appendable out) throws IOException {
        out.append("{\"room\":")
                .append(StrictJson.quoted(event.room().value()))
                .append(",\"e\":")
                .append(String.valueOf(event.at().epoch()))
                .append(",\"s\":")
                .append(String.valueOf(event.seq()))
                .append(",\"k\":\"")
                .append(event.kind().wireName())
                .append("\",\"from\":")
                .append(StrictJson.quoted(event.sender().value()))
                .append(",\"ts\":")
                .append(String.valueOf(event.timestamp()))
                .append(",\"cid\":")
                .append(StrictJson.quoted(event.clientId().value()))
                .append(
                        event.target() == 0
                                ? ""
                                : (event.kind() == EventKind.MESSAGE ? ",\"reply\":" : ",\"at\":") + event.target())
                .append(
                        event.body().isGone()
                                ? ",\"gone\":true"
                                : ",\"b\":" + event.body().json())
                .append("}\n");
    }

    static void write(Membership membership, Appendable out) throws IOException {
        out.append("{\"room\":")
                .append(StrictJson.quoted(membership.room().value()))
                .append(",\"member\":")
                .append(StrictJson.quoted(membership.user().value()))
                .append(",\"joined\":")
                .append(String.valueOf(membership.joinedSeq()))
                .append(",\"in\":")
                .append(String.valueOf(membership.isIn()))
                .append(",\"delivered\":")
                .append(String.valueOf(membership.delivered()))
                .append(",\"read\":")
                .append(String.valueOf(membership.read()))
                .append("}\n");
    }
}
