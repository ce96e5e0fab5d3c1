/** A chat server that runs inside an application. */
@NullMarked
package io.natterjack.server;

import org.jspecify.annotations.NullMarked;
