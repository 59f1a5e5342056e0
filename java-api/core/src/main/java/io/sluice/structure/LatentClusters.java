package io.sluice.structure;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.RandomStreams;
import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.Schema;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * States for the latent variables of a circuit without a deep model to compute them: for each
 * variable, the clusters that k-means finds in the values of the variable and of its neighbours
 * (Liu, Zhang and Van den Broeck 2023, "Scaling Up Probabilistic Circuits by Latent Variable
 * Distillation", section 4, with pixels in place of features).
 *
 * <p>Values are measured in standard deviations from their column's mean; a missing value counts as
 * the mean. Categories count as numbers, which suits levels and bits but means little for
 * categories without an order. Centres come from at most 4096 rows, evenly spaced in the data. The
 * result depends on data, settings and seed alone. Builders are for one thread.
 */
public final class LatentClusters {
    private static final int SAMPLE_ROWS = 4096;
    private static final int DEFAULT_CLUSTERS = 64;
    private static final int DEFAULT_NEIGHBOURS = 8;

    private final Dataset data;
    private final int rows;
    private int clusters = DEFAULT_CLUSTERS;
    private int neighbours = DEFAULT_NEIGHBOURS;
    private long seed;

    private LatentClusters(Dataset data, int rows) {
        this.data = data;
        this.rows = rows;
    }

    /**
     * Clusters for the rows of a data set.
     *
     * @throws InvalidArgumentException when it has no rows, or 2^31 or more
     */
    public static LatentClusters builder(Dataset data) {
        if (data.rows() < 1 || data.rows() > Integer.MAX_VALUE) {
            throw new InvalidArgumentException(
                    "data of " + data.rows() + " rows: give 1 to 2147483647 to cluster");
        }
        return new LatentClusters(data, (int) data.rows());
    }

    /** Number of states of each latent variable, at least 1, by default 64. */
    public LatentClusters clusters(int clusters) {
        BlockSizes.check(clusters, 1);
        this.clusters = clusters;
        return this;
    }

    /** Number of neighbours whose values determine a state, at least 0, by default 8. */
    public LatentClusters neighbours(int neighbours) {
        if (neighbours < 0) {
            throw new InvalidArgumentException(neighbours + " neighbours: give at least 0");
        }
        this.neighbours = neighbours;
        return this;
    }

    /** Seed of the centres, by default 0. */
    public LatentClusters seed(long seed) {
        this.seed = seed;
        return this;
    }

    /**
     * States for a hidden Chow-Liu tree. The neighbours of a variable are those nearest to it in
     * the tree.
     *
     * @return as many rows and columns as the data, each column the states of its variable
     * @throws InvalidArgumentException when the tree is over other variables
     */
    public Dataset overTree(ChowLiuTree tree) {
        if (tree.variables() != data.variables()) {
            throw new InvalidArgumentException(
                    "a tree of "
                            + tree.variables()
                            + " variables for data of "
                            + data.variables()
                            + ": give the data's tree");
        }
        int[][] near = new int[data.variables()][];
        Arrays.setAll(near, v -> nearest(tree, v));
        float[][] columns = columns();
        int[][] states = new int[near.length][];
        IntStream.range(0, near.length)
                .parallel()
                .forEach(
                        v -> {
                            SplittableRandom random = RandomStreams.of(seed, v);
                            float[][] points = points(columns, near[v], chosen());
                            KMeans means = KMeans.of(points, clusters, random);
                            states[v] = states(means, columns, near[v]);
                        });
        return dataset(states);
    }

    /**
     * States for a homogeneous hidden Markov model, which mean the same in every step. The
     * neighbours of a step are the steps around it; beyond the ends, values are missing.
     *
     * @return as many rows and columns as the data, each column the states of its step
     */
    public Dataset overSequence() {
        float[][] columns = columns();
        int steps = columns.length;
        int[][] near = new int[steps][];
        Arrays.setAll(near, t -> around(t, steps));
        int dimensions = near[0].length;
        int[] rows = chosen();
        int perStep = (rows.length - 1) / steps + 1;
        float[][] all = new float[dimensions][perStep * steps];
        for (int t = 0; t < steps; t++) {
            int[] some = new int[perStep];
            int step = t;
            Arrays.setAll(some, i -> rows[(i * steps + step) % rows.length]);
            float[][] points = points(columns, near[t], some);
            for (int d = 0; d < dimensions; d++) {
                System.arraycopy(points[d], 0, all[d], t * perStep, perStep);
            }
        }
        KMeans means = KMeans.of(all, clusters, RandomStreams.of(seed, 0));
        int[][] states = new int[steps][];
        IntStream.range(0, steps)
                .parallel()
                .forEach(t -> states[t] = states(means, columns, near[t]));
        return dataset(states);
    }

    /** The variable and its neighbours, level by level. */
    private int[] nearest(ChowLiuTree tree, int variable) {
        List<Integer> found = new ArrayList<>(List.of(variable));
        for (int next = 0; next < found.size() && found.size() <= neighbours; next++) {
            int v = found.get(next);
            if (tree.parent(v) != ChowLiuTree.NO_PARENT && !found.contains(tree.parent(v))) {
                found.add(tree.parent(v));
            }
            for (int child : tree.children(v)) {
                if (!found.contains(child)) {
                    found.add(child);
                }
            }
        }
        return found.stream().limit(neighbours + 1L).mapToInt(v -> v).toArray();
    }

    /** The steps around one, -1 for those beyond the ends. */
    private int[] around(int step, int steps) {
        int[] found = new int[neighbours + 1];
        Arrays.setAll(
                found,
                i -> {
                    int t = step + i - neighbours / 2;
                    return t >= 0 && t < steps ? t : -1;
                });
        return found;
    }

    /** The columns in standard deviations from their means. */
    private float[][] columns() {
        Marginals marginals = Marginals.of(data);
        float[][] columns = new float[data.variables()][];
        IntStream.range(0, columns.length)
                .parallel()
                .forEach(
                        v -> {
                            double mean = marginals.mean(v);
                            double deviation = marginals.standardDeviation(v);
                            float[] column = new float[rows];
                            for (int row = 0; row < rows; row++) {
                                double value = data.value(row, v);
                                column[row] =
                                        Double.isNaN(value)
                                                ? 0
                                                : (float) ((value - mean) / deviation);
                            }
                            columns[v] = column;
                        });
        return columns;
    }

    /** The rows that centres come from. */
    private int[] chosen() {
        int[] chosen = new int[Math.min(rows, SAMPLE_ROWS)];
        Arrays.setAll(chosen, i -> (int) ((long) i * rows / chosen.length));
        return chosen;
    }

    private static float[][] points(float[][] columns, int[] near, int[] rows) {
        float[][] points = new float[near.length][rows.length];
        for (int d = 0; d < near.length; d++) {
            for (int i = 0; i < rows.length && near[d] >= 0; i++) {
                points[d][i] = columns[near[d]][rows[i]];
            }
        }
        return points;
    }

    private int[] states(KMeans means, float[][] columns, int[] near) {
        int[] states = new int[rows];
        for (int from = 0; from < rows; from += SAMPLE_ROWS) {
            int first = from;
            int[] portion = new int[Math.min(SAMPLE_ROWS, rows - from)];
            Arrays.setAll(portion, i -> first + i);
            float[][] points = points(columns, near, portion);
            means.assign(points, portion);
            System.arraycopy(portion, 0, states, from, portion.length);
        }
        return states;
    }

    private Dataset dataset(int[][] states) {
        int variables = states.length;
        List<Column> columns = new ArrayList<>();
        for (Column column : data.schema().columns()) {
            columns.add(Column.categorical(column.name(), clusters));
        }
        int[] values = new int[Math.multiplyExact(rows, variables)];
        for (int v = 0; v < variables; v++) {
            for (int row = 0; row < rows; row++) {
                values[row * variables + v] = states[v][row];
            }
        }
        return Dataset.ofInts(values, variables, Schema.of(columns));
    }
}
