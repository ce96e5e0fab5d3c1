/** Text that a stranger wrote: strict JSON, and what it measures. For Natterjack's own modules. */
@NullMarked
package io.natterjack.core.text;

import org.jspecify.annotations.NullMarked;
