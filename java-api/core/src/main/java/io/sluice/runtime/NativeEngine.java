package io.sluice.runtime;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.Parameters;
import io.sluice.compile.Compiler;
import io.sluice.compile.Plan;
import io.sluice.data.Dataset;
import io.sluice.data.Schema;
import io.sluice.reference.MaximalFlows;
import io.sluice.reference.VariableFamilies;

import org.jspecify.annotations.Nullable;

import java.util.function.Function;

/** An engine over a kernel library: checks its arguments and gives rows to the kernels. */
final class NativeEngine implements Engine {
    private static final int ROWS_OF_NOTHING = 64;

    private final VariableFamilies families;
    private final Circuit circuit;
    private final Device device;
    private final EngineOptions options;
    private final Plan plan;
    private final KernelRunner kernels;
    private final KernelRunner runner;
    private final DataCheck check;
    private final RowQueries queries;
    private final StatisticsPass statistics;
    private final FlowReading flows;
    private final TabulatedLeaves tabulated;
    private final EngineGuard guard;

    private NativeEngine(
            VariableFamilies families,
            @Nullable Schema schema,
            Device device,
            EngineOptions options,
            Plan plan,
            TabulatedLeaves tabulated,
            KernelRunner kernels,
            KernelRunner runner) {
        this.families = families;
        this.circuit = families.circuit();
        this.device = device;
        this.options = options;
        this.plan = plan;
        this.tabulated = tabulated;
        this.kernels = kernels;
        this.runner = runner;
        check = new DataCheck(families, schema);
        queries = new RowQueries(new LeafDistributions(families, runner), runner);
        statistics = new StatisticsPass(runner);
        flows = new FlowReading(circuit, plan, runner, tabulated);
        guard =
                new EngineGuard(
                        "an engine of the device " + device.name(), runner::enter, runner::close);
    }

    /**
     * @param runnerOf binds a plan to a device; the engine closes what it returns
     */
    static NativeEngine open(
            Circuit circuit,
            @Nullable Schema schema,
            Device device,
            EngineOptions options,
            Function<Plan, KernelRunner> runnerOf) {
        Plan plan = Compiler.compile(circuit);
        VariableFamilies families = new VariableFamilies(circuit);
        KernelRunner kernels = runnerOf.apply(plan);
        try {
            TabulatedLeaves leaves = new TabulatedLeaves(plan, families, options.threads() > 1);
            KernelRunner runner =
                    new FlaggedRows(
                            leaves.isEmpty() ? kernels : new TabulatedRunner(kernels, leaves));
            runner.load(circuit.parameters());
            return new NativeEngine(
                    families, schema, device, options, plan, leaves, kernels, runner);
        } catch (RuntimeException | Error e) {
            kernels.close();
            throw e;
        }
    }

    @Override
    public Circuit circuit() {
        return guard.run(
                () ->
                        circuit.withParameters(
                                Parameters.filled(
                                        plan.sizes().parameters(),
                                        memory -> runner.copyParameters(0, memory))));
    }

    @Override
    public Schema schema() {
        return guard.run(check::schema);
    }

    @Override
    public Device device() {
        return device;
    }

    @Override
    public EngineOptions options() {
        return options;
    }

    /** The runner of the device itself, for {@link EngineProbe}. */
    KernelRunner kernels() {
        return kernels;
    }

    @Override
    public LogLikelihoods logLikelihood(Dataset data) {
        return guard.run(
                () -> {
                    check.require(data);
                    return queries.logLikelihood(data);
                });
    }

    @Override
    public Conditionals conditionals(Dataset evidence) {
        return guard.run(
                () -> {
                    check.require(evidence);
                    return queries.conditionals(evidence);
                });
    }

    @Override
    public MaxProduct maxProduct(Dataset evidence) {
        return guard.run(
                () -> {
                    check.require(evidence);
                    return queries.maxProduct(evidence);
                });
    }

    @Override
    public Dataset sample(int count, long seed) {
        EngineArguments.requireDraws(1, count, circuit.variables());
        // Several equal rows of evidence give every thread some to draw for.
        int rows = Math.min(count, ROWS_OF_NOTHING);
        int perRow = (count + rows - 1) / rows;
        Dataset drawn = sample(CircuitSchema.nothingObserved(schema(), rows), perRow, seed);
        return drawn.slice(0, count);
    }

    @Override
    public Dataset sample(Dataset evidence, int perRow, long seed) {
        EngineArguments.requireDraws(evidence.rows(), perRow, circuit.variables());
        return guard.run(
                () -> {
                    check.require(evidence);
                    return queries.sample(evidence, perRow, seed);
                });
    }

    @Override
    public double accumulate(Dataset data, int[] rows) {
        return guard.run(() -> statistics.accumulate(toLearn(data, rows)));
    }

    @Override
    public double accumulate(Dataset data) {
        return guard.run(
                () -> {
                    check.requireToLearn(data);
                    return statistics.accumulate(SelectedRows.all(data));
                });
    }

    private SelectedRows toLearn(Dataset data, int[] rows) {
        check.requireToLearn(data);
        return SelectedRows.of(data, DataCheck.rows(data, rows));
    }

    private SelectedRows checked(Dataset data, int[] rows) {
        check.require(data);
        return SelectedRows.of(data, DataCheck.rows(data, rows));
    }

    @Override
    public double step(
            Dataset data, int[] rows, int[] upcoming, double stepSize, double pseudocount) {
        EngineArguments.requireStep(stepSize, pseudocount);
        return guard.run(
                () ->
                        statistics.step(
                                toLearn(data, rows),
                                toLearn(data, upcoming),
                                stepSize,
                                pseudocount));
    }

    @Override
    public void update(double stepSize, double pseudocount) {
        EngineArguments.requireStep(stepSize, pseudocount);
        guard.perform(() -> statistics.update(stepSize, pseudocount));
    }

    /** Runs one stage of {@link #accumulate}, to measure it. */
    void runStages(Dataset data, int[] rows, int stages) {
        guard.perform(() -> statistics.runStages(SelectedRows.of(data, rows), stages));
    }

    /** How many rows leave the range of the linear kernels. */
    int flaggedRows(Dataset data, int[] rows) {
        return guard.run(() -> queries.flaggedRows(checked(data, rows)));
    }

    @Override
    public double[] flows(int vectorId) {
        return guard.run(
                () -> flows.flows(circuit.vectorWithParameters(vectorId), statistics.isEmpty()));
    }

    @Override
    public MaximalFlows maximalFlows(Dataset data, int[] rows) {
        return guard.run(
                () -> {
                    SelectedRows selected = checked(data, rows);
                    return MaximalFlows.of(
                            circuit(),
                            families,
                            selected.count(),
                            selected.cells(),
                            options.threads());
                });
    }

    @Override
    public void discardStatistics() {
        guard.perform(statistics::discard);
    }

    @Override
    public void load(Parameters parameters) {
        guard.perform(
                () -> {
                    circuit.withParameters(parameters); // checks the size
                    runner.load(parameters);
                    statistics.discard();
                });
    }

    @Override
    public void supply(int variable, double[][] items) {
        guard.perform(
                () -> {
                    families.supply(variable, items);
                    check.forget();
                    tabulated.refresh(runner);
                });
    }

    @Override
    public void close() {
        guard.close();
    }
}
