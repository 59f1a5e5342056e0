package io.sluice.runtime;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.InputFamily;
import io.sluice.circuit.LeafKernel;
import io.sluice.circuit.SuppliedFamily;
import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.Schema;
import io.sluice.reference.VariableFamilies;

import org.jspecify.annotations.Nullable;

/**
 * Checks that a circuit can represent every cell of a data set, and that its columns are those that
 * the engine knows. Remembers the last valid data set.
 */
final class DataCheck {
    private final VariableFamilies families;
    private @Nullable KnownColumns known;
    private @Nullable Dataset latest;

    /**
     * @param known what the variables mean; null until the engine learns from data
     */
    DataCheck(VariableFamilies families, @Nullable Schema known) {
        this.families = families;
        this.known = known == null ? null : new KnownColumns(known);
        if (known != null) {
            requireVariables(known.variables(), "schema");
        }
    }

    /** The columns as far as they are known. */
    Schema schema() {
        return known == null ? CircuitSchema.of(families.circuit()) : known.schema();
    }

    /** {@link #require} of data to learn from, which say what the variables mean. */
    void requireToLearn(Dataset data) {
        require(data);
        if (known == null) {
            known = new KnownColumns(data.schema());
        }
    }

    /** Forgets the last valid data set: other cells may be valid from now on. */
    void forget() {
        latest = null;
    }

    /**
     * @throws InvalidArgumentException that names column, and row and value where there is one
     */
    void require(Dataset data) {
        if (data == latest) {
            return;
        }
        requireVariables(data.variables(), "data");
        if (known != null) {
            known.require(data.schema());
        }
        for (int v = 0; v < data.variables(); v++) {
            requireColumn(data, v);
        }
        latest = data;
    }

    private void requireVariables(int variables, String what) {
        if (variables != families.circuit().variables()) {
            throw new InvalidArgumentException(
                    "the "
                            + what
                            + " has "
                            + variables
                            + " variables and the circuit "
                            + families.circuit().variables()
                            + ": give one column for each variable");
        }
    }

    private void requireColumn(Dataset data, int variable) {
        InputFamily family = families.of(variable);
        Column column = data.schema().column(variable);
        if (family.finite() && !column.isCategorical()) {
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
        if (family.kernel() == LeafKernel.GAUSSIAN) {
            return; // cells are finite numbers by construction
        }
        if (family.finite()
                && (column.categories() <= family.categories()
                        || data.maximum(variable) < family.categories())) {
            return;
        }
        for (long row = 0; row < data.rows(); row++) {
            double value = data.value(row, variable);
            if (!Double.isNaN(value) && !isPossible(family, value)) {
                throw refused(data, row, variable, value, family);
            }
        }
    }

    /**
     * Kernels index tables by the categories of a finite family, even if the family accepts more.
     * Tables of supplied families have a row for each row of a batch instead.
     */
    private static boolean isPossible(InputFamily family, double value) {
        return family.accepts(value)
                && (!family.finite()
                        || family instanceof SuppliedFamily
                        || (value >= 0
                                && value < family.categories()
                                && value == Math.rint(value)));
    }

    private static InvalidArgumentException refused(
            Dataset data, long row, int variable, double value, InputFamily family) {
        Column column = data.schema().column(variable);
        String where =
                "row "
                        + row
                        + ", column "
                        + variable
                        + " ('"
                        + column.name()
                        + "') is "
                        + (column.isCategorical() ? column.label((int) value) : value);
        return new InvalidArgumentException(
                family.kernel() == LeafKernel.PROBABILITIES
                        ? where
                                + ", and the circuit knows only the categories 0 to "
                                + (family.categories() - 1)
                                + ": correct the cell, mark it missing, or build the circuit for"
                                + " more categories"
                        : where
                                + ", and the circuit's variable is "
                                + family
                                + ", for which it has to be "
                                + family.values()
                                + ": correct the cell, mark it missing, or build the circuit with"
                                + " another family");
    }

    /**
     * Checks numbers of rows. Kernels rely on them, so it checks a copy that no one else can
     * change.
     *
     * @return the copy
     * @throws InvalidArgumentException for a row number that the data set does not have
     */
    static int[] rows(Dataset data, int[] given) {
        int[] rows = given.clone();
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
        return rows;
    }
}
