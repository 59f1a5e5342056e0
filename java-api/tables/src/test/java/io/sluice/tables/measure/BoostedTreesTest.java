package io.sluice.tables.measure;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Random;

final class BoostedTreesTest {

    @Test
    void a_tree_moves_each_part_by_its_share_of_the_error() {
        Table table = Tables.of(Tables.numbers("x", 1, 1, 1, 1, 2, 2, 2));
        Bins bins = new Bins(table);
        int[][] cells = bins.of(table);
        double[] first = {1, 1, 1, 1, -2, -2, -2};
        double[] second = {1, 1, 1, 1, 1, 1, 1};
        RegressionTree tree = new RegressionTree.Grower(table, bins, cells).grow(first, second);
        assertEquals(-0.3 * 4 / (4 + 1), tree.value(cells, 0));
        assertEquals(0.3 * 6 / (3 + 1), tree.value(cells, 6));
    }

    @Test
    void a_row_with_a_missing_number_follows_the_rows_that_it_resembles() {
        Table table =
                Tables.of(
                        Tables.numbers(
                                "x",
                                1,
                                1,
                                1,
                                2,
                                2,
                                2,
                                3,
                                3,
                                3,
                                Double.NaN,
                                Double.NaN,
                                Double.NaN));
        double[] numbers = {0, 0, 0, 0, 0, 0, 5, 5, 5, 5, 5, 5};
        double[] scores = BoostedTrees.fitNumbers(table, numbers).scores(table)[0];
        assertEquals(5, scores[11], 1e-3);
        assertEquals(0, scores[4], 1e-3);
    }

    @Test
    void exclusive_or_of_two_categories_is_learnt() {
        Random random = new Random(1);
        int rows = 400;
        int[] a = new int[rows];
        int[] b = new int[rows];
        boolean[] positive = new boolean[rows];
        for (int row = 0; row < rows; row++) {
            a[row] = random.nextInt(2);
            b[row] = random.nextInt(3);
            positive[row] = (a[row] == 0) != (b[row] == 2);
        }
        List<String> labels = List.of("p", "q", "r");
        Table table =
                Tables.of(
                        new TableColumn.OfCategories("a", a, labels),
                        new TableColumn.OfCategories("b", b, labels));
        double[] scores = BoostedTrees.fitBinary(table, positive).scores(table)[0];
        for (int row = 0; row < rows; row++) {
            assertEquals(positive[row], scores[row] > 0);
        }
    }

    @Test
    void classes_are_found_where_they_are() {
        Random random = new Random(2);
        int rows = 600;
        double[] x = new double[rows];
        int[] classes = new int[rows];
        for (int row = 0; row < rows; row++) {
            classes[row] = random.nextInt(3);
            x[row] = Math.rint(10 * classes[row] + random.nextGaussian());
        }
        Table table = Tables.of(Tables.numbers("x", x));
        double[][] scores = BoostedTrees.fitClasses(table, classes, 3).scores(table);
        for (int row = 0; row < rows; row++) {
            for (int k = 0; k < 3; k++) {
                assertTrue(k == classes[row] || scores[k][row] < scores[classes[row]][row]);
            }
        }
    }

    @Test
    void the_same_rows_give_the_same_trees() {
        Table table = Tables.people(500, 0, 3);
        double[] numbers = new double[500];
        for (int row = 0; row < 500; row++) {
            numbers[row] = row % 7;
        }
        assertArrayEquals(
                BoostedTrees.fitNumbers(table, numbers).scores(table)[0],
                BoostedTrees.fitNumbers(table, numbers).scores(table)[0]);
    }
}
