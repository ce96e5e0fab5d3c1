/** Several processes as one chat over Redis; and a store in Redis for applications without SQL. */
@NullMarked
package io.natterjack.store.redis;

import org.jspecify.annotations.NullMarked;
