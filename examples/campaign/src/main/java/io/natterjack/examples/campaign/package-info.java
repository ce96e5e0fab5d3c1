/** Breaks servers, databases and networks, and counts what was promised and not kept. */
@NullMarked
package io.natterjack.examples.campaign;

import org.jspecify.annotations.NullMarked;
