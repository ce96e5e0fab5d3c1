package io.natterjack.store.jdbc;

import io.natterjack.core.Notify;
import io.natterjack.core.Role;
import io.natterjack.core.Standing;

/** The numbers that stand for standings, roles and settings in the tables. Never given anew. */
final class EnumNumbers {
    private EnumNumbers() {}

    static int of(Standing standing) {
        return switch (standing) {
            case OUT -> 0;
            case IN -> 1;
            case INVITED -> 2;
            case BANNED -> 3;
        };
    }

    static Standing standing(int number) {
        return switch (number) {
            case 1 -> Standing.IN;
            case 2 -> Standing.INVITED;
            case 3 -> Standing.BANNED;
            default -> Standing.OUT;
        };
    }

    static int of(Role role) {
        return switch (role) {
            case GUEST -> 0;
            case MEMBER -> 1;
            case MODERATOR -> 2;
            case OWNER -> 3;
        };
    }

    static Role role(int number) {
        return switch (number) {
            case 1 -> Role.MEMBER;
            case 2 -> Role.MODERATOR;
            case 3 -> Role.OWNER;
            default -> Role.GUEST;
        };
    }

    static int of(Notify notify) {
        return switch (notify) {
            case ALL -> 0;
            case MENTIONS -> 1;
            case NONE -> 2;
        };
    }

    static Notify notify(int number) {
        return switch (number) {
            case 1 -> Notify.MENTIONS;
            case 2 -> Notify.NONE;
            default -> Notify.ALL;
        };
    }
}
