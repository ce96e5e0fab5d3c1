package io.natterjack.server.session;

import io.natterjack.core.ErrorCode;
import io.natterjack.core.Membership;
import io.natterjack.core.Mentions;
import io.natterjack.core.Permission;
import io.natterjack.core.Role;
import io.natterjack.core.RoomChange;
import io.natterjack.core.Standing;
import io.natterjack.core.UserId;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which permission each change needs. */
final class MutationRules {
    /** Settings that aren't for administrators alone. */
    private static final Set<String> ORDINARY = Set.of("name", "topic", "avatar", "attributes", "slow");

    private MutationRules() {}

    /** Tells whether the change concerns somebody whose own membership decides too. */
    static Optional<UserId> concerned(Mutation mutation, UserId actor) {
        return mutation.change() instanceof RoomChange.Member member
                        && !member.user().equals(actor)
                ? Optional.of(member.user())
                : Optional.empty();
    }

    /**
     * Returns why the change is refused; nothing if it is permitted.
     *
     * @param concerned the membership of whom the change concerns, if it isn't the actor
     */
    static Optional<ErrorCode> refusal(Mutation mutation, UserId actor, Access access, Optional<Membership> concerned) {
        Mentions mentions;
        try {
            mentions = Mentions.of(mutation.body());
        } catch (IllegalArgumentException tooMany) {
            return Optional.of(ErrorCode.TOO_LARGE);
        }
        boolean permitted = switch (mutation.kind()) {
            case MESSAGE -> access.may(Permission.SEND) && mayMention(mentions, access);
            case EDIT -> access.may(Permission.EDIT) && mayMention(mentions, access);
            case REVOKE -> access.may(Permission.REVOKE) || access.may(Permission.MODERATE);
            case REACT -> access.may(Permission.REACT);
            case PIN -> access.may(Permission.PIN);
            case MEMBER -> {
                RoomChange.Member change = (RoomChange.Member) mutation.change();
                yield change != null
                        && (change.user().equals(actor)
                                ? mayChangeSelf(change, access)
                                : mayChange(change, access, concerned));
            }
            case ROOM -> maySet((RoomChange.Settings) mutation.change(), access);
            case CREATED -> {
                RoomChange.Created created = (RoomChange.Created) mutation.change();
                yield created != null && Mutation.mayBeMade(mutation.room(), created.settings());
            }
            default -> false;
        };
        return permitted ? Optional.empty() : Optional.of(refusalOf(mutation, access));
    }

    private static ErrorCode refusalOf(Mutation mutation, Access access) {
        return mutation.change() instanceof RoomChange.Created ? ErrorCode.FORBIDDEN : access.refusal();
    }

    private static boolean mayMention(Mentions mentions, Access access) {
        return !mentions.isEverybody() || access.may(Permission.MENTION_ALL);
    }

    private static boolean mayChangeSelf(RoomChange.Member change, Access access) {
        Standing now = access.view().standing();
        return switch (change.standing()) {
            case IN ->
                now == Standing.IN
                        ? change.role().isPresent() && isStepDown(change.role().get(), access)
                        : change.role().isEmpty() && access.may(Permission.ENTER);
            // Whoever is one of two stays one of two.
            case OUT ->
                (now == Standing.IN || now == Standing.INVITED)
                        && change.role().isEmpty()
                        && access.view().settings().people().isEmpty();
            case INVITED, BANNED -> false;
        };
    }

    private static boolean isStepDown(Role role, Access access) {
        return access.view().role().filter(own -> own.compareTo(role) >= 0).isPresent();
    }

    private static boolean mayChange(RoomChange.Member change, Access access, Optional<Membership> concerned) {
        Standing now = concerned.map(Membership::standing).orElse(Standing.OUT);
        boolean rolePermitted = change.role().isEmpty()
                || change.role().get().compareTo(Role.MEMBER) <= 0
                || access.may(Permission.ADMINISTER);
        boolean outranks = access.may(Permission.ADMINISTER)
                || !concerned.filter(Membership::isIn).isPresent()
                || access.view()
                        .role()
                        .filter(own -> own.compareTo(concerned.get().role()) > 0)
                        .isPresent();
        return switch (change.standing()) {
            case INVITED ->
                access.may(Permission.INVITE) && rolePermitted && (now == Standing.OUT || now == Standing.INVITED);
            case IN -> access.may(Permission.ADMINISTER);
            case OUT ->
                change.role().isEmpty()
                        && (now == Standing.BANNED
                                ? access.may(Permission.BAN)
                                : access.may(Permission.KICK) && outranks);
            case BANNED ->
                access.may(Permission.BAN) && outranks && change.role().isEmpty();
        };
    }

    private static boolean maySet(RoomChange.@Nullable Settings change, Access access) {
        if (change == null) {
            return false;
        }
        try {
            access.view().settings().with(change.change());
        } catch (IllegalArgumentException unusable) {
            return false;
        }
        return access.may(Permission.ADMINISTER)
                || access.may(Permission.CHANGE_ROOM) && ORDINARY.containsAll(change.fields());
    }
}
