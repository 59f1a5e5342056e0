package io.sluice.tables.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sluice.InvalidArgumentException;

import org.junit.jupiter.api.Test;

final class ModelComparisonTest {

    @Test
    void the_difference_is_that_of_paired_rows() {
        ModelComparison found =
                ModelComparison.of(new double[] {-1, -2, -3}, new double[] {-2, -2, -6});
        assertEquals(-2, found.firstMean());
        assertEquals(-10.0 / 3, found.secondMean());
        assertEquals(4.0 / 3, found.difference(), 1e-12);
        // differences 1, 0, 3: variance 7/3
        assertEquals(Math.sqrt(7.0 / 3 / 3), found.standardError(), 1e-12);
        assertEquals(2, found.firstBetter());
        assertEquals(0, found.secondBetter());
    }

    @Test
    void impossible_rows_count_in_the_mean_and_not_in_the_difference() {
        double impossible = Double.NEGATIVE_INFINITY;
        ModelComparison found =
                ModelComparison.of(
                        new double[] {-1, impossible, -1, impossible},
                        new double[] {-2, -5, -3, impossible});
        assertEquals(impossible, found.firstMean());
        assertEquals(impossible, found.secondMean());
        assertEquals(1.5, found.difference());
        assertEquals(2, found.possible());
        assertEquals(2, found.firstBetter());
        assertEquals(1, found.secondBetter());
    }

    @Test
    void rows_are_the_same_for_both() {
        assertThrows(
                InvalidArgumentException.class,
                () -> ModelComparison.of(new double[2], new double[3]));
    }
}
