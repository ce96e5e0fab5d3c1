/** Strict reading of JSON that a stranger wrote. Not exported. */
@NullMarked
package io.natterjack.core.json;

import org.jspecify.annotations.NullMarked;
