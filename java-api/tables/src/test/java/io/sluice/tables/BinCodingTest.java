package io.sluice.tables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.data.BinnedNumbers;
import io.sluice.data.BinnedNumbers.Bin;
import io.sluice.data.Quantity;
import io.sluice.testing.Sweep;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;

/** Bins of generated columns: counts, amounts, spikes, heavy tails, constants. */
class BinCodingTest {
    private static final double SHIFT = 1e9;
    private static final double FINEST = 1.0 / 16;

    static LongStream seeds() {
        return Sweep.seeds(60);
    }

    /** A column of one of several shapes, rounded to its resolution. */
    private record Generated(Quantity quantity, double[] numbers) {
        static Generated of(long seed, double shift) {
            Random random = new Random(seed);
            double resolution = List.of(1.0, 0.5, 0.25, 8.0).get(random.nextInt(4)); // exact sums
            int shape = random.nextInt(6);
            double[] numbers = new double[1 + random.nextInt(3000)];
            for (int i = 0; i < numbers.length; i++) {
                double number =
                        switch (shape) {
                            case 0 -> 100 * random.nextGaussian();
                            case 1 -> random.nextInt(10) < 9 ? 0 : 1000 * random.nextDouble();
                            case 2 -> Math.exp(3 * random.nextGaussian());
                            case 3 -> 7;
                            case 4 -> // a spike, and numbers closer than the spread tells apart
                                    random.nextInt(3) == 0
                                            ? 0
                                            : random.nextInt(9) > 0
                                                    ? 30 * random.nextGaussian()
                                                    : 1e6 * random.nextDouble();
                            default -> Math.min(60, Math.max(10, 30 * random.nextGaussian()));
                        };
                double unit = random.nextInt(50) == 0 ? FINEST : resolution; // few are finer
                numbers[i] = shift + unit * Math.rint(number / unit);
            }
            double low = Arrays.stream(numbers).min().orElseThrow();
            double high = Arrays.stream(numbers).max().orElseThrow();
            Quantity.Kind kind = resolution < 1 ? Quantity.Kind.REAL : Quantity.Kind.WHOLE;
            return new Generated(new Quantity(kind, resolution, low, high, null), numbers);
        }

        BinnedNumbers coded() {
            return new BinCoding().code("column", quantity, numbers);
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void every_number_lies_inside_its_bin_and_codes_fit_a_byte(long seed) {
        Generated column = Generated.of(seed, 0);
        BinnedNumbers coded = column.coded();
        assertTrue(coded.bins().size() <= 256, () -> coded.bins().size() + " bins");
        for (double number : column.numbers()) {
            Bin bin = coded.bins().get((int) coded.cell(number));
            assertTrue(bin.from() <= number && number < bin.to(), () -> number + " in " + bin);
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void draws_are_possible_numbers_inside_the_column(long seed) {
        Generated column = Generated.of(seed, 0);
        Quantity quantity = column.quantity();
        BinnedNumbers coded = column.coded();
        Random random = new Random(seed);
        for (int code = 0; code < coded.bins().size(); code++) {
            double drawn = coded.draw(code, random.nextDouble());
            assertTrue(
                    quantity.minimum() <= drawn && drawn <= quantity.maximum(), () -> "" + drawn);
            double steps = (drawn - quantity.minimum()) / quantity.resolution();
            assertEquals(Math.rint(steps), steps, 1e-9, () -> drawn + " is off the grid");
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void a_shift_of_the_column_changes_no_code_and_no_width(long seed) {
        Generated column = Generated.of(seed, 0);
        Generated shifted = Generated.of(seed, SHIFT);
        BinnedNumbers here = column.coded();
        BinnedNumbers there = shifted.coded();
        for (int i = 0; i < column.numbers().length; i++) {
            double cell = here.cell(column.numbers()[i]);
            assertEquals(cell, there.cell(shifted.numbers()[i]));
            assertEquals(here.logWidth(cell), there.logWidth(cell), 1e-6);
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void a_number_that_many_rows_have_is_a_bin_of_its_own_as_wide_as_the_resolution(long seed) {
        Random random = new Random(seed);
        double[] numbers = new double[200 + random.nextInt(2000)];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = random.nextBoolean() ? 40 : Math.rint(1000 * random.nextDouble());
        }
        BinnedNumbers coded =
                new BinCoding()
                        .code(
                                "hours",
                                new Quantity(Quantity.Kind.WHOLE, 1, 0, 1000, null),
                                numbers);
        Bin bin = coded.bins().get((int) coded.cell(40));
        assertEquals(39.5, bin.from());
        assertEquals(40.5, bin.to());
        assertEquals(40, coded.draw(coded.cell(40), random.nextDouble()));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void numbers_outside_the_column_have_bins_that_no_number_inside_has(long seed) {
        Generated column = Generated.of(seed, 0);
        BinnedNumbers coded = column.coded();
        int last = coded.bins().size() - 1;
        assertEquals(0, coded.cell(column.quantity().minimum() - 1e6));
        assertEquals(last, coded.cell(column.quantity().maximum() + 1e6));
        for (double number : column.numbers()) {
            assertTrue(coded.cell(number) > 0 && coded.cell(number) < last);
        }
    }
}
