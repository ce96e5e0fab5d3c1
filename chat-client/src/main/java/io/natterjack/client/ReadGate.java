package io.natterjack.client;

/** Where a reading thread waits while reading is stopped. One thread waits; any thread does the rest. */
final class ReadGate {
    private final Object lock = new Object();

    // Guarded by lock.
    private boolean closed;
    private boolean ended;

    void setOpen(boolean open) {
        synchronized (lock) {
            closed = !open;
            lock.notifyAll();
        }
    }

    /** Opens it for good: what comes now is only read to see the end. */
    void end() {
        synchronized (lock) {
            ended = true;
            lock.notifyAll();
        }
    }

    void pass() throws InterruptedException {
        synchronized (lock) {
            while (closed && !ended) {
                lock.wait();
            }
        }
    }
}
