/** A shop's support desk. */
@NullMarked
package io.natterjack.examples.supportdesk;

import org.jspecify.annotations.NullMarked;
