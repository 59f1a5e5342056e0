package io.sluice.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.data.Column;
import io.sluice.data.Dataset;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

class DependenceTest {
    @Test
    void a_copy_tells_everything_and_an_independent_column_nothing() {
        Random random = new Random(1);
        double[][] rows = new double[5000][];
        double[][] shuffled = new double[rows.length][];
        for (int row = 0; row < rows.length; row++) {
            double number = random.nextGaussian();
            rows[row] = new double[] {number, 3 * number, random.nextInt(2)};
            shuffled[row] = new double[] {number, random.nextGaussian(), random.nextInt(2)};
        }
        List<Column> columns =
                List.of(
                        Column.continuous("a"),
                        Column.continuous("b"),
                        Column.categorical("c", List.of("x", "y")));
        List<Dependence> both =
                Dependence.of(Tables.of(columns, rows), Tables.of(columns, shuffled));
        double[][] real = both.get(0).strength();
        assertEquals(1, real[0][1], 1e-9);
        assertEquals(0, real[0][2], 0.01);
        assertEquals(0, both.get(1).strength()[0][1], 0.05);
        assertArrayEquals(new int[] {0, 1}, both.get(0).strongestPair());
    }

    @Test
    void a_column_tells_everything_of_a_coarser_one() {
        double[][] rows = new double[400][];
        for (int k = 0; k < rows.length; k++) {
            int half = k % 4 / 2;
            int other = k / 4 % 2;
            rows[k] = new double[] {k % 4, half, other};
        }
        Dataset table =
                Tables.of(
                        List.of(
                                Column.categorical("a", 4),
                                Column.categorical("half", 2),
                                Column.categorical("other", 2)),
                        rows);
        double[][] strength = Dependence.of(table, table).get(0).strength();
        assertEquals(1, strength[0][1], 1e-9);
        assertEquals(0, strength[0][2], 1e-9);
        assertEquals(strength[1][0], strength[0][1], 0);
    }

    @Test
    void of_many_columns_those_that_depend_on_others_are_shown_in_their_order() {
        Random random = new Random(2);
        double[][] rows = new double[500][60];
        for (double[] row : rows) {
            for (int v = 0; v < row.length; v++) {
                row[v] = random.nextInt(2);
            }
            row[41] = row[7];
        }
        List<Column> columns =
                IntStream.range(0, 60).mapToObj(v -> Column.categorical("v" + v, 2)).toList();
        Dataset table = Tables.of(columns, rows);
        Dependence shown = Dependence.of(table, table).get(0);
        assertTrue(shown.columns().size() < 20);
        assertTrue(shown.columns().indexOf("v7") < shown.columns().indexOf("v41"));
        assertTrue(shown.columns().contains("v7"));
    }
}
