/** A message store in SQLite or PostgreSQL. */
@NullMarked
package io.natterjack.store.jdbc;

import org.jspecify.annotations.NullMarked;
