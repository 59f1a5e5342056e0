package io.sluice.learning;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.Arrays;

class RowOrderTest {

    @Test
    void every_row_comes_once() {
        int[] order = RowOrder.shuffled(1000, 3, 1);
        int[] sorted = order.clone();
        Arrays.sort(sorted);
        assertArrayEquals(RowOrder.sequential(1000), sorted);
        assertFalse(Arrays.equals(order, sorted));
    }

    @Test
    void the_order_depends_on_rows_seed_and_epoch_alone() {
        assertArrayEquals(RowOrder.shuffled(100, 5, 2), RowOrder.shuffled(100, 5, 2));
        assertFalse(Arrays.equals(RowOrder.shuffled(100, 5, 2), RowOrder.shuffled(100, 5, 3)));
        assertFalse(Arrays.equals(RowOrder.shuffled(100, 5, 2), RowOrder.shuffled(100, 6, 2)));
    }

    /** Checkpoints rely on it: a changed generator would continue old runs in another order. */
    @Test
    void the_order_stays_the_same_for_good() {
        assertArrayEquals(new int[] {3, 4, 1, 0, 5, 7, 6, 2}, RowOrder.shuffled(8, 1, 1));
    }

    @Test
    void each_row_is_about_as_often_first_as_any_other() {
        int rows = 5;
        int epochs = 5000;
        int[] first = new int[rows];
        for (int epoch = 1; epoch <= epochs; epoch++) {
            first[RowOrder.shuffled(rows, 9, epoch)[0]]++;
        }
        double expected = (double) epochs / rows;
        double chiSquare = 0;
        for (int count : first) {
            chiSquare += (count - expected) * (count - expected) / expected;
        }
        assertTrue(chiSquare < 18.5, "chi-square " + chiSquare); // p = 0.001 for 4 degrees
    }
}
