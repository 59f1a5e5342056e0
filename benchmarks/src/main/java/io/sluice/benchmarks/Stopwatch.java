package io.sluice.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;

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
        return medians(seconds, work, NO_OTHER_CLOCK).seconds();
    }

    /** Does some work once and measures the seconds by a clock of its own, if it has one. */
    interface Clock {
        OptionalDouble seconds(Runnable work);
    }

    private static final Clock NO_OTHER_CLOCK =
            work -> {
                work.run();
                return OptionalDouble.empty();
            };

    /**
     * Median durations of the same repetitions by two clocks.
     *
     * @param seconds by the machine's clock
     * @param otherSeconds by the other one
     */
    record Medians(double seconds, OptionalDouble otherSeconds) {}

    /** {@link #median}, by another clock too. */
    static Medians medians(double seconds, Runnable work, Clock other) {
        work.run();
        double once = once(work);
        int times = (int) Math.ceil(Math.max(1, SHORTEST_REPETITION / once));
        Runnable repetition =
                () -> {
                    for (int i = 0; i < times; i++) {
                        work.run();
                    }
                };
        List<Double> durations = new ArrayList<>();
        List<Double> otherDurations = new ArrayList<>();
        double total = 0;
        while (total < seconds || durations.size() < FEWEST_REPETITIONS) {
            long start = System.nanoTime();
            OptionalDouble measured = other.seconds(repetition);
            double duration = (System.nanoTime() - start) * NANO;
            durations.add(duration / times);
            measured.ifPresent(value -> otherDurations.add(value / times));
            total += duration;
        }
        return new Medians(
                median(durations),
                otherDurations.isEmpty()
                        ? OptionalDouble.empty()
                        : OptionalDouble.of(median(otherDurations)));
    }

    private static double median(List<Double> values) {
        Collections.sort(values);
        int middle = values.size() / 2;
        return values.size() % 2 == 1
                ? values.get(middle)
                : (values.get(middle - 1) + values.get(middle)) / 2;
    }

    private static double once(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return (System.nanoTime() - start) * NANO;
    }
}
