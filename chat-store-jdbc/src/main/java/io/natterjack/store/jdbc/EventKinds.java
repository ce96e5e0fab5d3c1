package io.natterjack.store.jdbc;

import io.natterjack.core.EventKind;

/** The numbers that stand for kinds of events in the tables. Never given anew. */
final class EventKinds {
    static final int MESSAGE = 0;
    static final int EDIT = 5;

    private EventKinds() {}

    static int number(EventKind kind) {
        return switch (kind) {
            case MESSAGE -> MESSAGE;
            case MEMBER -> 1;
            case ROOM -> 2;
            case ERASED -> 3;
            case TRIMMED -> 4;
            case EDIT -> EDIT;
            case REVOKE -> 6;
            case REACT -> 7;
            case PIN -> 8;
            case CREATED -> 9;
            case UNKNOWN -> throw new IllegalArgumentException("an event of unknown kind can't be stored");
        };
    }

    /** Returns the kind of that number; one of a newer version is unknown. */
    static EventKind of(int number) {
        return switch (number) {
            case MESSAGE -> EventKind.MESSAGE;
            case 1 -> EventKind.MEMBER;
            case 2 -> EventKind.ROOM;
            case 3 -> EventKind.ERASED;
            case 4 -> EventKind.TRIMMED;
            case EDIT -> EventKind.EDIT;
            case 6 -> EventKind.REVOKE;
            case 7 -> EventKind.REACT;
            case 8 -> EventKind.PIN;
            case 9 -> EventKind.CREATED;
            default -> EventKind.UNKNOWN;
        };
    }
}
