/** The chat client. {@link io.natterjack.client.ChatClient} is where to begin. */
@NullMarked
package io.natterjack.client;

import org.jspecify.annotations.NullMarked;
