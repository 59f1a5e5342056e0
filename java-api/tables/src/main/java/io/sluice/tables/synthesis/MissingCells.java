package io.sluice.tables.synthesis;

import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.data.Schema;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Missing cells as a part of what a circuit learns. A column with missing cells gets a mark:
 * another column, behind all others, that says whether the cell is missing. Cells are then drawn
 * missing together, and where they are missing in the original: the occupation of people without
 * work, not of anybody.
 */
public final class MissingCells {
    private static final String MARK = " is missing";
    private static final int IS_MISSING = 1;

    private MissingCells() {}

    /** The rows with a mark for each column that has missing cells. */
    public static Dataset marked(Dataset rows) {
        int[] holed =
                IntStream.range(0, rows.variables()).filter(v -> hasMissing(rows, v)).toArray();
        List<Column> columns = new ArrayList<>(rows.schema().columns());
        for (int v : holed) {
            columns.add(Column.categorical(rows.schema().column(v).name() + MARK, 2));
        }
        DatasetBuilder marked = Dataset.builder(Schema.of(columns));
        double[] cells = new double[columns.size()];
        for (long row = 0; row < rows.rows(); row++) {
            for (int v = 0; v < rows.variables(); v++) {
                cells[v] = rows.value(row, v);
            }
            for (int k = 0; k < holed.length; k++) {
                cells[rows.variables() + k] = rows.isMissing(row, holed[k]) ? IS_MISSING : 0;
            }
            marked.add(cells);
        }
        return marked.build();
    }

    private static boolean hasMissing(Dataset rows, int variable) {
        for (long row = 0; row < rows.rows(); row++) {
            if (rows.isMissing(row, variable)) {
                return true;
            }
        }
        return false;
    }

    /** The rows with every known cell marked as not missing. */
    public static Dataset present(Dataset rows) {
        int[] marks = marks(rows.schema());
        DatasetBuilder present = Dataset.builder(rows.schema());
        double[] cells = new double[marks.length];
        for (long row = 0; row < rows.rows(); row++) {
            Arrays.fill(cells, Double.NaN);
            for (int v = 0; v < cells.length; v++) {
                if (!rows.isMissing(row, v)) {
                    cells[v] = rows.value(row, v);
                    if (marks[v] >= 0) {
                        cells[marks[v]] = 0;
                    }
                }
            }
            present.add(cells);
        }
        return present.build();
    }

    /**
     * Drawn rows without the marks.
     *
     * @param complete whether the cells that are marked stay
     */
    public static Dataset unmarked(Dataset drawn, boolean complete) {
        int[] marks = marks(drawn.schema());
        int[] kept =
                IntStream.range(0, marks.length)
                        .filter(v -> IntStream.of(marks).noneMatch(mark -> mark == v))
                        .toArray();
        DatasetBuilder rows =
                Dataset.builder(
                        Schema.of(IntStream.of(kept).mapToObj(drawn.schema()::column).toList()));
        double[] cells = new double[kept.length];
        for (long row = 0; row < drawn.rows(); row++) {
            for (int k = 0; k < kept.length; k++) {
                int mark = marks[kept[k]];
                boolean missing = !complete && mark >= 0 && drawn.value(row, mark) == IS_MISSING;
                cells[k] = missing ? Double.NaN : drawn.value(row, kept[k]);
            }
            rows.add(cells);
        }
        return rows.build();
    }

    /** For each column the position of its mark, -1 if it has none. */
    private static int[] marks(Schema schema) {
        List<String> names = schema.columns().stream().map(Column::name).toList();
        return names.stream().mapToInt(name -> names.indexOf(name + MARK)).toArray();
    }
}
