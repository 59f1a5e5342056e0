package io.sluice.reference;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.Distribution;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ProductVector;
import io.sluice.circuit.RandomStreams;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ForkJoinPool;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * The oracle: every query and EM on a circuit, row by row in float64 log space, straight from the
 * definitions and without a compiled plan. Rows are arrays of one number for each variable, NaN
 * where a value is missing. Rows are independent of each other and may be computed in parallel;
 * statistics are added up in row order, so results do not depend on the number of threads.
 */
public final class ReferenceEvaluator {

    /** Rows whose values are held at a time while statistics are added up. */
    private static final int LARGEST_BATCH = 64;

    /** Bound on the memory of these rows. */
    private static final long BATCH_BYTES = 1L << 28;

    private final Circuit circuit;
    private final VariableFamilies families;
    private final ForkJoinPool pool;
    private final ReferenceStatistics statistics;
    private final List<List<NodeVector>> owners; // vectors that share parameters, the owner first
    private final List<ReferenceRow> batch = new ArrayList<>();
    private ReferenceParameters parameters;

    /**
     * @param pool computes rows in parallel; the caller closes it
     */
    public ReferenceEvaluator(Circuit circuit, VariableFamilies families, ForkJoinPool pool) {
        this.circuit = circuit;
        this.families = families;
        this.pool = pool;
        this.parameters = new ReferenceParameters(circuit, families);
        this.statistics = new ReferenceStatistics(circuit, families);
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
    public Circuit circuit() {
        return parameters.toCircuit();
    }

    /** Takes the parameters of a circuit of the same graph and clears the statistics. */
    public void load(Circuit changed) {
        parameters = new ReferenceParameters(changed, families);
        batch.clear();
        statistics.clear();
    }

    /** Log-likelihood of each row. */
    public double[] logLikelihood(int count, IntFunction<double[]> rows) {
        double[] values = new double[count];
        eachRow(count, (row, i) -> values[i] = row.forward(rows.apply(i)));
        return values;
    }

    /**
     * For each row and each missing cell of it in variable order, the weights of the nodes of the
     * variable's inputs, input by input: {@code p(x_v | e) = sum_n F_n f_n(x_v)}.
     */
    public double[][][] mixtures(int count, IntFunction<double[]> rows) {
        double[][][] result = new double[count][][];
        eachRow(
                count,
                (row, i) -> {
                    double[] cells = rows.apply(i);
                    if (Arrays.stream(cells).noneMatch(Double::isNaN)) {
                        result[i] = new double[0][];
                        return;
                    }
                    checkPossible(row.forward(cells), i);
                    row.backward();
                    result[i] = mixtures(row);
                });
        return result;
    }

    private double[][] mixtures(ReferenceRow row) {
        List<double[]> missing = new ArrayList<>();
        for (int v = 0; v < circuit.variables(); v++) {
            if (Double.isNaN(row.cells()[v])) {
                DoubleStream.Builder weights = DoubleStream.builder();
                for (InputVector input : families.inputs(v)) {
                    for (int node = 0; node < input.nodes(); node++) {
                        weights.add(row.flow(input, node));
                    }
                }
                missing.add(weights.build().toArray());
            }
        }
        return missing.toArray(double[][]::new);
    }

    /** The distributions that {@link #mixtures} gives the weights of. */
    public Distribution[] components(int variable) {
        return families.inputs(variable).stream()
                .flatMap(
                        input ->
                                IntStream.range(0, input.nodes())
                                        .mapToObj(node -> parameters.distribution(input, node)))
                .toArray(Distribution[]::new);
    }

    /**
     * Max-product value of each row.
     *
     * @param assignments receives each row with its missing cells decoded
     */
    public double[] maxProduct(int count, IntFunction<double[]> rows, double[][] assignments) {
        double[] values = new double[count];
        eachRow(
                count,
                (row, i) -> {
                    values[i] = row.forwardMaximum(rows.apply(i));
                    assignments[i] = new ReferenceWalk(circuit, parameters, row).decoded();
                });
        return values;
    }

    /** Draws the missing cells of each row; the draws of one row follow each other. */
    public double[][] sample(int count, IntFunction<double[]> rows, int perRow, long seed) {
        double[][] drawn = new double[Math.multiplyExact(count, perRow)][];
        eachRow(
                count,
                (row, i) -> {
                    checkPossible(row.forward(rows.apply(i)), i);
                    ReferenceWalk walk = new ReferenceWalk(circuit, parameters, row);
                    for (int draw = 0; draw < perRow; draw++) {
                        int index = i * perRow + draw;
                        SplittableRandom random = RandomStreams.of(seed, index);
                        drawn[index] = walk.drawn(random);
                    }
                });
        return drawn;
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
    public double accumulate(int count, IntFunction<double[]> rows) {
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
                        values[i] = batch.get(i).forward(rows.apply(first + i));
                        if (values[i] != Double.NEGATIVE_INFINITY) {
                            batch.get(i).backward();
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
                    statistics.add(batch.get(i), vector, parameters);
                }
            }
        }
    }

    private int batchSize() {
        long nodes = circuit.properties().nodes();
        return Math.clamp(BATCH_BYTES / (nodes * 2 * Double.BYTES), 1, LARGEST_BATCH);
    }

    /** Statistics of a vector's owner, a copy. */
    public double[] flows(int vectorId) {
        return statistics.of(circuit.vectorWithParameters(vectorId).id()).clone();
    }

    /** Takes an EM step and clears the statistics. */
    public void update(double step, double pseudocount) {
        parallel(
                owners.size(),
                owner -> {
                    List<NodeVector> sharing = owners.get(owner);
                    statistics.update(sharing.get(0), parameters, step, pseudocount);
                    sharing.forEach(parameters::changed);
                });
        statistics.clear();
    }

    /** Takes over a changed meaning of some cells. */
    public void familiesChanged() {
        circuit.vectors().forEach(parameters::changed);
    }

    /** Clears the statistics. */
    public void discardStatistics() {
        statistics.clear();
    }

    @FunctionalInterface
    private interface RowTask {
        void run(ReferenceRow row, int index);
    }

    /** Runs a task for each row; consecutive rows share a set of node values. */
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
