/** A chat client for the terminal. */
@NullMarked
package io.natterjack.examples.console;

import org.jspecify.annotations.NullMarked;
