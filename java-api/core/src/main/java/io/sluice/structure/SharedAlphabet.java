package io.sluice.structure;

import io.sluice.InvalidArgumentException;
import io.sluice.data.Column;
import io.sluice.data.Schema;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * One alphabet for columns that are the steps of a sequence. Models whose variables share their
 * inputs, such as a homogeneous {@link Hmm}, need it: a code then means the same in every column,
 * even if a column lacks some symbols.
 */
public final class SharedAlphabet {

    private SharedAlphabet() {}

    /**
     * Gives all categorical columns the same categories: the largest number of them if no column
     * has labels; otherwise all labels, in the order of their first column. Data have to be read
     * under the new schema, as codes may change.
     *
     * @return the same schema if its categorical columns agree or there are none
     */
    public static Schema of(Schema schema) {
        List<Column> categorical = schema.columns().stream().filter(Column::isCategorical).toList();
        if (categorical.stream().allMatch(column -> sameCodes(column, categorical.get(0)))) {
            return schema;
        }
        boolean labelled = categorical.stream().anyMatch(column -> !column.labels().isEmpty());
        int most = categorical.stream().mapToInt(Column::categories).max().orElseThrow();
        Set<String> labels = new LinkedHashSet<>();
        for (Column column : labelled ? categorical : List.<Column>of()) {
            for (int code = 0; code < column.categories(); code++) {
                labels.add(column.label(code));
            }
        }
        List<Column> columns = new ArrayList<>();
        for (Column column : schema.columns()) {
            columns.add(
                    !column.isCategorical()
                            ? column
                            : labelled
                                    ? Column.categorical(column.name(), List.copyOf(labels))
                                    : Column.categorical(column.name(), most));
        }
        return new Schema(columns, schema.image());
    }

    /**
     * Checks that all columns are of one kind and that a code means the same in each.
     *
     * @throws InvalidArgumentException naming two columns that differ
     */
    static void require(Schema schema) {
        Column first = schema.column(0);
        for (Column column : schema.columns()) {
            if (column.kind() != first.kind()) {
                throw new InvalidArgumentException(
                        both(first, column)
                                + " differ in kind and cannot share their inputs: give columns of"
                                + " one kind, or let each have its own inputs (tied: false)");
            }
            if (!column.labels().equals(first.labels())) {
                throw new InvalidArgumentException(
                        both(first, column)
                                + " have different labels and cannot share their inputs: read the"
                                + " data under SharedAlphabet.of(schema), or let each have its own"
                                + " inputs (tied: false)");
            }
        }
    }

    private static boolean sameCodes(Column first, Column second) {
        return first.categories() == second.categories() && first.labels().equals(second.labels());
    }

    private static String both(Column first, Column second) {
        return "columns '" + first.name() + "' and '" + second.name() + "'";
    }
}
