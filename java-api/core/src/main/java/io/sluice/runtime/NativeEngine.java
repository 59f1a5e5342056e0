package io.sluice.runtime;

import io.sluice.InvalidArgumentException;
import io.sluice.bindings.kernels.Kernels;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.Parameters;
import io.sluice.circuit.ProductVector;
import io.sluice.circuit.SumVector;
import io.sluice.compile.Compiler;
import io.sluice.compile.Plan;
import io.sluice.data.Dataset;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.util.Arrays;

/** An engine over a kernel library: binds a plan to buffers and hands rows to the kernels. */
final class NativeEngine implements Engine {
    private final Circuit circuit;
    private final Device device;
    private final EngineOptions options;
    private final Plan plan;
    private final KernelLibrary kernels;
    private final EngineBuffers buffers;
    private final Batches batches;
    private final NativeCall call;
    private final DataCheck check;
    private final EngineGuard guard = new EngineGuard();
    private final Arena arena;

    private NativeEngine(
            Circuit circuit,
            Device device,
            EngineOptions options,
            KernelLibrary kernels,
            Arena arena) {
        this.circuit = circuit;
        this.device = device;
        this.options = options;
        this.kernels = kernels;
        this.arena = arena;
        plan = Compiler.compile(circuit);
        check = new DataCheck(circuit);
        Slab small = Slab.in(kernels, arena, NativePlan.bytes(plan));
        MemorySegment nativePlan = NativePlan.copy(plan, arena);
        buffers =
                new EngineBuffers(
                        kernels,
                        arena,
                        plan,
                        options.threads(),
                        kernels.workspaceBytes(nativePlan));
        batches = new Batches(small);
        MemorySegment logLikelihood = small.doubles(Batches.MOST_ROWS);
        MemorySegment flagged = small.allocate(Batches.MOST_ROWS);
        MemorySegment pool =
                kernels.createPool(options.threads(), small.allocate(Kernels.C_POINTER.byteSize()));
        call =
                new NativeCall(
                        pool,
                        nativePlan,
                        buffers.state(),
                        batches.segment(),
                        logLikelihood,
                        flagged);
    }

    @SuppressWarnings("MustBeClosedChecker") // the engine closes it
    static NativeEngine open(
            Circuit circuit, Device device, EngineOptions options, KernelLibrary kernels) {
        Arena arena = Arena.ofShared();
        try {
            NativeEngine engine = new NativeEngine(circuit, device, options, kernels, arena);
            engine.copyIn(circuit.parameters());
            return engine;
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    private void copyIn(Parameters parameters) {
        MemorySegment target = buffers.parameters();
        MemorySegment.copy(parameters.segment(), 0, target, 0, target.byteSize());
        kernels.transpose(call.pool(), call.plan(), call.state());
    }

    @Override
    public Circuit circuit() {
        return guard.run(() -> circuit.withParameters(Parameters.copyOf(buffers.parameters())));
    }

    @Override
    public Device device() {
        return device;
    }

    @Override
    public EngineOptions options() {
        return options;
    }

    /** The compiled circuit, for benchmarks and reports. */
    Plan plan() {
        return plan;
    }

    private int family() {
        return options.precision() == Precision.FAST
                ? Kernels.SLUICE_LINEAR()
                : Kernels.SLUICE_LOG();
    }

    private void needBuffers(int family) {
        if (family == Kernels.SLUICE_LOG()) {
            buffers.needLogBuffers();
        }
    }

    @Override
    public LogLikelihoods logLikelihood(Dataset data) {
        return guard.run(
                () -> {
                    check.require(data);
                    double[] values = new double[rowCount(data)];
                    forEachChunk(
                            data,
                            (first, count) -> {
                                forward(family());
                                int[] flagged = take(values, first, count);
                                recompute(data, flagged, values);
                            });
                    return new LogLikelihoods(values, circuit.variables());
                });
    }

    private interface Chunk {
        void run(int first, int count);
    }

    /** Runs something on consecutive rows, as many at a time as a native call gets. */
    private void forEachChunk(Dataset data, Chunk chunk) {
        forEachChunk(data, Batches.MOST_ROWS, chunk);
    }

    private void forEachChunk(Dataset data, int most, Chunk chunk) {
        int rows = rowCount(data);
        for (int first = 0; first < rows; first += most) {
            int start = first;
            int count = Math.min(most, rows - first);
            batches.consecutive(data, start, count);
            holding(data, () -> chunk.run(start, count));
        }
    }

    /** Keeps a data set's memory from being freed while kernels read it. */
    private static void holding(Dataset data, Runnable call) {
        try {
            call.run();
        } finally {
            Reference.reachabilityFence(data);
        }
    }

    private static int rowCount(Dataset data) {
        if (data.rows() > Integer.MAX_VALUE) {
            throw new InvalidArgumentException(
                    "the data has "
                            + data.rows()
                            + " rows, expected at most "
                            + Integer.MAX_VALUE
                            + ": pass slices of it");
        }
        return (int) data.rows();
    }

    private void forward(int family) {
        needBuffers(family);
        kernels.forward(call, family);
    }

    /**
     * Copies the latest call's log-likelihoods to their rows.
     *
     * @return rows whose values left the range of the fast kernels
     */
    private int[] take(double[] values, int first, int count) {
        MemorySegment.copy(call.logLikelihood(), ValueLayout.JAVA_DOUBLE, 0, values, first, count);
        int[] flagged = flagged(count);
        for (int i = 0; i < flagged.length; i++) {
            flagged[i] += first;
        }
        return flagged;
    }

    /** Places of the latest call's flagged rows within their batch. */
    private int[] flagged(int count) {
        int found = 0;
        int[] places = new int[0];
        for (int i = 0; i < count; i++) {
            if (call.flagged().get(ValueLayout.JAVA_BYTE, i) != 0) {
                if (found == places.length) {
                    places = Arrays.copyOf(places, Math.max(16, 2 * found));
                }
                places[found++] = i;
            }
        }
        return Arrays.copyOf(places, found);
    }

    private void recompute(Dataset data, int[] rows, double[] values) {
        if (rows.length == 0) {
            return;
        }
        batches.chosen(data, rows, 0, rows.length);
        forward(Kernels.SLUICE_LOG());
        for (int i = 0; i < rows.length; i++) {
            values[rows[i]] = logLikelihood(i);
        }
    }

    @Override
    public double accumulate(Dataset data, int[] rows) {
        return guard.run(
                () -> {
                    check.require(data);
                    DataCheck.requireRows(data, rows);
                    return accumulateChecked(data, rows);
                });
    }

    @Override
    public double accumulate(Dataset data) {
        return guard.run(
                () -> {
                    check.require(data);
                    int[] all = new int[rowCount(data)];
                    Arrays.setAll(all, i -> i);
                    return accumulateChecked(data, all);
                });
    }

    private double accumulateChecked(Dataset data, int[] rows) {
        double total = 0;
        for (int from = 0; from < rows.length; from += Batches.MOST_ROWS) {
            int end = Math.min(rows.length, from + Batches.MOST_ROWS);
            Accumulated counted =
                    accumulateRows(data, Arrays.copyOfRange(rows, from, end), family());
            Accumulated again = accumulateRows(data, counted.flagged(), Kernels.SLUICE_LOG());
            total += counted.total() + again.total();
        }
        return total;
    }

    /**
     * What came of some rows.
     *
     * @param total log-likelihood of those that were added to the statistics
     * @param flagged numbers of the others
     */
    private record Accumulated(double total, int[] flagged) {}

    private Accumulated accumulateRows(Dataset data, int[] rows, int family) {
        int[] flagged = new int[rows.length];
        if (rows.length == 0) {
            return new Accumulated(0, flagged);
        }
        needBuffers(family);
        double total = 0;
        int found = 0;
        int group = buffers.group(family);
        for (int from = 0; from < rows.length; from += group) {
            int count = Math.min(group, rows.length - from);
            batches.chosen(data, rows, from, count);
            holding(data, () -> kernels.accumulate(call, family, Kernels.SLUICE_STAGE_ALL()));
            for (int i = 0; i < count; i++) {
                if (call.flagged().get(ValueLayout.JAVA_BYTE, i) != 0) {
                    flagged[found++] = rows[from + i];
                } else {
                    total += logLikelihood(i);
                }
            }
        }
        return new Accumulated(total, Arrays.copyOf(flagged, found));
    }

    /** One stage of {@link #accumulate}, to measure it: the rows' results are not settled. */
    void runStages(Dataset data, int[] rows, int stages) {
        guard.run(
                () -> {
                    needBuffers(family());
                    batches.chosen(data, rows, 0, rows.length);
                    holding(data, () -> kernels.accumulate(call, family(), stages));
                    return stages;
                });
    }

    @Override
    public double[] flows(int vectorId) {
        return guard.run(
                () ->
                        switch (EngineArguments.requireStatistics(circuit, vectorId)) {
                            case SumVector sum -> edgeFlows(sum);
                            case InputVector input -> inputFlows(input);
                            case ProductVector product ->
                                    throw new IllegalStateException(product.toString());
                        });
    }

    private double[] edgeFlows(SumVector sum) {
        double[] flows = new double[Math.toIntExact(circuit.layout().length(sum.id()))];
        long first = circuit.layout().offset(sum.id());
        for (int i = 0; i < flows.length; i++) {
            flows[i] = statistic(first + i) * parameter(first + i);
        }
        return flows;
    }

    private double[] inputFlows(InputVector input) {
        int table = plan.inputs().table()[inputOf(input)];
        int rows = input.family().finite() ? input.family().categories() : GAUSSIAN_ROWS;
        double[] flows = new double[Math.multiplyExact(rows, input.nodes())];
        for (int i = 0; i < flows.length; i++) {
            flows[i] = statistic(plan.tables().statistic()[table] + i);
        }
        if (!input.family().finite()) {
            moveToZero(flows, input);
        }
        return flows;
    }

    /** Kernels add up moments about the nodes' means: from those, the ones about zero. */
    private void moveToZero(double[] moments, InputVector input) {
        int nodes = input.nodes();
        long means = circuit.layout().offset(input.id());
        for (int n = 0; n < nodes; n++) {
            double mean = parameter(means + n);
            double total = moments[n];
            double first = moments[nodes + n];
            moments[nodes + n] = first + mean * total;
            moments[2 * nodes + n] += 2 * mean * first + mean * mean * total;
        }
    }

    private static final int GAUSSIAN_ROWS = 3;

    /** The first input of a vector: inputs are numbered in the order of vectors and blocks. */
    private int inputOf(InputVector wanted) {
        int input = 0;
        for (int id = 0; id < wanted.id(); id++) {
            if (circuit.vectors().get(id) instanceof InputVector earlier) {
                input += earlier.blocks();
            }
        }
        return input;
    }

    private double statistic(long index) {
        return buffers.statistics().getAtIndex(ValueLayout.JAVA_FLOAT, index);
    }

    private double parameter(long index) {
        return buffers.parameters().getAtIndex(ValueLayout.JAVA_FLOAT, index);
    }

    @Override
    public void update(double stepSize, double pseudocount) {
        EngineArguments.requireStep(stepSize, pseudocount);
        guard.run(
                () -> {
                    kernels.update(call, stepSize, pseudocount);
                    return stepSize;
                });
    }

    @Override
    public void discardStatistics() {
        guard.run(() -> buffers.statistics().fill((byte) 0));
    }

    @Override
    public void load(Parameters parameters) {
        guard.run(
                () -> {
                    circuit.withParameters(parameters); // checks the size
                    copyIn(parameters);
                    return buffers.statistics().fill((byte) 0);
                });
    }

    @Override
    public Conditionals conditionals(Dataset evidence) {
        return guard.run(
                () -> {
                    check.require(evidence);
                    ConditionalCells cells = new ConditionalCells(circuit, evidence);
                    int rows = rowCount(evidence);
                    for (int first = 0; first < rows; first += ConditionalCells.MOST_ROWS) {
                        int[] chunk = new int[Math.min(ConditionalCells.MOST_ROWS, rows - first)];
                        int start = first;
                        Arrays.setAll(chunk, i -> start + i);
                        int[] flagged = conditional(cells, evidence, chunk, family());
                        if (flagged.length > 0) {
                            conditional(cells, evidence, flagged, Kernels.SLUICE_LOG());
                        }
                    }
                    return cells.result();
                });
    }

    /** Returns the rows that were flagged, for which nothing was taken. */
    private int[] conditional(ConditionalCells cells, Dataset evidence, int[] rows, int family) {
        needBuffers(family);
        cells.choose(rows);
        batches.chosen(evidence, rows, 0, rows.length);
        holding(
                evidence,
                () -> kernels.conditional(call, family, cells.offsets(), cells.results()));
        int[] flagged = flagged(rows.length);
        int next = 0;
        for (int i = 0; i < rows.length; i++) {
            if (next < flagged.length && flagged[next] == i) {
                flagged[next++] = rows[i];
            } else {
                cells.take(i, rows[i], logLikelihood(i));
            }
        }
        return flagged;
    }

    /** Of the row at a place of the latest call. */
    private double logLikelihood(int place) {
        return call.logLikelihood().getAtIndex(ValueLayout.JAVA_DOUBLE, place);
    }

    @Override
    public Dataset sample(int count, long seed) {
        EngineArguments.requireDraws(1, count, circuit.variables());
        // Several equal rows of evidence, so that every thread has some to draw for.
        int rows = Math.min(count, ROWS_OF_NOTHING);
        int perRow = (count + rows - 1) / rows;
        Dataset drawn = sample(CircuitSchema.nothingObserved(circuit, rows), perRow, seed);
        return drawn.slice(0, count);
    }

    private static final int ROWS_OF_NOTHING = 64;

    @Override
    public Dataset sample(Dataset evidence, int perRow, long seed) {
        EngineArguments.requireDraws(evidence.rows(), perRow, circuit.variables());
        return guard.run(
                () -> {
                    check.require(evidence);
                    buffers.needLogBuffers();
                    RowResults drawn =
                            new RowResults(CompletedSchema.of(circuit, evidence.schema()), perRow);
                    forEachChunk(
                            evidence,
                            drawn.rowsAtATime(),
                            (first, count) -> {
                                kernels.sample(
                                        call,
                                        perRow,
                                        seed,
                                        (long) first * perRow,
                                        drawn.place(count));
                                requirePossible(first, count);
                                drawn.take(count);
                            });
                    return drawn.dataset();
                });
    }

    private void requirePossible(int first, int count) {
        for (int i = 0; i < count; i++) {
            requirePossible(first + i, logLikelihood(i));
        }
    }

    static void requirePossible(long row, double logLikelihood) {
        if (logLikelihood == Double.NEGATIVE_INFINITY) {
            throw new InvalidArgumentException(
                    "row "
                            + row
                            + " has probability zero under the circuit, so nothing can be"
                            + " conditioned on it: correct the row or leave it out");
        }
    }

    @Override
    public MaxProduct maxProduct(Dataset evidence) {
        return guard.run(
                () -> {
                    check.require(evidence);
                    buffers.needLogBuffers();
                    double[] logValues = new double[rowCount(evidence)];
                    RowResults decoded =
                            new RowResults(CompletedSchema.of(circuit, evidence.schema()), 1);
                    forEachChunk(
                            evidence,
                            decoded.rowsAtATime(),
                            (first, count) -> {
                                kernels.maxProduct(call, decoded.place(count));
                                MemorySegment.copy(
                                        call.logLikelihood(),
                                        ValueLayout.JAVA_DOUBLE,
                                        0,
                                        logValues,
                                        first,
                                        count);
                                decoded.take(count);
                            });
                    return new MaxProduct(logValues, decoded.dataset());
                });
    }

    @Override
    public void close() {
        guard.close(
                () -> {
                    kernels.destroyPool(call.pool());
                    arena.close();
                });
    }
}
