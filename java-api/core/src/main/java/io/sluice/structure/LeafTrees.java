package io.sluice.structure;

import io.sluice.circuit.Scope;
import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.data.Schema;

import java.util.ArrayList;
import java.util.List;

/** The Chow-Liu trees of some columns of a data set. */
record LeafTrees(Dataset data) {
    /** Rows from which a tree of a few variables is learned; more would change few of its edges. */
    private static final long MOST_ROWS = 1 << 16;

    /** The tree over the variables of a scope, numbered by their positions in it. */
    ChowLiuTree of(Scope scope) {
        int[] variables = scope.toArray();
        List<Column> columns = new ArrayList<>();
        for (int v : variables) {
            columns.add(data.schema().column(v));
        }
        DatasetBuilder chosen = Dataset.builder(Schema.of(columns));
        long rows = Math.min(data.rows(), MOST_ROWS);
        double[] cells = new double[variables.length];
        for (long i = 0; i < rows; i++) {
            long row = i * data.rows() / rows; // evenly spaced
            for (int j = 0; j < cells.length; j++) {
                cells[j] = data.value(row, variables[j]);
            }
            chosen.add(cells);
        }
        return ChowLiuTree.of(chosen.build());
    }
}
