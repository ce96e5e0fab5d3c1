/** A chat server as a program of its own. */
@NullMarked
package io.natterjack.examples.standalone;

import org.jspecify.annotations.NullMarked;
