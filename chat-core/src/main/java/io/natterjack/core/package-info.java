/** Identifiers, values and errors: what rooms, people and messages are. */
@NullMarked
package io.natterjack.core;

import org.jspecify.annotations.NullMarked;
