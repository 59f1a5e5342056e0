package io.sluice.structure;

import io.sluice.circuit.InputFamily;
import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.Schema;
import io.sluice.leaf.Categorical;
import io.sluice.leaf.Gaussian;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The marginal distribution of each variable in a data set: counts of its categories, or mean and
 * standard deviation. Missing cells do not count.
 */
final class Marginals {
    /**
     * Floor of the standard deviation that a Gaussian may learn, as a share of the column's. A
     * column without spread has the floor 0.01.
     */
    private static final double FLOOR = 0.01;

    private final Schema schema;
    private final long[][] counts; // [variable][category]; empty when continuous
    private final double[] observed; // cells
    private final double[] means; // of continuous columns
    private final double[] squares; // sum of squared distances to the mean, of continuous columns

    private Marginals(Schema schema) {
        this.schema = schema;
        int variables = schema.variables();
        counts = new long[variables][];
        observed = new double[variables];
        means = new double[variables];
        squares = new double[variables];
        for (int v = 0; v < variables; v++) {
            counts[v] = new long[schema.column(v).categories()];
        }
    }

    static Marginals of(Dataset data) {
        Marginals marginals = new Marginals(data.schema());
        for (long row = 0; row < data.rows(); row++) {
            for (int v = 0; v < data.variables(); v++) {
                double value = data.value(row, v);
                if (!Double.isNaN(value)) {
                    marginals.add(v, value);
                }
            }
        }
        return marginals;
    }

    /** The marginal of all columns together, as one column; all must be of one kind. */
    Marginals pooled() {
        Column widest =
                schema.columns().stream()
                        .max(Comparator.comparingInt(Column::categories))
                        .orElseThrow();
        Marginals pool = new Marginals(Schema.of(List.of(widest)));
        for (int v = 0; v < counts.length; v++) {
            for (int k = 0; k < counts[v].length; k++) {
                pool.counts[0][k] += counts[v][k];
            }
            // parallel variance (Chan, Golub and LeVeque 1979)
            double total = pool.observed[0] + observed[v];
            double apart = means[v] - pool.means[0];
            if (total > 0) {
                pool.squares[0] +=
                        squares[v] + apart * apart * pool.observed[0] * observed[v] / total;
                pool.means[0] += apart * observed[v] / total;
            }
            pool.observed[0] = total;
        }
        return pool;
    }

    /** The family for each variable's inputs. */
    List<InputFamily> families() {
        List<InputFamily> families = new ArrayList<>();
        for (int v = 0; v < counts.length; v++) {
            families.add(family(v));
        }
        return families;
    }

    /** The family for a variable's inputs. */
    InputFamily family(int variable) {
        Column column = schema.column(variable);
        return column.isCategorical()
                ? new Categorical(column.categories())
                : new Gaussian(FLOOR * unit(variable));
    }

    /** Unit of a continuous column: its deviation, or 1 without spread. */
    private double unit(int variable) {
        double deviation = spread(variable);
        return deviation > 0 ? deviation : 1;
    }

    /**
     * Laplace estimate of a category's probability.
     *
     * @param alpha pseudocount of each category, over 0
     */
    double probability(int variable, int category, double alpha) {
        return (counts[variable][category] + alpha)
                / (observed[variable] + alpha * counts[variable].length);
    }

    /** Whether a variable has counts of this many categories. */
    boolean hasCategories(int variable, int categories) {
        return counts[variable].length == categories;
    }

    /** Mean of a variable, of its category numbers if categorical; 0 if it is never observed. */
    double mean(int variable) {
        long[] count = counts[variable];
        double sum = 0;
        for (int k = 0; k < count.length; k++) {
            sum += (double) k * count[k];
        }
        return count.length == 0 ? means[variable] : sum / Math.max(1, observed[variable]);
    }

    /**
     * Standard deviation of a variable, over 0. Without spread it is the floor for a continuous
     * column, and 1 for a categorical one and for one that is never observed.
     */
    double standardDeviation(int variable) {
        double deviation = spread(variable);
        if (deviation > 0) {
            return deviation;
        }
        return observed[variable] > 0 && counts[variable].length == 0 ? FLOOR : 1;
    }

    private double spread(int variable) {
        long[] count = counts[variable];
        double mean = mean(variable);
        double sum = count.length == 0 ? squares[variable] : 0;
        for (int k = 0; k < count.length; k++) {
            sum += (k - mean) * (k - mean) * count[k];
        }
        return Math.sqrt(sum / Math.max(1, observed[variable]));
    }

    private void add(int variable, double value) {
        observed[variable]++;
        if (counts[variable].length > 0) {
            counts[variable][(int) value]++;
        } else {
            // Welford 1962: no loss of digits when the mean is far from 0
            double before = value - means[variable];
            means[variable] += before / observed[variable];
            squares[variable] += before * (value - means[variable]);
        }
    }
}
