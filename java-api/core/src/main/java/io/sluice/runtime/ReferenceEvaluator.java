package io.sluice.runtime;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ProductVector;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ForkJoinPool;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * The oracle: every query and EM on a circuit, row by row in float64 log space, straight from the
 * definitions and without a compiled plan. Rows are arrays of one number for each variable, NaN
 * where a value is missing. Rows are independent of each other and may be computed in parallel;
 * statistics are added up in row order, so results do not depend on the number of threads.
 */
final class ReferenceEvaluator {

    /** Rows whose values are held at a time while statistics are added up. */
    private static final int LARGEST_BATCH = 64;

    /** Bound on the memory of such a batch. */
    private static final long BATCH_BYTES = 1L << 28;

    private static final long ROW_STRIDE = 0x9E3779B97F4A7C15L; // the golden ratio, odd

    private final Circuit circuit;
    private final ForkJoinPool pool;
    private final ReferenceStatistics statistics;
    private final List<List<NodeVector>> owners; // vectors that share parameters, the owner first
    private final List<ReferenceRow> batch = new ArrayList<>();
    private ReferenceParameters parameters;

    /**
     * @param pool computes rows in parallel; the caller closes it
     */
    ReferenceEvaluator(Circuit circuit, ForkJoinPool pool) {
        this.circuit = circuit;
        this.pool = pool;
        this.parameters = new ReferenceParameters(circuit);
        this.statistics = new ReferenceStatistics(circuit);
        Map<Integer, List<NodeVector>> sharing = new LinkedHashMap<>();
        for (NodeVector vector : circuit.vectors()) {
            if (!(vector instanceof ProductVector)) {
                sharing.computeIfAbsent(ReferenceParameters.owner(vector), id -> new ArrayList<>())
                        .add(vector);
            }
        }
        this.owners = List.copyOf(sharing.values());
    }

    /** The circuit with the current parameters. */
    Circuit circuit() {
        return parameters.toCircuit();
    }

    /** Takes the parameters of a circuit of the same graph and clears the statistics. */
    void load(Circuit changed) {
        parameters = new ReferenceParameters(changed);
        batch.clear();
        statistics.clear();
    }

    /** Log-likelihood of each row. */
    double[] logLikelihood(int count, IntFunction<double[]> rows) {
        double[] values = new double[count];
        eachRow(count, (row, i) -> values[i] = row.upward(rows.apply(i)));
        return values;
    }

    /**
     * For each row and each missing cell of it in variable order, the probabilities of the
     * categories, or mean and standard deviation: {@code p(x_v | e) = sum_n F_n f_n(x_v)} over the
     * input nodes of the variable.
     */
    double[][][] conditionals(int count, IntFunction<double[]> rows) {
        double[][][] result = new double[count][][];
        eachRow(
                count,
                (row, i) -> {
                    double[] cells = rows.apply(i);
                    if (Arrays.stream(cells).noneMatch(Double::isNaN)) {
                        result[i] = new double[0][];
                        return;
                    }
                    checkPossible(row.upward(cells), i);
                    row.downward();
                    result[i] = conditionals(row);
                });
        return result;
    }

    private double[][] conditionals(ReferenceRow row) {
        double[][] moments = new double[circuit.variables()][];
        for (int v = 0; v < moments.length; v++) {
            int categories = circuit.family(v).categories();
            moments[v] = new double[circuit.family(v).finite() ? categories : 2];
        }
        for (NodeVector vector : circuit.vectors()) {
            if (vector instanceof InputVector input
                    && Double.isNaN(row.cells()[input.variable()])) {
                addConditional(row, input, moments[input.variable()]);
            }
        }
        List<double[]> missing = new ArrayList<>();
        for (int v = 0; v < moments.length; v++) {
            if (Double.isNaN(row.cells()[v])) {
                if (!circuit.family(v).finite()) {
                    double variance = moments[v][1] - moments[v][0] * moments[v][0];
                    moments[v][1] = Math.sqrt(Math.max(0, variance));
                }
                missing.add(moments[v]);
            }
        }
        return missing.toArray(double[][]::new);
    }

    /** Adds a vector's part of the probabilities, or of the first and second moment. */
    private void addConditional(ReferenceRow row, InputVector input, double[] moments) {
        double[] theta = parameters.of(input.id());
        int nodes = input.nodes();
        for (int node = 0; node < nodes; node++) {
            double flow = row.flow(input, node);
            if (input.family().finite()) {
                for (int k = 0; k < moments.length; k++) {
                    moments[k] += flow * theta[k * nodes + node];
                }
            } else {
                double mean = theta[node];
                double deviation = theta[nodes + node];
                moments[0] += flow * mean;
                moments[1] += flow * (mean * mean + deviation * deviation);
            }
        }
    }

    /**
     * Max-product value of each row.
     *
     * @param assignments receives each row with its missing cells decoded
     */
    double[] maxProduct(int count, IntFunction<double[]> rows, double[][] assignments) {
        double[] values = new double[count];
        eachRow(
                count,
                (row, i) -> {
                    values[i] = row.upwardMaximum(rows.apply(i));
                    assignments[i] = new ReferenceWalk(circuit, parameters, row).decoded();
                });
        return values;
    }

    /** Draws the missing cells of each row; the draws of one row follow each other. */
    double[][] sample(int count, IntFunction<double[]> rows, int perRow, long seed) {
        double[][] samples = new double[Math.multiplyExact(count, perRow)][];
        eachRow(
                count,
                (row, i) -> {
                    checkPossible(row.upward(rows.apply(i)), i);
                    ReferenceWalk walk = new ReferenceWalk(circuit, parameters, row);
                    for (int draw = 0; draw < perRow; draw++) {
                        int sample = i * perRow + draw;
                        SplittableRandom random =
                                new SplittableRandom(seed + ROW_STRIDE * (sample + 1L));
                        samples[sample] = walk.drawn(random);
                    }
                });
        return samples;
    }

    private static void checkPossible(double logLikelihood, int row) {
        if (logLikelihood == Double.NEGATIVE_INFINITY) {
            throw new InvalidArgumentException(
                    "row "
                            + row
                            + " of the evidence has probability zero in this circuit, so nothing"
                            + " follows from it: correct the row, or make more of it missing");
        }
    }

    /**
     * Adds the rows' statistics; rows of probability zero add nothing.
     *
     * @return total log-likelihood of the rows
     */
    double accumulate(int count, IntFunction<double[]> rows) {
        double total = 0;
        for (int from = 0; from < count; from += batchSize()) {
            int first = from;
            int size = Math.min(batchSize(), count - from);
            while (batch.size() < size) {
                batch.add(new ReferenceRow(circuit, parameters));
            }
            double[] values = new double[size];
            parallel(
                    size,
                    i -> {
                        values[i] = batch.get(i).upward(rows.apply(first + i));
                        if (values[i] != Double.NEGATIVE_INFINITY) {
                            batch.get(i).downward();
                        }
                    });
            parallel(owners.size(), owner -> addBatch(owners.get(owner), values));
            for (double value : values) {
                total += value;
            }
        }
        return total;
    }

    /** One writer for the vectors that share parameters, each vector's rows in order. */
    private void addBatch(List<NodeVector> sharing, double[] values) {
        for (NodeVector vector : sharing) {
            for (int i = 0; i < values.length; i++) {
                if (values[i] != Double.NEGATIVE_INFINITY) {
                    statistics.add(batch.get(i), vector);
                }
            }
        }
    }

    private int batchSize() {
        long nodes = circuit.properties().nodes();
        return Math.clamp(BATCH_BYTES / (nodes * 2 * Double.BYTES), 1, LARGEST_BATCH);
    }

    /** Statistics of a vector's owner, a copy. */
    double[] flows(int vectorId) {
        return statistics.of(vectorId).clone();
    }

    /** Takes an EM step and clears the statistics. */
    void update(double step, double pseudocount) {
        parallel(
                owners.size(),
                owner ->
                        statistics.update(owners.get(owner).get(0), parameters, step, pseudocount));
        statistics.clear();
    }

    void discardStatistics() {
        statistics.clear();
    }

    @FunctionalInterface
    private interface RowTask {
        void run(ReferenceRow row, int index);
    }

    /** Runs a task for each row, with one set of node values for a stretch of rows. */
    private void eachRow(int count, RowTask task) {
        int stretches = (count + LARGEST_BATCH - 1) / LARGEST_BATCH;
        parallel(
                stretches,
                stretch -> {
                    ReferenceRow row = new ReferenceRow(circuit, parameters);
                    int end = (int) Math.min(count, (stretch + 1L) * LARGEST_BATCH);
                    for (int i = stretch * LARGEST_BATCH; i < end; i++) {
                        task.run(row, i);
                    }
                });
    }

    private void parallel(int count, IntConsumer task) {
        pool.submit(() -> IntStream.range(0, count).parallel().forEach(task)).join();
    }
}
