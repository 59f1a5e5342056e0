package io.sluice.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.Quantity;
import io.sluice.data.ScaledNumbers;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

class MarginalTest {
    private static Dataset column(Column column, double... cells) {
        return Tables.of(
                List.of(column),
                Arrays.stream(cells).mapToObj(c -> new double[] {c}).toArray(double[][]::new));
    }

    @Test
    void a_category_has_its_share_of_the_rows_that_have_the_cell() {
        Column colour = Column.categorical("colour", List.of("red", "green", "blue"));
        Marginal marginal =
                Marginal.of(column(colour, 0, 0, 1, Double.NaN, 2), column(colour, 0, 1, 1, 1), 0);
        assertEquals("colour", marginal.column());
        assertEquals(List.of("red", "green", "blue"), marginal.labels());
        assertArrayEquals(new double[] {0.5, 0.25, 0.25}, marginal.real(), 1e-12);
        assertArrayEquals(new double[] {0.25, 0.75, 0}, marginal.drawn(), 1e-12);
        assertEquals(0.5, marginal.distance(), 1e-12);
    }

    @Test
    void few_whole_numbers_have_an_interval_each_around_them() {
        Column count =
                Column.of(
                        "count",
                        new ScaledNumbers(
                                new Quantity(Quantity.Kind.WHOLE, 1, 1000, 1003, null), 1000, 1));
        Marginal marginal = Marginal.of(column(count, 0, 0, 1, 3), column(count, 3, 3, 3, 3), 0);
        assertArrayEquals(
                new double[] {999.5, 1000.5, 1001.5, 1002.5, 1003.5}, marginal.edges(), 1e-9);
        assertArrayEquals(new double[] {0.5, 0.25, 0, 0.25}, marginal.real(), 1e-12);
        assertArrayEquals(new double[] {0, 0, 0, 1}, marginal.drawn(), 1e-12);
    }

    @Test
    void no_interval_holds_more_possible_numbers_than_another() {
        for (int range = 1; range < 200; range++) {
            Column tenths =
                    Column.of(
                            "tenths",
                            new ScaledNumbers(
                                    new Quantity(Quantity.Kind.REAL, 0.1, 0, 0.1 * range, null),
                                    0,
                                    1));
            double[] all = IntStream.rangeClosed(0, range).mapToDouble(k -> 0.1 * k).toArray();
            double[] shares = Marginal.of(column(tenths, all), column(tenths, all), 0).real();
            for (int k = 1; k < shares.length - 1; k++) {
                assertEquals(shares[1], shares[k], 1e-12, "range " + range);
            }
            assertTrue(shares.length <= 30, "range " + range);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 12, 13, 80, 5000})
    void every_row_counts_in_one_of_few_parts(int categories) {
        Random random = new Random(categories);
        List<String> labels =
                IntStream.range(0, categories)
                        .mapToObj(k -> "a long label whose end says which it is, " + k)
                        .toList();
        Column column = Column.categorical("c", labels);
        Dataset rows = column(column, random.ints(2000, 0, categories).asDoubleStream().toArray());
        Marginal marginal = Marginal.of(rows, rows, 0);
        assertEquals(Math.min(categories, 12), marginal.labels().size());
        assertEquals(marginal.labels().size(), new HashSet<>(marginal.labels()).size());
        assertEquals(1, Arrays.stream(marginal.real()).sum(), 1e-9);
        assertEquals(0, marginal.distance(), 1e-12);
    }

    @Test
    void numbers_outside_count_in_the_end_intervals() {
        Column real = Column.continuous("x");
        double[] many = new Random(1).doubles(1000).toArray();
        Marginal marginal = Marginal.of(column(real, many), column(real, -1e6, 1e6), 0);
        double[] drawn = marginal.drawn();
        assertEquals(0.5, drawn[0], 1e-12);
        assertEquals(0.5, drawn[drawn.length - 1], 1e-12);
    }

    @Test
    void a_column_without_any_number_or_with_one_number_has_a_chart() {
        Column real = Column.continuous("x");
        Dataset none = column(real, Double.NaN, Double.NaN);
        Dataset one = column(real, 7, 7);
        for (Dataset rows : List.of(none, one)) {
            assertTrue(Marginal.of(rows, rows, 0).chart().png().length > 0);
        }
        assertArrayEquals(new double[] {1}, Marginal.of(one, one, 0).real(), 1e-12);
    }
}
