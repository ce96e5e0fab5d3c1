/** The frames of protocol v1 and their JSON form, as docs/protocol.md lists them. */
@NullMarked
package io.natterjack.core.wire;

import org.jspecify.annotations.NullMarked;
