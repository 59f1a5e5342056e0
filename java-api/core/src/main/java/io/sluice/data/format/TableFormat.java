package io.sluice.data.format;

import io.sluice.FileFormatException;
import io.sluice.InvalidArgumentException;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.data.Schema;
import io.sluice.data.UnrepresentableValue;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Text tables: CSV and its relatives, with comma, tab or blanks between cells, with or without a
 * header. A cell is missing when it is empty, {@code nan}, {@code NA} or {@code ?}.
 *
 * <p>A file is read twice, once to infer the schema and once to encode the cells, so that the
 * encoded cells are all that is kept.
 */
final class TableFormat implements FileFormat {

    @Override
    public List<Dataset> read(List<SourceFile> files, DataOptions options) {
        List<TextTable> tables = files.stream().map(TextTable::of).toList();
        @Nullable Schema remembered = options.schema();
        if (remembered == null) {
            requireSameColumns(tables);
        }
        Schema schema = remembered == null ? TableInference.infer(tables) : remembered;
        List<Dataset> parts = new ArrayList<>();
        for (TextTable table : tables) {
            parts.add(encode(table, schema));
        }
        return parts;
    }

    private static void requireSameColumns(List<TextTable> tables) {
        TextTable first = tables.get(0);
        for (TextTable table : tables) {
            if (table.columns() != first.columns()) {
                throw new FileFormatException(
                        table.file()
                                + " has "
                                + table.columns()
                                + " columns, "
                                + first.file()
                                + " has "
                                + first.columns()
                                + ": parts of one data set have the same columns; plain text is"
                                + " read as tokens");
            }
        }
    }

    private static Dataset encode(TextTable table, Schema schema) {
        int[] variableOf = match(table, schema);
        List<CellCodec> codecs = schema.columns().stream().map(CellCodec::new).toList();
        DatasetBuilder builder = Dataset.builder(schema);
        table.visitRows(
                new TableScanner.Visitor() {
                    private final double[] row = new double[schema.variables()];
                    private int badVariable = -1;
                    private String badText = "";

                    @Override
                    public void cell(int column, char[] text, int offset, int length) {
                        int variable = variableOf[column];
                        if (variable < 0) {
                            return;
                        }
                        CellCodec codec = codecs.get(variable);
                        if (CellText.saysMissing(text, offset, length)
                                && !codec.hasLabel(new String(text, offset, length))) {
                            row[variable] = Double.NaN;
                            return;
                        }
                        row[variable] = codec.encode(text, offset, length);
                        if (Double.isNaN(row[variable]) && badVariable < 0) {
                            badVariable = variable;
                            badText = new String(text, offset, length);
                        }
                    }

                    @Override
                    public boolean endRow(long line, int cells) {
                        if (badVariable >= 0) {
                            throw UnrepresentableValue.inCell(
                                    table.file() + ", line " + line,
                                    builder.rows(),
                                    schema.column(badVariable),
                                    badVariable,
                                    badText);
                        }
                        builder.add(row);
                        return true;
                    }
                });
        DataLimits.requireTable(table.file().path(), builder.rows(), schema.variables());
        return builder.build();
    }

    /**
     * The variable that each column of the file holds, -1 for none. Columns are matched by name
     * when the file has a header with a name that the schema knows, otherwise by position.
     */
    private static int[] match(TextTable table, Schema schema) {
        int[] variableOf = new int[table.columns()];
        if (table.header() != null) {
            Arrays.fill(variableOf, -1);
            Map<String, Deque<Integer>> columnsOf = new HashMap<>(); // names may occur twice
            for (int column = 0; column < table.columns(); column++) {
                columnsOf
                        .computeIfAbsent(table.columnName(column), name -> new ArrayDeque<>())
                        .add(column);
            }
            int found = 0;
            String absent = "";
            for (int v = 0; v < schema.variables(); v++) {
                Deque<Integer> columns = columnsOf.get(schema.column(v).name());
                if (columns != null && !columns.isEmpty()) {
                    variableOf[columns.remove()] = v;
                    found++;
                } else {
                    absent = schema.column(v).name();
                }
            }
            if (found == schema.variables()) {
                return variableOf;
            }
            if (found > 0) {
                throw new InvalidArgumentException(
                        table.file()
                                + " has no column '"
                                + absent
                                + "', which the schema has: add it (its cells may be empty) or"
                                + " use another schema");
            }
        }
        if (table.columns() != schema.variables()) {
            throw new InvalidArgumentException(
                    table.file()
                            + " has "
                            + table.columns()
                            + " columns, the schema has "
                            + schema.variables()
                            + ": give data of the shape that the schema, or the model it belongs"
                            + " to, was made for");
        }
        for (int v = 0; v < variableOf.length; v++) {
            variableOf[v] = v;
        }
        return variableOf;
    }
}
