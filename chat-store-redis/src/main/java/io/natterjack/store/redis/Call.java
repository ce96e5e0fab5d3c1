package io.natterjack.store.redis;

import java.util.List;

/**
 * A script to be run in a partition.
 *
 * @param keys without that of the incarnation
 * @param epoch the one that this was decided in; 0 if it may be run in any
 */
record Call(int partition, Script script, List<String> keys, List<String> arguments, long epoch) {}
