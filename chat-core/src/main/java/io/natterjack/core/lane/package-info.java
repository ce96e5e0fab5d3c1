/** Work in order: lanes over a shared pool, and the timer that production code runs on. For Natterjack's own modules. */
@NullMarked
package io.natterjack.core.lane;

import org.jspecify.annotations.NullMarked;
