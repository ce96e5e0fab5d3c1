/** The way to a Redis, and the channels that a node hears there. */
@NullMarked
package io.natterjack.store.redis.connection;

import org.jspecify.annotations.NullMarked;
