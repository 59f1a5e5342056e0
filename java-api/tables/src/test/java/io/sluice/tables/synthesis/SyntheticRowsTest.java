package io.sluice.tables.synthesis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.data.BinnedNumbers;
import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.data.Quantity;
import io.sluice.data.Schema;

import org.junit.jupiter.api.Test;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

final class SyntheticRowsTest {
    private static final double NAN = Double.NaN;

    /** Amounts: 0 is a bin of its own, others are drawn from 0.01 to 10. */
    private static final BinnedNumbers AMOUNTS =
            new BinnedNumbers(
                    new Quantity(Quantity.Kind.REAL, 0.01, 0, 10, null),
                    List.of(
                            new BinnedNumbers.Bin(-0.005, 0.005, 0, 0, 0),
                            new BinnedNumbers.Bin(0.005, 10.005, 0.01, 10, 5)));

    private static final Schema DRAWN =
            Schema.of(
                    List.of(
                            Column.of("amount", AMOUNTS),
                            Column.categorical("kind", List.of("a", "b"))));

    private static final Schema ORIGINAL =
            Schema.of(
                    List.of(
                            Column.categorical("kind", List.of("a", "b")),
                            Column.continuous("other"),
                            Column.continuous("amount")));

    private static Dataset drawn(int rows) {
        DatasetBuilder builder = Dataset.builder(DRAWN);
        for (int row = 0; row < rows; row++) {
            builder.add(new double[] {row % 2, row % 2});
        }
        return builder.build();
    }

    private static Dataset like(int rows, long seed) {
        return SyntheticRows.like(drawn(rows), ORIGINAL, Map.of(), seed);
    }

    @Test
    void given_numbers_are_not_drawn() {
        Dataset rows = SyntheticRows.like(drawn(3), ORIGINAL, Map.of("amount", 7.25), 0);
        assertEquals("7.25", rows.text(1, 1));
    }

    @Test
    void columns_have_the_order_of_the_original() {
        Dataset rows = like(2, 0);
        assertEquals(
                List.of("kind", "amount"),
                rows.schema().columns().stream().map(Column::name).toList());
        assertEquals("b", rows.text(1, 0));
    }

    @Test
    void a_bin_becomes_numbers_of_its_range_on_the_grid() {
        Dataset rows = like(400, 1);
        Set<Double> seen = new HashSet<>();
        for (int row = 0; row < 400; row++) {
            double amount =
                    Objects.requireNonNull(rows.schema().column(1).numbers())
                            .number(rows.value(row, 1));
            if (row % 2 == 0) {
                assertEquals(0, amount);
            } else {
                assertTrue(amount >= 0.01 && amount <= 10);
                assertEquals(Math.rint(amount * 100), amount * 100, 1e-9);
                seen.add(amount);
            }
        }
        assertTrue(seen.size() > 100);
    }

    @Test
    void cells_are_missing_as_often_and_together() {
        DatasetBuilder builder = Dataset.builder(ORIGINAL);
        for (int row = 0; row < 100; row++) {
            boolean hole = row < 30;
            builder.add(new double[] {hole ? NAN : 1, NAN, hole ? NAN : 2});
        }
        Dataset original = builder.build();
        Dataset rows = like(4000, 0);
        Dataset emptied = SyntheticRows.withHoles(rows, original, Set.of(), 5);
        int holes = 0;
        for (int row = 0; row < 4000; row++) {
            assertEquals(emptied.isMissing(row, 0), emptied.isMissing(row, 1));
            holes += emptied.isMissing(row, 0) ? 1 : 0;
        }
        assertEquals(0.3, holes / 4000.0, 0.03);
        Dataset some = SyntheticRows.withHoles(rows, original, Set.of("kind"), 5);
        for (int row = 0; row < 4000; row++) {
            assertEquals(rows.value(row, 0), some.value(row, 0));
            assertEquals(emptied.isMissing(row, 1), some.isMissing(row, 1));
        }
    }

    @Test
    void a_table_without_missing_cells_stays_as_it_is() {
        Dataset rows = like(10, 0);
        assertEquals(rows, SyntheticRows.withHoles(rows, drawn(3), Set.of(), 0));
    }

    @Test
    void a_seed_gives_the_same_rows() {
        Dataset a = like(50, 9);
        Dataset b = like(50, 9);
        for (int row = 0; row < 50; row++) {
            assertEquals(a.value(row, 1), b.value(row, 1));
        }
    }
}
