package io.sluice.data.format;

import io.sluice.InvalidArgumentException;
import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.Numbers;
import io.sluice.data.Quantity;
import io.sluice.data.Schema;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Writes a table once more with its missing cells filled and everything else as it stood. */
final class CompletedTable {
    /** Observed cells that are looked at to find the style of a column. */
    private static final int MOST_SAMPLES = 1000;

    private final Dataset rows;
    private final KeptRows kept;
    private final KeptRows.Texts texts;
    private final Schema schema;
    private final int times;
    private final List<TypedColumn> columns;
    private final boolean typing;
    private final TypedFormat.Sink sink;
    private final int[] variableOf;
    private final List<NumberStyle> styles = new ArrayList<>();
    private long written;

    /**
     * Prepares to write.
     *
     * @param kept of the same rows
     * @param texts of the file that they are from
     * @param columns of the new file
     * @param typing whether the old file is text and the new one has types
     */
    CompletedTable(
            Dataset rows,
            KeptRows kept,
            KeptRows.Texts texts,
            Schema schema,
            int times,
            List<TypedColumn> columns,
            boolean typing,
            TypedFormat.Sink sink) {
        this.rows = rows;
        this.kept = kept;
        this.texts = texts;
        this.schema = schema;
        this.times = times;
        this.columns = columns;
        this.typing = typing;
        this.sink = sink;
        this.variableOf = new int[texts.table().columns()];
        Arrays.fill(variableOf, -1);
        for (int v = 0; v < rows.variables(); v++) {
            int column = texts.columnOf()[v];
            if (column >= 0) {
                variableOf[column] = v;
            }
            styles.add(style(v));
        }
    }

    /** Writes the rows. */
    void write(TableWriter.Rows completions) throws IOException {
        try {
            completions.writeTo(this::write);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        if (written != rows.rows() * times) {
            throw new InvalidArgumentException(
                    written
                            + " completions do not fit "
                            + rows.rows()
                            + " rows: give "
                            + times
                            + " for each");
        }
        sink.finish();
    }

    private void write(Dataset portion) {
        for (long r = 0; r < portion.rows(); r++) {
            long row = written / times;
            if (row >= rows.rows()) {
                throw new InvalidArgumentException(
                        "there are more completions than rows: give "
                                + times
                                + " for each of "
                                + rows.rows());
            }
            List<TableCell> cells = new ArrayList<>(kept.cells(row));
            if (cells.isEmpty()) {
                cells.add(TableCell.MISSING); // a blank line of a table of one column
            }
            boolean[] filled = new boolean[variableOf.length];
            for (int v = 0; v < rows.variables(); v++) {
                double value = portion.value(r, v);
                int column = texts.columnOf()[v];
                boolean hole = column >= 0 && rows.isMissing(row, v) && !Double.isNaN(value);
                if (hole && !isUnseen(cells, column, row)) {
                    fill(cells, column, v, value);
                    filled[column] = true;
                }
            }
            try {
                sink.row(typing ? typed(cells, filled, row) : cells);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            written++;
        }
    }

    /** Whether a cell holds a value that the model lacks: it was observed, and stays. */
    private boolean isUnseen(List<TableCell> cells, int column, long row) {
        return rows.hasUnseen(row)
                && column < cells.size()
                && !CellText.saysMissing(cells.get(column).text());
    }

    private void fill(List<TableCell> cells, int column, int variable, double value) {
        while (cells.size() <= column) {
            cells.add(TableCell.MISSING);
        }
        TableCell hole = cells.get(column);
        String text = text(variable, value);
        if (texts.table().layout() instanceof TableLayout.Typed) {
            boolean bare = columns.get(column).kind().isBare() || !hasValues(column);
            cells.set(column, new TableCell(text, !(bare && JsonLines.isBare(text))));
        } else {
            String blanks = hole.quoted() ? "" : leadingBlanks(hole.raw());
            cells.set(column, new TableCell(blanks + text, hole.quoted()));
        }
    }

    private boolean hasValues(int column) {
        return styles.get(variableOf[column]).isKnown();
    }

    private List<TableCell> typed(List<TableCell> cells, boolean[] filled, long row) {
        List<TableCell> typed = new ArrayList<>();
        for (int column = 0; column < variableOf.length; column++) {
            TableCell cell = column < cells.size() ? cells.get(column) : TableCell.MISSING;
            typed.add(typed(cell, column, filled[column], row));
        }
        return typed;
    }

    private TableCell typed(TableCell cell, int column, boolean filled, long row) {
        String text = cell.text();
        int variable = variableOf[column];
        boolean observed = variable >= 0 && !rows.isMissing(row, variable);
        return filled || observed || !CellText.saysMissing(text)
                ? ColumnKinds.cell(text, columns.get(column).kind(), texts.table().decimal())
                : TableCell.MISSING;
    }

    private static String leadingBlanks(String raw) {
        int length = 0;
        while (length < raw.length() && raw.charAt(length) <= ' ') {
            length++;
        }
        return raw.substring(0, length);
    }

    private String text(int variable, double value) {
        Column column = schema.column(variable);
        NumberStyle style = styles.get(variable);
        @Nullable Numbers numbers = column.numbers();
        if (numbers != null) {
            double number = numbers.number(value);
            return switch (numbers.quantity().kind()) {
                case REAL, WHOLE -> text(numbers.quantity(), number, style);
                case DATE, TIME, TIMESTAMP -> numbers.quantity().text(number);
            };
        }
        if (!column.isCategorical()) {
            return style.format(shortest((float) value));
        }
        String label = column.label((int) value);
        double number = NumberText.parse(label, '.');
        boolean styled =
                style.decimals() > 0 || !style.prefix().isEmpty() || !style.suffix().isEmpty();
        return styled && !Double.isNaN(number) ? style.format(number) : label;
    }

    /** A number in the style of the column, unless that rounds it out of its range. */
    private static String text(Quantity quantity, double number, NumberStyle style) {
        if (style.isKnown()) {
            String text = style.format(number);
            if (quantity.contains(NumberText.parse(text, style.decimal()))) {
                return text;
            }
        }
        return quantity.text(number).replace('.', style.decimal());
    }

    /** The double whose shortest text is that of a float. */
    private static double shortest(float number) {
        return Double.parseDouble(Float.toString(number));
    }

    /**
     * The style of the numbers of a column; of categories, when all that are looked at are numbers.
     */
    private NumberStyle style(int variable) {
        char decimal = texts.table().decimal();
        List<String> samples = new ArrayList<>();
        for (long r = 0; r < Math.min(rows.rows(), MOST_SAMPLES); r++) {
            if (!rows.isMissing(r, variable)) {
                samples.add(rows.text(r, variable));
            }
        }
        boolean numbers =
                samples.stream().noneMatch(text -> Double.isNaN(NumberText.parse(text, decimal)));
        return NumberStyle.of(numbers ? samples : List.of(), decimal);
    }
}
