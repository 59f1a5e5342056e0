package io.sluice.tables.synthesis;

import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.data.Numbers;
import io.sluice.data.Quantity;
import io.sluice.data.ScaledNumbers;
import io.sluice.data.Schema;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

/** Turns drawn cells into rows like those of a table. */
public final class SyntheticRows {

    /** As many steps of a resolution as a float32 cell holds exactly. */
    private static final double MOST_EXACT_STEPS = 1 << 24;

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

    /** The schema of rows that {@link #like} makes from draws under a schema. */
    public static Schema of(Schema drawn) {
        return new Schema(
                drawn.columns().stream().map(SyntheticRows::plain).toList(), drawn.image());
    }

    /**
     * A column for the same values without bins: its cells are the numbers, shifted where they are
     * too far from zero for float32.
     */
    private static Column plain(Column column) {
        Numbers numbers = column.numbers();
        if (numbers == null) {
            return column;
        }
        Quantity quantity = numbers.quantity();
        double largest = Math.max(Math.abs(quantity.minimum()), Math.abs(quantity.maximum()));
        boolean exact = largest / quantity.resolution() < MOST_EXACT_STEPS;
        double offset = exact ? 0 : quantity.minimum();
        return Column.of(column.name(), new ScaledNumbers(quantity, offset, 1));
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
