package io.sluice.runtime;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.Parameters;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.data.Schema;
import io.sluice.reference.MaximalFlows;
import io.sluice.reference.ReferenceEvaluator;
import io.sluice.reference.VariableFamilies;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.concurrent.ForkJoinPool;

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
    private final EngineGuard guard;

    ReferenceEngine(Circuit circuit, @Nullable Schema schema, EngineOptions options) {
        this.circuit = circuit;
        this.options = options;
        this.pool = new ForkJoinPool(options.threads());
        this.families = new VariableFamilies(circuit);
        this.evaluator = new ReferenceEvaluator(circuit, families, pool);
        this.check = new DataCheck(families, schema);
        this.guard =
                new EngineGuard(
                        "an engine of the device " + device().name(), () -> {}, pool::close);
    }

    @Override
    public Circuit circuit() {
        return guard.run(evaluator::circuit);
    }

    @Override
    public Schema schema() {
        return guard.run(check::schema);
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
                () -> {
                    SelectedRows rows = checked(data);
                    return new LogLikelihoods(
                            evaluator.logLikelihood(rows.count(), rows.cells()),
                            circuit.variables());
                });
    }

    @Override
    public Conditionals conditionals(Dataset evidence) {
        return guard.run(
                () -> {
                    SelectedRows rows = checked(evidence);
                    return conditionals(evidence, evaluator.mixtures(rows.count(), rows.cells()));
                });
    }

    /**
     * @param found for each row the mixtures of its missing cells, in variable order
     */
    private Conditionals conditionals(Dataset evidence, double[][][] found) {
        int cells =
                EngineArguments.requireCells(
                        Arrays.stream(found).mapToLong(row -> row.length).sum());
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
                    SelectedRows rows = checked(evidence);
                    double[][] assignments = new double[rows.count()][];
                    double[] values = evaluator.maxProduct(rows.count(), rows.cells(), assignments);
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
                            CompletedSchema.of(circuit, check.schema()));
                });
    }

    @Override
    public Dataset sample(Dataset evidence, int perRow, long seed) {
        return guard.run(
                () -> {
                    SelectedRows rows = checked(evidence);
                    EngineArguments.requireDraws(rows.count(), perRow, circuit.variables());
                    return completed(
                            evaluator.sample(rows.count(), rows.cells(), perRow, seed), evidence);
                });
    }

    @Override
    public double accumulate(Dataset data, int[] rows) {
        return guard.run(
                () -> {
                    check.requireToLearn(data);
                    return accumulate(SelectedRows.of(data, DataCheck.rows(data, rows)));
                });
    }

    @Override
    public double accumulate(Dataset data) {
        return guard.run(
                () -> {
                    check.requireToLearn(data);
                    return accumulate(SelectedRows.all(data));
                });
    }

    private double accumulate(SelectedRows rows) {
        return evaluator.accumulate(rows.count(), rows.cells());
    }

    @Override
    public double step(
            Dataset data, int[] rows, int[] upcoming, double stepSize, double pseudocount) {
        EngineArguments.requireStep(stepSize, pseudocount);
        return guard.run(
                () -> {
                    double total = accumulate(data, rows);
                    update(stepSize, pseudocount);
                    return total;
                });
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
                    SelectedRows selected = checked(data, rows);
                    return MaximalFlows.of(
                            evaluator.circuit(),
                            families,
                            selected.count(),
                            selected.cells(),
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
        guard.close();
    }

    private SelectedRows checked(Dataset data) {
        check.require(data);
        return SelectedRows.all(data);
    }

    private SelectedRows checked(Dataset data, int[] rows) {
        check.require(data);
        return SelectedRows.of(data, DataCheck.rows(data, rows));
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
