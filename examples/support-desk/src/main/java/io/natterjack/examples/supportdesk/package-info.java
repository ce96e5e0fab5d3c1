/** A chat message in the application's own transaction. */
@NullMarked
package io.natterjack.examples.supportdesk;

import org.jspecify.annotations.NullMarked;
