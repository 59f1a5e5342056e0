package io.sluice.data.format;

import io.sluice.InvalidArgumentException;
import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.data.Schema;
import io.sluice.data.UnrepresentableValue;

import org.jspecify.annotations.Nullable;

import java.util.List;

/** Brings a data set under another schema with as many columns. */
final class Conform {
    private Conform() {}

    /**
     * The same cells under a schema. Values are kept: where the schema has labels, a cell's code
     * becomes the code of the label that reads like the value.
     *
     * @param schema null to keep the data set as it is
     * @param source what the data are, for messages
     * @throws InvalidArgumentException when the numbers of columns differ, and naming row, column
     *     and value, when the schema has no place for a value
     */
    static Dataset to(Dataset data, @Nullable Schema schema, String source) {
        if (schema == null || schema.equals(data.schema())) {
            return data;
        }
        if (schema.variables() != data.variables()) {
            throw new InvalidArgumentException(
                    source
                            + " has "
                            + data.variables()
                            + " columns, the schema has "
                            + schema.variables()
                            + ": give data of the shape that the schema, or the model it belongs"
                            + " to, was made for");
        }
        if (schema.elementType() == data.type() && sameCodes(data, schema)) {
            return data.withSchema(schema);
        }
        DatasetBuilder builder = Dataset.builder(schema);
        List<CellCodec> codecs = CellCodec.of(schema);
        double[] row = new double[data.variables()];
        for (long r = 0; r < data.rows(); r++) {
            for (int v = 0; v < row.length; v++) {
                row[v] = recode(data, r, v, codecs.get(v), source);
            }
            builder.add(row);
        }
        return builder.build();
    }

    private static boolean sameCodes(Dataset data, Schema schema) {
        for (int v = 0; v < data.variables(); v++) {
            Column from = data.schema().column(v);
            Column to = schema.column(v);
            if (from.kind() != to.kind() || !from.labels().equals(to.labels())) {
                return false;
            }
            if (to.isCategorical() && data.maximum(v) >= to.categories()) {
                return false; // the general way finds the row to name
            }
        }
        return true;
    }

    private static double recode(
            Dataset data, long row, int variable, CellCodec codec, String source) {
        double value = data.value(row, variable);
        if (Double.isNaN(value)) {
            return value;
        }
        Column from = data.schema().column(variable);
        double code =
                from.labels().isEmpty()
                        ? codec.encodeNumber(value)
                        : codec.encode(from.label((int) value), '.');
        if (Double.isNaN(code)) {
            String text =
                    from.labels().isEmpty() ? CellText.ofNumber(value) : from.label((int) value);
            throw UnrepresentableValue.inCell(source, row, codec.column(), variable, text);
        }
        return code;
    }
}
