package io.natterjack.testkit;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executor;

/**
 * Runs the tasks that wait in any order, as threads would.
 *
 * <p><b>Threads.</b> One: for an executor behind it that runs tasks on the caller's thread, as {@link ManualScheduler} does.
 */
public final class AnyOrder implements Executor {
    private final Executor executor;
    private final Random random;
    private final List<Runnable> tasks = new ArrayList<>();

    /** Makes an executor that runs on {@code executor} one of what waits, as {@code random} chooses. */
    public AnyOrder(Executor executor, Random random) {
        this.executor = executor;
        this.random = random;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        executor.execute(() -> {
            Collections.swap(tasks, random.nextInt(tasks.size()), tasks.size() - 1);
            tasks.remove(tasks.size() - 1).run();
        });
    }
}
