package io.sluice.testing;

import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * How widely tests sweep over seeds and shapes. By default every statement is tested on a few of
 * them. With the system property {@value #PROPERTY}, which the Maven profile {@code thorough} sets,
 * it is tested on all.
 */
public final class Sweep {
    private static final String PROPERTY = "sluice.thorough";
    private static final boolean THOROUGH = Boolean.getBoolean(PROPERTY);
    private static final int FEW = 2;

    private Sweep() {}

    /** The first seeds from 0 on, by default a few of them. */
    public static LongStream seeds(int all) {
        return LongStream.range(0, size(Math.min(FEW, all), all));
    }

    /** The given cases, by default the first few: put the most important ones first. */
    public static <T> Stream<T> over(List<T> cases) {
        return cases.stream().limit(size(FEW, cases.size()));
    }

    /** A size of a test, such as a number of rows or of repetitions. */
    public static int size(int byDefault, int thorough) {
        return THOROUGH ? thorough : byDefault;
    }
}
