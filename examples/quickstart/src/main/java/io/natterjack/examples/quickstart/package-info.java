/** A chat server and its clients in one program, to read and to try. */
@NullMarked
package io.natterjack.examples.quickstart;

import org.jspecify.annotations.NullMarked;
