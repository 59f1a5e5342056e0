package io.sluice.tables;

import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.runtime.Conditionals;
import io.sluice.runtime.Engine;

import java.util.Arrays;
import java.util.stream.IntStream;

/** Ways to fill the missing cells of rows. Observed cells stay as they are. */
public enum Imputation {
    /** Numbers: the expected value, or the possible one nearest to it; names: the most probable. */
    MEAN,
    /** Numbers: the median; names: the most probable. */
    MEDIAN,
    /** Each cell's own most probable value, given the observed cells. */
    MODE,
    /**
     * The most probable values together. Exact for a row with one missing category or bin and for
     * deterministic circuits; otherwise the best completion that max-product decoding and the most
     * probable values one by one lead to, which no change of one cell improves (in rows of up to 32
     * missing cells).
     */
    MPE,
    /** A draw from the joint distribution of the missing cells. */
    SAMPLE;

    private static final int MOST_ROUNDS = 100;

    /** Rows with more missing cells keep the better of the two first completions. */
    private static final int MOST_HOLES = 32;

    /**
     * Fills the missing cells of rows, none of which may be impossible.
     *
     * @param engine that knows the columns
     * @param rows under the engine's schema
     * @param seed of {@link #SAMPLE}
     * @return the rows, complete
     */
    public Dataset fill(Engine engine, Dataset rows, long seed) {
        return switch (this) {
            case MEAN, MEDIAN, MODE -> cellByCell(engine.conditionals(rows), rows);
            case MPE -> mostProbable(engine, rows);
            case SAMPLE -> engine.sample(rows, 1, seed);
        };
    }

    private Dataset cellByCell(Conditionals found, Dataset rows) {
        double[][] completed = cells(rows);
        for (int cell = 0; cell < found.cells(); cell++) {
            int variable = found.variable(cell);
            Column column = rows.schema().column(variable);
            completed[found.row(cell)][variable] = value(CellDistribution.of(column, found, cell));
        }
        return dataset(rows, completed);
    }

    private double value(CellDistribution cell) {
        if (this == MODE || !cell.isNumber()) {
            return cell.modeCell();
        }
        return cell.nearestCell(this == MEAN ? cell.mean() : cell.quantile(0.5));
    }

    private static double[][] cells(Dataset rows) {
        double[][] cells = new double[Math.toIntExact(rows.rows())][rows.variables()];
        for (int r = 0; r < cells.length; r++) {
            for (int v = 0; v < cells[r].length; v++) {
                cells[r][v] = rows.value(r, v);
            }
        }
        return cells;
    }

    private static Dataset dataset(Dataset like, double[][] cells) {
        DatasetBuilder builder = Dataset.builder(like.schema());
        for (double[] row : cells) {
            builder.add(row);
        }
        return builder.build();
    }

    /** Log-likelihoods in the user's units. */
    private static double[] scores(Engine engine, Dataset rows) {
        double[] scores = engine.logLikelihood(rows).values();
        for (int r = 0; r < scores.length; r++) {
            scores[r] -= rows.logUnits(r);
        }
        return scores;
    }

    /** Ascends from max-product's completion and from the modes; the better one of each row. */
    private static Dataset mostProbable(Engine engine, Dataset rows) {
        Dataset decoded = engine.maxProduct(rows).assignment();
        double[][] first = cells(decoded);
        double[][] second = cells(MODE.cellByCell(engine.conditionals(rows), rows));
        double[] reached = ascend(engine, rows, first);
        double[] other = ascend(engine, rows, second);
        for (int r = 0; r < first.length; r++) {
            if (other[r] > reached[r]) {
                first[r] = second[r];
            }
        }
        return dataset(rows, first);
    }

    /**
     * Replaces one missing cell of every row after the other by its most probable value given all
     * others, until no row becomes more probable.
     *
     * @param completed the completions to begin with, which are replaced by better ones
     * @return their scores
     */
    private static double[] ascend(Engine engine, Dataset rows, double[][] completed) {
        double[] scores = scores(engine, dataset(rows, completed));
        boolean improves = true;
        for (int round = 0; round < MOST_ROUNDS && improves; round++) {
            improves = false;
            for (int v = 0; v < rows.variables(); v++) {
                int variable = v;
                int[] open =
                        IntStream.range(0, completed.length)
                                .filter(r -> rows.isMissing(r, variable) && canImprove(rows, r))
                                .filter(r -> scores[r] > Double.NEGATIVE_INFINITY)
                                .toArray();
                if (open.length > 0) {
                    improves |= improve(engine, rows, completed, scores, variable, open);
                }
            }
        }
        return scores;
    }

    private static boolean canImprove(Dataset rows, int row) {
        int holes = 0;
        for (int v = 0; v < rows.variables(); v++) {
            holes += rows.isMissing(row, v) ? 1 : 0;
        }
        return holes <= MOST_HOLES;
    }

    private static boolean improve(
            Engine engine,
            Dataset rows,
            double[][] completed,
            double[] scores,
            int variable,
            int[] open) {
        double[][] asked = new double[open.length][];
        for (int i = 0; i < open.length; i++) {
            asked[i] = completed[open[i]].clone();
            asked[i][variable] = Double.NaN;
        }
        Conditionals found = engine.conditionals(dataset(rows, asked));
        Column column = rows.schema().column(variable);
        for (int cell = 0; cell < found.cells(); cell++) {
            CellDistribution distribution = CellDistribution.of(column, found, cell);
            asked[found.row(cell)][variable] = distribution.modeCell();
        }
        double[] changed = scores(engine, dataset(rows, asked));
        boolean improves = false;
        for (int i = 0; i < open.length; i++) {
            if (changed[i] > scores[open[i]] && !Arrays.equals(asked[i], completed[open[i]])) {
                completed[open[i]] = asked[i];
                scores[open[i]] = changed[i];
                improves = true;
            }
        }
        return improves;
    }
}
