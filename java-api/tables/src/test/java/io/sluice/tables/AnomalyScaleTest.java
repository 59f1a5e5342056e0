package io.sluice.tables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.testing.Sweep;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.LongStream;

/** Calibration of what is unusual, on drawn surprises. */
class AnomalyScaleTest {
    private static final double RATE = 0.02;

    static LongStream seeds() {
        return Sweep.seeds(20);
    }

    /** The first column often surprises a lot, the second never by much. */
    private static double[][] drawn(long seed) {
        Random random = new Random(seed);
        double[][] reference = new double[500][];
        for (int r = 0; r < reference.length; r++) {
            double first = random.nextInt(20) == 0 ? 12 + random.nextDouble() : 0;
            reference[r] = new double[] {first, random.nextDouble()};
        }
        return reference;
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void at_most_the_rate_of_the_reference_is_anomalous(long seed) {
        double[][] reference = drawn(seed);
        AnomalyScale scale = new AnomalyScale(reference, RATE);
        long over =
                Arrays.stream(reference)
                        .filter(row -> scale.score(row) > scale.threshold())
                        .count();
        assertTrue(over <= RATE * reference.length, over + " rows");
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void a_surprise_in_a_column_without_surprises_counts_more_than_a_usual_greater_one(long seed) {
        AnomalyScale scale = new AnomalyScale(drawn(seed), RATE);
        double unusual = scale.score(new double[] {0, 7});
        double usual = scale.score(new double[] {12.5, 0.5});
        assertTrue(unusual > usual);
        assertTrue(unusual > scale.threshold());
        assertEquals(0, scale.tail(unusual));
    }

    @Test
    void the_tail_is_the_share_of_the_reference_that_is_as_unusual() {
        AnomalyScale scale = new AnomalyScale(new double[][] {{1}, {2}, {3}, {4}}, 0.25);
        assertEquals(0.5, scale.tail(scale.score(new double[] {3})));
        assertEquals(1, scale.tail(scale.score(new double[] {0})));
    }
}
