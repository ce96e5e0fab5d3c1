/** Several processes as one chat over Redis: what they say to each other, and who is there. */
@NullMarked
package io.natterjack.store.redis.cluster;

import org.jspecify.annotations.NullMarked;
