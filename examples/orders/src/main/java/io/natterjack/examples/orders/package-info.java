/** A chat message in the application's own transaction. */
@NullMarked
package io.natterjack.examples.orders;

import org.jspecify.annotations.NullMarked;
