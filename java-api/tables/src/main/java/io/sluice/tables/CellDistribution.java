package io.sluice.tables;

import io.sluice.data.BinnedNumbers;
import io.sluice.data.BinnedNumbers.Bin;
import io.sluice.data.Column;
import io.sluice.data.Numbers;
import io.sluice.data.ScaledNumbers;
import io.sluice.runtime.Conditionals;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/**
 * The distribution of a missing cell, given the other cells of its row, in the words and units of
 * its column. Numbers have a mean, a deviation and quantiles; categories have probabilities.
 */
public final class CellDistribution {
    private static final int BISECTIONS = 60;
    private static final int SEARCHED = 32;
    private static final int REFINEMENTS = 12;
    private static final double FIRST_DEVIATIONS = 8;

    private final Column column;
    private final Conditionals found;
    private final int cell;
    private final double @Nullable [] probabilities;
    private final double @Nullable [] values;

    private CellDistribution(
            Column column,
            Conditionals found,
            int cell,
            double @Nullable [] probabilities,
            double @Nullable [] values) {
        this.column = column;
        this.found = found;
        this.cell = cell;
        this.probabilities = probabilities;
        this.values = values;
    }

    /**
     * The distribution of a cell.
     *
     * @param column of the model
     * @param found the conditionals of some rows
     * @param cell number of the cell in them
     */
    public static CellDistribution of(Column column, Conditionals found, int cell) {
        if (!found.finite(cell)) {
            return new CellDistribution(column, found, cell, null, null);
        }
        double[] all = found.probabilities(cell);
        double[] probabilities = Arrays.copyOf(all, Math.min(all.length, column.categories()));
        return new CellDistribution(column, found, cell, probabilities, values(column));
    }

    /**
     * The number that each code stands for; null where codes are names. Labels are numbers when
     * they ascend, as those of a column of whole numbers do; others, such as postcodes, are names.
     */
    private static double @Nullable [] values(Column column) {
        double[] values = new double[column.categories()];
        Numbers numbers = column.numbers();
        for (int code = 0; code < values.length; code++) {
            if (numbers != null) {
                values[code] = numbers.number(code);
            } else if (column.labels().isEmpty()) {
                values[code] = code;
            } else {
                double value = number(column.label(code));
                if (Double.isNaN(value) || (code > 0 && value <= values[code - 1])) {
                    return null;
                }
                values[code] = value;
            }
        }
        return numbers == null && column.categories() <= 2 ? null : values;
    }

    private static double number(String label) {
        if (label.length() > 1 && label.charAt(0) == '0' && label.charAt(1) != '.') {
            return Double.NaN; // a code
        }
        try {
            return Double.parseDouble(label);
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }

    /** Whether the cell is a number, which has a mean, rather than a name. */
    public boolean isNumber() {
        return probabilities == null || values != null;
    }

    /** Whether the cell is one of finitely many categories, bins included. */
    public boolean isFinite() {
        return probabilities != null;
    }

    /** Probability of each category or bin; empty for a cell that is not finite. */
    public double[] probabilities() {
        return probabilities == null ? new double[0] : probabilities.clone();
    }

    /** Expected value of a number. */
    public double mean() {
        if (probabilities == null) {
            return number(found.mean(cell));
        }
        double[] known = numbers();
        double sum = 0;
        double total = 0;
        for (int code = 0; code < known.length; code++) {
            sum += probabilities[code] * (known[code] - known[0]);
            total += probabilities[code];
        }
        return known[0] + sum / total;
    }

    /** Standard deviation of a number. */
    public double standardDeviation() {
        if (probabilities == null) {
            return found.standardDeviation(cell) * scale();
        }
        double[] known = numbers();
        double mean = mean();
        double sum = 0;
        double total = 0;
        for (int code = 0; code < known.length; code++) {
            double width = 0;
            if (column.numbers() instanceof BinnedNumbers binned) {
                width = binned.bins().get(code).highest() - binned.bins().get(code).lowest();
            }
            double distance = known[code] - mean;
            sum += probabilities[code] * (distance * distance + width * width / 12); // uniform
            total += probabilities[code];
        }
        return Math.sqrt(sum / total);
    }

    /**
     * The number below which the cell lies with a probability.
     *
     * @param probability over 0, below 1
     */
    public double quantile(double probability) {
        if (probabilities == null) {
            return number(continuousQuantile(probability));
        }
        double[] known = numbers();
        double left = probability * Arrays.stream(probabilities).sum();
        for (int code = 0; code < known.length; code++) {
            if (left <= probabilities[code] || code == known.length - 1) {
                if (column.numbers() instanceof BinnedNumbers binned) {
                    Bin bin = binned.bins().get(code);
                    double share = Math.min(1, left / Math.max(probabilities[code], 1e-300));
                    return bin.lowest() + share * (bin.highest() - bin.lowest());
                }
                return known[code];
            }
            left -= probabilities[code];
        }
        throw new AssertionError("no categories");
    }

    private double continuousQuantile(double probability) {
        double mean = found.mean(cell);
        double reach = FIRST_DEVIATIONS * Math.max(found.standardDeviation(cell), 1e-30);
        double low = mean - reach;
        double high = mean + reach;
        while (found.cumulative(cell, low) > probability) {
            low -= reach;
            reach *= 2;
        }
        while (found.cumulative(cell, high) < probability) {
            high += reach;
            reach *= 2;
        }
        for (int i = 0; i < BISECTIONS; i++) {
            double middle = (low + high) / 2;
            if (found.cumulative(cell, middle) < probability) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return (low + high) / 2;
    }

    /**
     * The most probable category; for bins the one of greatest density, as in the log-likelihood of
     * a row.
     */
    public int mode() {
        double[] known = probabilities();
        Numbers numbers = column.numbers();
        int best = 0;
        double most = Double.NEGATIVE_INFINITY;
        for (int code = 0; code < known.length; code++) {
            double log = Math.log(known[code]) - (numbers == null ? 0 : numbers.logWidth(code));
            if (log > most) {
                most = log;
                best = code;
            }
        }
        return best;
    }

    /**
     * What stores the most probable value: the {@link #mode} of a finite cell; of a continuous one
     * the possible number nearest to the greatest density, as far as a search from many quantiles
     * finds it.
     */
    public double modeCell() {
        if (probabilities != null) {
            return mode();
        }
        double best = found.mean(cell);
        for (int k = 1; k < SEARCHED; k++) {
            double candidate = continuousQuantile((double) k / SEARCHED);
            if (found.logDensity(cell, candidate) > found.logDensity(cell, best)) {
                best = candidate;
            }
        }
        double reach = found.standardDeviation(cell) / SEARCHED;
        for (int i = 0; i < REFINEMENTS; i++, reach /= 2) {
            for (double candidate : new double[] {best - reach, best + reach}) {
                if (found.logDensity(cell, candidate) > found.logDensity(cell, best)) {
                    best = candidate;
                }
            }
        }
        Numbers numbers = column.numbers();
        return numbers == null ? best : numbers.cell(numbers.number(best));
    }

    /** What stores a number that this cell can have, nearest to a given one. */
    public double nearestCell(double number) {
        Numbers numbers = column.numbers();
        if (probabilities == null) {
            return numbers == null ? number : numbers.cell(numbers.quantity().nearest(number));
        }
        double[] known = numbers();
        int best = -1;
        for (int code = 0; code < known.length; code++) {
            boolean nearer =
                    best < 0 || Math.abs(known[code] - number) < Math.abs(known[best] - number);
            best = probabilities[code] > 0 && nearer ? code : best;
        }
        return Math.max(0, best);
    }

    /** A number of the column from what a cell stores. */
    private double number(double stored) {
        return column.numbers() instanceof ScaledNumbers scaled
                ? scaled.offset() + scaled.scale() * stored
                : stored;
    }

    private double scale() {
        return column.numbers() instanceof ScaledNumbers scaled ? scaled.scale() : 1;
    }

    private double[] numbers() {
        if (values == null) {
            throw new IllegalStateException(
                    "column '"
                            + column.name()
                            + "' has names, which have no mean and no quantiles");
        }
        return values;
    }
}
