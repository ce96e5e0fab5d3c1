package io.natterjack.examples.campaign;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The CPU time that a process has used, as Linux tells it in {@code /proc/PID/stat} (proc(5): utime and stime, in hundredths). */
final class ProcessCpu {
    private static final int UTIME = 11;
    private static final int STIME = 12;
    private static final long MICROS_A_TICK = 10_000;

    private ProcessCpu() {}

    /**
     * Returns it in microseconds, exact to a hundredth of a second.
     *
     * @throws IOException if there is no such process, or this isn't Linux
     */
    static long micros(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        // The name of the program, in brackets, may have spaces in it.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME])) * MICROS_A_TICK;
    }
}
