package io.sluice.tables.synthesis;

import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.data.Numbers;
import io.sluice.data.Schema;
import io.sluice.tables.measure.PlainCoding;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

/** Turns drawn cells into rows like those of a table. */
public final class SyntheticRows {

    private SyntheticRows() {}

    /**
     * The columns of rows that were drawn, in the order of another schema, which may have more.
     * Numbers become numbers: a cell that stands for several, such as a bin, becomes one of them at
     * random.
     *
     * @param drawn rows as a circuit draws them
     * @param original schema of the table that the rows are to be like
     * @param given numbers that all rows have, by the name of their column
     * @param seed of the other numbers
     */
    public static Dataset like(
            Dataset drawn, Schema original, Map<String, Double> given, long seed) {
        List<String> names = drawn.schema().columns().stream().map(Column::name).toList();
        int[] variables =
                original.columns().stream()
                        .mapToInt(column -> names.indexOf(column.name()))
                        .filter(v -> v >= 0)
                        .toArray();
        Column[] columns =
                IntStream.of(variables)
                        .mapToObj(v -> plain(drawn.schema().column(v)))
                        .toArray(Column[]::new);
        DatasetBuilder rows = Dataset.builder(Schema.of(List.of(columns)));
        Random random = new Random(seed);
        double[] cells = new double[variables.length];
        for (long row = 0; row < drawn.rows(); row++) {
            for (int k = 0; k < cells.length; k++) {
                double cell = drawn.value(row, variables[k]);
                Numbers from = drawn.schema().column(variables[k]).numbers();
                Numbers to = columns[k].numbers();
                Double number = given.get(columns[k].name());
                if (from != null && to != null && !Double.isNaN(cell)) {
                    double any = from.draw(cell, random.nextDouble());
                    cell = to.cell(number == null ? any : number);
                }
                cells[k] = cell;
            }
            rows.add(cells);
        }
        return rows.build();
    }

    /** A column for the same values, without bins. */
    private static Column plain(Column column) {
        Numbers numbers = column.numbers();
        return numbers == null
                ? column
                : Column.of(column.name(), PlainCoding.of(numbers.quantity()));
    }

    /**
     * Rows with missing cells as in another table: each row lacks the cells that a random row of
     * the other table lacks, so that cells are missing as often, and together.
     *
     * @param rows to empty cells of
     * @param original the other table; columns are matched by name
     * @param kept names of columns whose cells all stay
     * @param seed of the choice of rows
     */
    public static Dataset withHoles(Dataset rows, Dataset original, Set<String> kept, long seed) {
        if (original.missing() == null) {
            return rows;
        }
        List<String> names = original.schema().columns().stream().map(Column::name).toList();
        int[] variables = new int[rows.variables()];
        for (int v = 0; v < variables.length; v++) {
            String name = rows.schema().column(v).name();
            variables[v] = kept.contains(name) ? -1 : names.indexOf(name);
        }
        Random random = new Random(seed);
        DatasetBuilder emptied = Dataset.builder(rows.schema());
        double[] cells = new double[variables.length];
        for (long row = 0; row < rows.rows(); row++) {
            long pattern = random.nextInt(Math.toIntExact(original.rows()));
            for (int v = 0; v < cells.length; v++) {
                boolean hole = variables[v] >= 0 && original.isMissing(pattern, variables[v]);
                cells[v] = hole ? Double.NaN : rows.value(row, v);
            }
            emptied.add(cells);
        }
        return emptied.build();
    }
}
