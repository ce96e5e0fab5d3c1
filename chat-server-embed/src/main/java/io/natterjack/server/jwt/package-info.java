/** Tokens signed by somebody the host trusts. */
@NullMarked
package io.natterjack.server.jwt;

import org.jspecify.annotations.NullMarked;
