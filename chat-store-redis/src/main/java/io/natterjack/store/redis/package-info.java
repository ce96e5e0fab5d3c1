/** A store in Redis for applications without SQL. */
@NullMarked
package io.natterjack.store.redis;

import org.jspecify.annotations.NullMarked;
