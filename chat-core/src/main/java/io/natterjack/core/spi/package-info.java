/** The interfaces that a chat is assembled from: who may enter, what carries bytes, what orders, keeps and delivers. */
@NullMarked
package io.natterjack.core.spi;

import org.jspecify.annotations.NullMarked;
