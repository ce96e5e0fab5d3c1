package io.natterjack.examples.loadtest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The CPU time that processes have used, as Linux tells it in {@code /proc/PID/stat} (proc(5): utime and stime, in hundredths). */
final class ServerCpu {
    private static final int UTIME = 11;
    private static final int STIME = 12;
    private static final long MICROS_A_TICK = 10_000;

    private final List<Long> pids;

    ServerCpu(List<Long> pids) {
        this.pids = pids;
    }

    boolean isKnown() {
        return !pids.isEmpty();
    }

    long micros() {
        return pids.stream().mapToLong(ServerCpu::micros).sum();
    }

    private static long micros(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return (Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME])) * MICROS_A_TICK;
        } catch (IOException gone) {
            throw new IllegalArgumentException("--server-pid " + pid + ": there is no such process here", gone);
        }
    }
}
