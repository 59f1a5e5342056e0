package io.sluice.runtime;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.InputFamily;
import io.sluice.data.Column;
import io.sluice.data.Dataset;

import org.jspecify.annotations.Nullable;

/** Whether a circuit can represent every cell of a data set; remembers the latest good one. */
final class DataCheck {
    private final Circuit circuit;
    private @Nullable Dataset latest;

    DataCheck(Circuit circuit) {
        this.circuit = circuit;
    }

    /**
     * @throws InvalidArgumentException that names column, and row and value where there is one
     */
    void require(Dataset data) {
        if (data == latest) {
            return;
        }
        if (data.variables() != circuit.variables()) {
            throw new InvalidArgumentException(
                    "the data has "
                            + data.variables()
                            + " variables and the circuit "
                            + circuit.variables()
                            + ": give data with one column for each variable");
        }
        for (int v = 0; v < data.variables(); v++) {
            requireColumn(data, v);
        }
        latest = data;
    }

    private void requireColumn(Dataset data, int variable) {
        InputFamily family = circuit.family(variable);
        Column column = data.schema().column(variable);
        if (!family.finite()) {
            return; // cells are finite numbers by construction
        }
        if (!column.isCategorical()) {
            throw new InvalidArgumentException(
                    "column "
                            + variable
                            + " ('"
                            + column.name()
                            + "') is continuous and the circuit's variable has "
                            + family.categories()
                            + " categories: declare the column categorical, or build the circuit"
                            + " for continuous data");
        }
        if (column.categories() > family.categories()
                && data.maximum(variable) >= family.categories()) {
            throw outOfRange(data, variable, family.categories());
        }
    }

    private static InvalidArgumentException outOfRange(Dataset data, int variable, int categories) {
        long row = 0;
        while (!(data.value(row, variable) >= categories)) {
            row++;
        }
        Column column = data.schema().column(variable);
        return new InvalidArgumentException(
                "row "
                        + row
                        + ", column "
                        + variable
                        + " ('"
                        + column.name()
                        + "') is "
                        + column.label((int) data.value(row, variable))
                        + ", and the circuit knows only the categories 0 to "
                        + (categories - 1)
                        + ": correct the cell, mark it missing, or build the circuit for more"
                        + " categories");
    }

    /**
     * @throws InvalidArgumentException for a row number that the data set does not have
     */
    static void requireRows(Dataset data, int[] rows) {
        for (int row : rows) {
            if (row < 0 || row >= data.rows()) {
                throw new InvalidArgumentException(
                        "there is no row "
                                + row
                                + ": the data has "
                                + data.rows()
                                + " rows, counted from 0");
            }
        }
    }
}
