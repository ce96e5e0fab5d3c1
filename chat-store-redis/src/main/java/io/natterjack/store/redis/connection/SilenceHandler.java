package io.natterjack.store.redis.connection;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.util.concurrent.TimeUnit;

/**
 * Closes a connection on which something was sent and nothing came for {@value #LIMIT_MILLIS} ms. A server that stands still, or whose
 * network is gone, closes nothing; without this its commands would time out for a quarter of an hour, though another has taken its place.
 *
 * <p><b>Threads.</b> The connection's own.
 */
final class SilenceHandler extends ChannelDuplexHandler {
    private static final long LIMIT_MILLIS = 4_000;

    private long waitingSince;
    private boolean waiting;
    private boolean watching;

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) throws Exception {
        if (!waiting) {
            waiting = true;
            waitingSince = System.nanoTime();
            if (!watching) {
                watchFor(context, LIMIT_MILLIS);
            }
        }
        super.write(context, message, promise);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        waiting = false;
        super.channelRead(context, message);
    }

    private void watchFor(ChannelHandlerContext context, long millis) {
        watching = true;
        // What becomes of the timer nobody needs to know.
        var unused = context.executor().schedule(() -> look(context), millis, TimeUnit.MILLISECONDS);
    }

    private void look(ChannelHandlerContext context) {
        watching = false;
        if (!waiting || !context.channel().isOpen()) {
            return;
        }
        long left = LIMIT_MILLIS - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - waitingSince);
        if (left > 0) {
            watchFor(context, left);
        } else {
            context.close();
        }
    }
}
