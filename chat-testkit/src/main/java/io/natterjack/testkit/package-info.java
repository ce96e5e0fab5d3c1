/** The contract of each interface as JUnit tests to extend, and what stands in for time and the network in tests. */
@NullMarked
package io.natterjack.testkit;

import org.jspecify.annotations.NullMarked;
