/** Work in order: lanes over a shared pool, the timer that production code runs on, and how much may wait. For Natterjack's own modules. */
@NullMarked
package io.natterjack.core.lane;

import org.jspecify.annotations.NullMarked;
