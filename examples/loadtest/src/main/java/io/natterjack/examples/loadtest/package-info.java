/** A load generator as a program of its own. */
@NullMarked
package io.natterjack.examples.loadtest;

import org.jspecify.annotations.NullMarked;
