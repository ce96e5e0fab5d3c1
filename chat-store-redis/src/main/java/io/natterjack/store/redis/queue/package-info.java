/** Drafts that wait in Redis for the store. */
@NullMarked
package io.natterjack.store.redis.queue;

import org.jspecify.annotations.NullMarked;
