package io.natterjack.server;

import io.natterjack.core.MessageBody;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Looks at what a client is about to change, before it is accepted: a filter, a translator, a form that must be filled in. Not called for
 * what the host application does itself.
 *
 * <p><b>Threads.</b> Called on threads for host code, several at once, those of one client in one room one after another. It may block
 * until the time limit is over; then the client is told {@code timeout} and may try again. What it throws refuses the change as {@code
 * internal}; neither harms anybody else.
 */
@FunctionalInterface
public interface Interceptor {
    /** Decides about a change. The same may come again if the client sends it again. */
    Decision before(Proposal proposal) throws Exception;

    /** What becomes of a change. */
    final class Decision {
        private static final Decision ALLOW = new Decision(null, null);

        private final @Nullable MessageBody body;
        private final @Nullable String code;

        private Decision(@Nullable MessageBody body, @Nullable String code) {
            this.body = body;
            this.code = code;
        }

        /** Lets it pass as it is. */
        public static Decision allow() {
            return ALLOW;
        }

        /** Lets it pass with another body: a message or an edit alone may have one. */
        public static Decision rewrite(MessageBody body) {
            return new Decision(Objects.requireNonNull(body), null);
        }

        /**
         * Refuses it for good.
         *
         * @param code what the sender is shown with {@code rejected}, at most 200 characters
         */
        public static Decision reject(String code) {
            if (code.length() > 200) {
                throw new IllegalArgumentException("code may have 200 characters, has " + code.length());
            }
            return new Decision(null, code);
        }

        Optional<MessageBody> body() {
            return Optional.ofNullable(body);
        }

        Optional<String> code() {
            return Optional.ofNullable(code);
        }
    }
}
