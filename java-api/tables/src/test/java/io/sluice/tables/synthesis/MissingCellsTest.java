package io.sluice.tables.synthesis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.data.Schema;

import org.junit.jupiter.api.Test;

import java.util.List;

final class MissingCellsTest {
    private static final double NAN = Double.NaN;

    private static Dataset rows() {
        DatasetBuilder rows =
                Dataset.builder(
                        Schema.of(
                                List.of(
                                        Column.categorical("a", 3),
                                        Column.continuous("b"),
                                        Column.categorical("c", 2))));
        rows.add(new double[] {2, 0.5, 1});
        rows.add(new double[] {NAN, 0.25, 0});
        rows.add(new double[] {1, 4, NAN});
        return rows.build();
    }

    private static List<String> names(Dataset rows) {
        return rows.schema().columns().stream().map(Column::name).toList();
    }

    @Test
    void columns_with_missing_cells_get_a_mark() {
        Dataset marked = MissingCells.marked(rows());
        assertEquals(List.of("a", "b", "c", "a is missing", "c is missing"), names(marked));
        assertEquals(1, marked.value(1, 3));
        assertEquals(0, marked.value(1, 4));
        assertTrue(marked.isMissing(1, 0));
    }

    @Test
    void marked_rows_come_back_as_they_were() {
        Dataset before = rows();
        Dataset after = MissingCells.unmarked(MissingCells.marked(before), false);
        assertEquals(names(before), names(after));
        for (int row = 0; row < before.rows(); row++) {
            for (int v = 0; v < before.variables(); v++) {
                assertEquals(before.value(row, v), after.value(row, v));
            }
        }
    }

    @Test
    void a_drawn_cell_is_missing_when_its_mark_says_so() {
        DatasetBuilder drawn = Dataset.builder(MissingCells.marked(rows()).schema());
        drawn.add(new double[] {2, 0.5, 1, 1, 0});
        Dataset cells = drawn.build();
        Dataset rows = MissingCells.unmarked(cells, false);
        assertTrue(rows.isMissing(0, 0));
        assertEquals(1, rows.value(0, 2));
        assertEquals(2, MissingCells.unmarked(cells, true).value(0, 0));
    }

    @Test
    void known_cells_are_present() {
        DatasetBuilder evidence = Dataset.builder(MissingCells.marked(rows()).schema());
        evidence.add(new double[] {2, NAN, NAN, NAN, NAN});
        Dataset present = MissingCells.present(evidence.build());
        assertEquals(0, present.value(0, 3));
        assertTrue(present.isMissing(0, 4));
    }
}
