/** The engine: what gets messages into the store, and from there to everybody, in order. Not exported. */
@NullMarked
package io.natterjack.server.engine;

import org.jspecify.annotations.NullMarked;
