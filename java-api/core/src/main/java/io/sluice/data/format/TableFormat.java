package io.sluice.data.format;

import io.sluice.FileFormatException;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.data.Schema;
import io.sluice.data.UnrepresentableValue;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Tables: CSV and its relatives, with comma, semicolon, tab, bar or blanks between cells, with or
 * without a header, and formats with types.
 *
 * <p>The first file is read twice, to infer the schema and to encode the cells; the encoded cells,
 * and the texts if they are wanted, are all that is kept.
 */
final class TableFormat implements FileFormat {

    @Override
    public List<Dataset> read(List<SourceFile> files, DataOptions options, Notes notes) {
        @Nullable Schema schema = options.schema();
        Set<String> strays = Set.of();
        @Nullable TextTable first = null;
        List<Dataset> parts = new ArrayList<>();
        for (SourceFile file : files) {
            TextTable table = TextTable.of(file, options, schema, notes);
            if (schema == null) {
                TableInference inferred =
                        TableInference.of(table, options.coding(), options.declared(), notes);
                schema = inferred.schema(table);
                strays = inferred.strays();
                first = table;
            }
            if (first != null) {
                requireSameColumns(table, first);
            }
            parts.add(new Encoding(table, schema, strays, options, notes).read());
        }
        return parts;
    }

    /** What the columns of a file hold. */
    static List<InferredColumn> columns(SourceFile file, DataOptions options, Notes notes) {
        TextTable table = TextTable.of(file, options, null, notes);
        return TableInference.of(table, options.coding(), options.declared(), notes).columns();
    }

    private static void requireSameColumns(TextTable table, TextTable first) {
        boolean named = table.header() != null && first.header() != null;
        if (!named && table.columns() != first.columns()) {
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

    /** Encodes the cells of one table. */
    private static final class Encoding implements TextTable.RowVisitor {
        private final TextTable table;
        private final Schema schema;
        private final DataOptions options;
        private final Notes notes;
        private final int[] variableOf;
        private final boolean[] hasStrays;
        private final List<CellCodec> codecs;
        private final DatasetBuilder builder;
        private final KeptRows.Collector kept;
        private final double[] row;
        private int badVariable = -1;
        private String badText = "";
        private long unseenRows;
        private String firstUnseen = "";

        Encoding(
                TextTable table,
                Schema schema,
                Set<String> strays,
                DataOptions options,
                Notes notes) {
            this.table = table;
            this.schema = schema;
            this.options = options;
            this.notes = notes;
            ColumnMatch match = ColumnMatch.of(table, schema, options.schema() != null, notes);
            this.variableOf = match.variableOf();
            this.hasStrays = new boolean[schema.variables()];
            for (int v = 0; v < hasStrays.length; v++) {
                hasStrays[v] = strays.contains(schema.column(v).name());
            }
            this.codecs = CellCodec.of(schema);
            this.builder = Dataset.builder(schema);
            this.kept = new KeptRows.Collector(table, match.columnOf(), options.keepText());
            this.row = new double[schema.variables()];
            Arrays.fill(row, Double.NaN); // variables that the table lacks
        }

        Dataset read() {
            table.visitRows(this);
            DataLimits.requireTable(table.file().path(), builder.rows(), schema.variables());
            if (unseenRows > 0) {
                notes.add(
                        table.file()
                                + " has "
                                + unseenRows
                                + (unseenRows == 1 ? " row" : " rows")
                                + " with values that the schema lacks, the first in "
                                + firstUnseen
                                + (options.unseen() == UnseenRule.MISSING
                                        ? ": such values count as missing (--unseen)"
                                        : ": such rows are impossible (--unseen)"));
            }
            return builder.build(kept.build());
        }

        @Override
        public void rawCell(char[] text, int offset, int length, boolean quoted) {
            kept.cell(text, offset, length, quoted);
        }

        @Override
        public void endHeader() {
            kept.endHeader();
        }

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
            row[variable] = codec.encode(text, offset, length, table.decimal());
            boolean stray =
                    hasStrays[variable]
                            && (codec.isCalendar()
                                    || Double.isNaN(
                                            NumberText.parse(
                                                    text, offset, length, table.decimal())));
            if (Double.isNaN(row[variable]) && !stray && badVariable < 0) {
                badVariable = variable;
                badText = new String(text, offset, length);
            }
        }

        @Override
        public boolean endRow(long line, int cells) {
            if (badVariable >= 0) {
                refuseOrMark(line);
            }
            builder.add(row);
            kept.endRow();
            return true;
        }

        private void refuseOrMark(long line) {
            String where = table.file() + ", line " + line;
            if (options.unseen() == UnseenRule.REFUSE) {
                throw UnrepresentableValue.inCell(
                        where,
                        builder.rows(),
                        schema.column(badVariable),
                        badVariable,
                        Shown.text(badText));
            }
            if (unseenRows++ == 0) {
                firstUnseen =
                        "line "
                                + line
                                + ", column '"
                                + Shown.text(schema.column(badVariable).name())
                                + "' ('"
                                + Shown.text(badText)
                                + "')";
            }
            kept.markUnseen(builder.rows());
            badVariable = -1;
        }
    }
}
