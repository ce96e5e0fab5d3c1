/** This process among the others of a cluster: what they say to each other, and how one asks all. */
@NullMarked
package io.natterjack.server.node;

import org.jspecify.annotations.NullMarked;
