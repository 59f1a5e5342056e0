package io.sluice.tables.synthesis;

import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.data.Numbers;
import io.sluice.data.Quantity;
import io.sluice.data.Schema;
import io.sluice.data.format.NumberCoding;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/** Stores the numbers of rows by another coding, which is found from these rows alone. */
public final class CodedRows {

    private CodedRows() {}

    /**
     * The same rows with other cells for their numbers. Columns whose cells stand for no numbers,
     * and those that are missing in every row, stay as they are.
     */
    public static Dataset of(Dataset rows, NumberCoding coding) {
        List<Column> columns = new ArrayList<>();
        for (int v = 0; v < rows.variables(); v++) {
            columns.add(coded(rows, v, coding));
        }
        DatasetBuilder coded = Dataset.builder(Schema.of(columns));
        double[] cells = new double[columns.size()];
        for (long row = 0; row < rows.rows(); row++) {
            for (int v = 0; v < cells.length; v++) {
                Numbers from = rows.schema().column(v).numbers();
                Numbers to = columns.get(v).numbers();
                double cell = rows.value(row, v);
                cells[v] =
                        from == null || to == null || Double.isNaN(cell)
                                ? cell
                                : to.cell(from.number(cell));
            }
            coded.add(cells);
        }
        return coded.build();
    }

    private static Column coded(Dataset rows, int variable, NumberCoding coding) {
        Column column = rows.schema().column(variable);
        Numbers numbers = column.numbers();
        if (numbers == null) {
            return column;
        }
        double[] known =
                LongStream.range(0, rows.rows())
                        .filter(row -> !rows.isMissing(row, variable))
                        .mapToDouble(row -> numbers.number(rows.value(row, variable)))
                        .toArray();
        if (known.length == 0) {
            return column;
        }
        Numbers found = coding.code(column.name(), ofRange(numbers.quantity(), known), known);
        return found == null ? column : Column.of(column.name(), found);
    }

    /** A quantity with the range of some numbers. */
    private static Quantity ofRange(Quantity quantity, double[] numbers) {
        return new Quantity(
                quantity.kind(),
                quantity.resolution(),
                Arrays.stream(numbers).min().orElseThrow(),
                Arrays.stream(numbers).max().orElseThrow(),
                quantity.pattern());
    }
}
