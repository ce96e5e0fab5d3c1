/** What one connected client may do, and what becomes of it. Not exported. */
@NullMarked
package io.natterjack.server.session;

import org.jspecify.annotations.NullMarked;
