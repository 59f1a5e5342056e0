package io.sluice.runtime;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.Parameters;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.data.Schema;
import io.sluice.reference.MaximalFlows;
import io.sluice.reference.ReferenceEvaluator;
import io.sluice.reference.VariableFamilies;

import java.util.Arrays;
import java.util.concurrent.ForkJoinPool;
import java.util.function.IntFunction;

/**
 * The engine of {@link Device#reference}: {@link ReferenceEvaluator} on data sets. Its precision is
 * float64 whatever the options say; its threads are a pool of its own.
 */
final class ReferenceEngine implements Engine {
    private final Circuit circuit;
    private final EngineOptions options;
    private final VariableFamilies families;
    private final ForkJoinPool pool;
    private final ReferenceEvaluator evaluator;
    private final DataCheck check;
    private final EngineGuard guard = new EngineGuard(() -> {});

    ReferenceEngine(Circuit circuit, EngineOptions options) {
        this.circuit = circuit;
        this.options = options;
        this.pool = new ForkJoinPool(options.threads());
        this.families = new VariableFamilies(circuit);
        this.evaluator = new ReferenceEvaluator(circuit, families, pool);
        this.check = new DataCheck(families);
    }

    @Override
    public Circuit circuit() {
        return guard.run(evaluator::circuit);
    }

    @Override
    public Device device() {
        return Device.reference();
    }

    @Override
    public EngineOptions options() {
        return options;
    }

    @Override
    public LogLikelihoods logLikelihood(Dataset data) {
        return guard.run(
                () ->
                        new LogLikelihoods(
                                evaluator.logLikelihood(checkedRows(data), cellsOf(data)),
                                circuit.variables()));
    }

    @Override
    public Conditionals conditionals(Dataset evidence) {
        return guard.run(
                () -> {
                    int count = checkedRows(evidence);
                    return conditionals(evidence, evaluator.mixtures(count, cellsOf(evidence)));
                });
    }

    /**
     * @param found for each row the mixtures of its missing cells, in variable order
     */
    private Conditionals conditionals(Dataset evidence, double[][][] found) {
        int cells = Arrays.stream(found).mapToInt(row -> row.length).sum();
        MixtureCells mixtures = new MixtureCells(circuit, cells, evaluator::components);
        int cell = 0;
        for (int r = 0; r < found.length; r++) {
            int inRow = 0;
            for (int v = 0; inRow < found[r].length; v++) {
                if (evidence.isMissing(r, v)) {
                    mixtures.putWeights(cell++, r, v, found[r][inRow++]);
                }
            }
        }
        return mixtures.result(found.length);
    }

    @Override
    public MaxProduct maxProduct(Dataset evidence) {
        return guard.run(
                () -> {
                    int count = checkedRows(evidence);
                    double[][] assignments = new double[count][];
                    double[] values = evaluator.maxProduct(count, cellsOf(evidence), assignments);
                    return new MaxProduct(values, completed(assignments, evidence));
                });
    }

    @Override
    public Dataset sample(int count, long seed) {
        return guard.run(
                () -> {
                    EngineArguments.requireDraws(1, count, circuit.variables());
                    double[] nothing = new double[circuit.variables()];
                    Arrays.fill(nothing, Double.NaN);
                    return dataset(
                            evaluator.sample(count, i -> nothing, 1, seed),
                            CircuitSchema.of(circuit));
                });
    }

    @Override
    public Dataset sample(Dataset evidence, int perRow, long seed) {
        return guard.run(
                () -> {
                    int count = checkedRows(evidence);
                    EngineArguments.requireDraws(count, perRow, circuit.variables());
                    return completed(
                            evaluator.sample(count, cellsOf(evidence), perRow, seed), evidence);
                });
    }

    @Override
    public double accumulate(Dataset data, int[] rows) {
        return guard.run(
                () -> {
                    checkedRows(data);
                    DataCheck.requireRows(data, rows);
                    return evaluator.accumulate(rows.length, cellsOf(data, rows));
                });
    }

    @Override
    public double accumulate(Dataset data) {
        return guard.run(() -> evaluator.accumulate(checkedRows(data), cellsOf(data)));
    }

    @Override
    public double step(
            Dataset data, int[] rows, int[] upcoming, double stepSize, double pseudocount) {
        EngineArguments.requireStep(stepSize, pseudocount);
        double total = accumulate(data, rows);
        update(stepSize, pseudocount);
        return total;
    }

    @Override
    public double[] flows(int vectorId) {
        return guard.run(
                () -> {
                    return evaluator.flows(vectorId);
                });
    }

    @Override
    public MaximalFlows maximalFlows(Dataset data, int[] rows) {
        return guard.run(
                () -> {
                    checkedRows(data);
                    DataCheck.requireRows(data, rows);
                    return MaximalFlows.of(
                            evaluator.circuit(),
                            families,
                            rows.length,
                            cellsOf(data, rows),
                            options.threads());
                });
    }

    @Override
    public void update(double stepSize, double pseudocount) {
        guard.perform(
                () -> {
                    EngineArguments.requireStep(stepSize, pseudocount);
                    evaluator.update(stepSize, pseudocount);
                });
    }

    @Override
    public void discardStatistics() {
        guard.perform(evaluator::discardStatistics);
    }

    @Override
    public void load(Parameters parameters) {
        guard.perform(() -> evaluator.load(circuit.withParameters(parameters)));
    }

    @Override
    public void supply(int variable, double[][] items) {
        guard.perform(
                () -> {
                    families.supply(variable, items);
                    check.forget();
                    evaluator.familiesChanged();
                });
    }

    @Override
    public void close() {
        guard.close(pool::close);
    }

    private int checkedRows(Dataset data) {
        check.require(data);
        if (data.rows() > Integer.MAX_VALUE) {
            throw new InvalidArgumentException(
                    "data of "
                            + data.rows()
                            + " rows: give the reference engine at most 2^31 - 1 at a time, with"
                            + " slice");
        }
        return (int) data.rows();
    }

    /** Rows of a data set as arrays, NaN where a cell is missing. */
    private static IntFunction<double[]> cellsOf(Dataset data) {
        return row -> {
            double[] cells = new double[data.variables()];
            for (int v = 0; v < cells.length; v++) {
                cells[v] = data.value(row, v);
            }
            return cells;
        };
    }

    /** Some rows of a data set as arrays. */
    static IntFunction<double[]> cellsOf(Dataset data, int[] rows) {
        IntFunction<double[]> cells = cellsOf(data);
        return i -> cells.apply(rows[i]);
    }

    private Dataset completed(double[][] rows, Dataset evidence) {
        return dataset(rows, CompletedSchema.of(circuit, evidence.schema()));
    }

    private static Dataset dataset(double[][] rows, Schema schema) {
        DatasetBuilder builder = Dataset.builder(schema);
        for (double[] row : rows) {
            builder.add(row);
        }
        return builder.build();
    }
}
