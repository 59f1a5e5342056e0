package io.sluice.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Times something repeatedly. */
final class Stopwatch {
    /** A repetition shorter than this many seconds would time the clock and the scheduler. */
    private static final double SHORTEST_REPETITION = 0.01;

    private static final int FEWEST_REPETITIONS = 3;
    private static final double NANO = 1e-9;

    private Stopwatch() {}

    /**
     * Median duration, in seconds, of at least three repetitions that together take at least some
     * time; quick work is done several times in each of them. One repetition comes before, untimed.
     */
    static double median(double seconds, Runnable work) {
        work.run();
        int times = 1;
        double once = once(work);
        if (once < SHORTEST_REPETITION) {
            times = (int) Math.ceil(SHORTEST_REPETITION / once);
        }
        List<Double> durations = new ArrayList<>();
        double total = 0;
        while (total < seconds || durations.size() < FEWEST_REPETITIONS) {
            long start = System.nanoTime();
            for (int i = 0; i < times; i++) {
                work.run();
            }
            double duration = (System.nanoTime() - start) * NANO;
            durations.add(duration / times);
            total += duration;
        }
        Collections.sort(durations);
        int middle = durations.size() / 2;
        return durations.size() % 2 == 1
                ? durations.get(middle)
                : (durations.get(middle - 1) + durations.get(middle)) / 2;
    }

    private static double once(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return (System.nanoTime() - start) * NANO;
    }
}
