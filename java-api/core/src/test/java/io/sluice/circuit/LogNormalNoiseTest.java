package io.sluice.circuit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Arrays;
import java.util.SplittableRandom;

/** First parameters: draws do not depend on how many are requested at a time. */
class LogNormalNoiseTest {
    private static final int DRAWS = 40_000;

    private static float[] oneByOne(int count) {
        LogNormalNoise noise = new LogNormalNoise(new SplittableRandom(7));
        float[] drawn = new float[count];
        for (int i = 0; i < count; i++) {
            drawn[i] = noise.next();
        }
        return drawn;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 7, 8, 100})
    void filling_draws_what_drawing_one_by_one_does(int atATime) {
        LogNormalNoise noise = new LogNormalNoise(new SplittableRandom(7));
        int count = 3 * atATime + 2;
        float[] filled = new float[count];
        for (int begin = 0; begin < count; begin += atATime) {
            int end = Math.min(count, begin + atATime);
            double total = 0;
            double told = noise.fill(filled, begin, end);
            for (int i = begin; i < end; i++) {
                total += filled[i];
            }
            assertEquals(total, told);
        }
        assertArrayEquals(oneByOne(count), filled);
    }

    @Test
    void the_logarithms_are_standard_normal() {
        double[] logs = new double[DRAWS];
        float[] drawn = oneByOne(DRAWS);
        Arrays.setAll(logs, i -> Math.log(drawn[i]));
        double mean = Arrays.stream(logs).average().orElseThrow();
        double square = Arrays.stream(logs).map(x -> x * x).average().orElseThrow();
        assertEquals(0, mean, 4 / Math.sqrt(DRAWS));
        assertEquals(1, square, 4 * Math.sqrt(2.0 / DRAWS));
    }
}
