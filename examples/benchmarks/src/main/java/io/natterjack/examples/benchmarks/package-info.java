/** Figures: the server beside a bare echo, and its parts alone. Run by hand, on a machine that does nothing else. */
@NullMarked
package io.natterjack.examples.benchmarks;

import org.jspecify.annotations.NullMarked;
