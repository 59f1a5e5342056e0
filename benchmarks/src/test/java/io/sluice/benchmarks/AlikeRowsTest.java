package io.sluice.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.data.Dataset;

import org.junit.jupiter.api.Test;

class AlikeRowsTest {
    private static final int ROWS = 50;

    @Test
    void many_neighbouring_cells_are_alike() {
        Dataset rows = AlikeRows.draw(Shapes.circuit("hclt784-8"), ROWS, 1);
        int alike = 0;
        for (int row = 0; row < ROWS; row++) {
            for (int v = 1; v < rows.variables(); v++) {
                alike += Math.abs(rows.value(row, v) - rows.value(row, v - 1)) <= 8 ? 1 : 0;
            }
        }
        // A quarter of all pairs are steps of the walk; 17 in 256 of uniform ones are as near.
        assertTrue(alike > 0.25 * ROWS * 783, () -> "too few");
        assertEquals(1, rows.type().bytes());
    }

    @Test
    void large_vocabularies_are_stored_in_integers() {
        Dataset rows = AlikeRows.draw(Shapes.circuit("hmm32-8-v1000"), ROWS, 1);
        assertEquals(4, rows.type().bytes());
        assertTrue(rows.maximum(0) < 1000);
    }

    @Test
    void another_seed_draws_other_rows() {
        Dataset first = AlikeRows.draw(Shapes.circuit("hmm32-8-v1000"), 1, 1);
        Dataset second = AlikeRows.draw(Shapes.circuit("hmm32-8-v1000"), 1, 2);
        assertNotEquals(
                first.value(0, 0) + 1000 * first.value(0, 1),
                second.value(0, 0) + 1000 * second.value(0, 1));
    }
}
