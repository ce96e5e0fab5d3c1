package io.natterjack.examples.loadtest;

/**
 * What each message carries in its text: when it was due, and who sent it. So a latency counts from when a message should have
 * been sent; a generator that is late doesn't hide what it couldn't send meanwhile ("coordinated omission").
 *
 * @param due in nanoseconds of the generator's clock
 * @param sender index of the peer
 */
record Stamp(long due, int sender) {
    private static final byte[] MARK = Scan.key("@@");
    private static final int DUE_DIGITS = 19;
    private static final int SENDER_DIGITS = 7;

    static final int LENGTH = MARK.length + DUE_DIGITS + SENDER_DIGITS;

    String text() {
        return String.format("@@%0" + DUE_DIGITS + "d%0" + SENDER_DIGITS + "d", due, sender);
    }

    /** Returns the index behind the next mark in {@code from} to {@code to}, or -1 if there is none. */
    static int find(byte[] bytes, int from, int to) {
        int at = Scan.behind(bytes, from, to, MARK);
        return at < 0 || at + DUE_DIGITS + SENDER_DIGITS > to ? -1 : at;
    }

    /** Reads the stamp behind a mark. */
    static Stamp read(byte[] bytes, int at) {
        int sender = at + DUE_DIGITS;
        return new Stamp(Scan.digits(bytes, at, sender), (int) Scan.digits(bytes, sender, sender + SENDER_DIGITS));
    }
}
