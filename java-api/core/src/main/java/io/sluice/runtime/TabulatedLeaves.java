package io.sluice.runtime;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.Distribution;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.Parameters;
import io.sluice.compile.Plan;
import io.sluice.reference.VariableFamilies;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The inputs of a plan whose log-densities kernels read from tables: what their families compute
 * before and after the kernels run.
 *
 * <p>From the log-densities of a row's cell, the largest among all nodes of the variable is
 * subtracted, so float32 is most precise for those that matter. The row's result gets that number
 * back.
 */
final class TabulatedLeaves {
    /** With fewer log-densities than this, several threads cost more than they save. */
    private static final long MUCH_WORK = 1 << 12;

    private final Plan plan;
    private final boolean parallel;
    private final Map<Integer, TabulatedParameters> owners = new LinkedHashMap<>(); // by vector id
    private final List<TabulatedVector> vectors = new ArrayList<>();
    private final Map<Integer, List<TabulatedVector>> byRows = new TreeMap<>(); // by variable
    private final TabulatedVector[] byTable; // null where kernels know the family
    private final int[] variables;

    /**
     * @param parallel whether several threads may compute
     */
    TabulatedLeaves(Plan plan, VariableFamilies families, boolean parallel) {
        this.plan = plan;
        this.parallel = parallel;
        Circuit circuit = families.circuit();
        Plan.Tables tables = plan.tables();
        byTable = new TabulatedVector[tables.vector().length];
        for (int t = 0; t < byTable.length; t++) {
            if (!isTabulated(tables.kind()[t])) {
                continue;
            }
            InputVector input = (InputVector) circuit.vectors().get(tables.vector()[t]);
            InputVector owner = (InputVector) circuit.vectors().get(input.parameterOwner());
            TabulatedParameters parameters =
                    owners.computeIfAbsent(
                            owner.id(),
                            id -> new TabulatedParameters(owner, circuit.layout().offset(id)));
            byTable[t] = new TabulatedVector(tables, t, input, families, parameters);
            vectors.add(byTable[t]);
            if (byTable[t].isByRows()) {
                byRows.computeIfAbsent(input.variable(), v -> new ArrayList<>()).add(byTable[t]);
            }
        }
        int[] kind = plan.byVariable().kind();
        variables = IntStream.range(0, kind.length).filter(v -> isTabulated(kind[v])).toArray();
    }

    private static boolean isTabulated(int kind) {
        return kind == Plan.LOG_TABLE || kind == Plan.LOG_ROWS;
    }

    /** Whether the plan has no such inputs. */
    boolean isEmpty() {
        return vectors.isEmpty();
    }

    /** Variables of such inputs. */
    int[] variables() {
        return variables;
    }

    /** Whether the rows of tables bound the rows of a batch. */
    boolean limitsRows() {
        return !byRows.isEmpty();
    }

    void load(Parameters parameters) {
        owners.values().forEach(owner -> owner.load(parameters.segment()));
    }

    /** Writes log-densities from the current parameters and supplied items. */
    void refresh(KernelRunner runner) {
        vectors.forEach(vector -> vector.refresh(runner));
    }

    private <T> void each(List<T> things, long work, Consumer<T> action) {
        Stream<T> stream = things.stream();
        (parallel && work >= MUCH_WORK ? stream.parallel() : stream).forEach(action);
    }

    /**
     * Fills the tables for the rows of a batch.
     *
     * @param modes whether a missing cell has the log-density of each node's mode, as in
     *     max-product
     * @return what was subtracted from each row; an empty array if there are no such tables
     */
    double[] fill(KernelRunner runner, Batch batch, boolean modes) {
        if (byRows.isEmpty()) {
            return new double[0];
        }
        double[] back = new double[batch.count()];
        long nodes =
                byRows.values().stream()
                        .flatMap(List::stream)
                        .mapToLong(v -> v.input().nodes())
                        .sum();
        List<Integer> rows = IntStream.range(0, batch.count()).boxed().toList();
        each(
                rows,
                nodes * batch.count(),
                i ->
                        byRows.forEach(
                                (variable, inputs) ->
                                        back[i] += fillRow(batch, i, variable, inputs, modes)));
        byRows.values().forEach(inputs -> inputs.forEach(v -> v.write(runner, batch.count())));
        return back;
    }

    private static double fillRow(
            Batch batch, int index, int variable, List<TabulatedVector> inputs, boolean modes) {
        double value = batch.data().value(batch.row(index), variable);
        if (Double.isNaN(value) && !modes) {
            return 0;
        }
        double[][] logDensities = new double[inputs.size()][];
        double largest = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < logDensities.length; i++) {
            logDensities[i] = new double[inputs.get(i).input().nodes()];
            largest = Math.max(largest, inputs.get(i).logDensities(value, logDensities[i]));
        }
        double less = largest == Double.NEGATIVE_INFINITY ? 0 : largest;
        for (int i = 0; i < logDensities.length; i++) {
            inputs.get(i).setRow(index, logDensities[i], less);
        }
        return less;
    }

    /** Clears the statistics. */
    void clear() {
        owners.values().forEach(TabulatedParameters::clear);
    }

    /** Clears the flows of an earlier batch in the kernels' statistics. */
    void clearRows(KernelRunner runner, int count) {
        byRows.values().forEach(inputs -> inputs.forEach(v -> v.clear(runner, count)));
    }

    /** Adds the flows of a batch's rows to the statistics. */
    void addRows(KernelRunner runner, Batch batch) {
        byRows.values().forEach(inputs -> inputs.forEach(v -> v.addRows(runner, batch)));
    }

    /**
     * Statistics of a vector that owns parameters.
     *
     * @return {@code [statistic row][node]}, a copy
     */
    double[] statistics(KernelRunner runner, int ownerId) {
        TabulatedParameters owner = owners.get(ownerId);
        if (owner == null) {
            throw new IllegalStateException("vector " + ownerId + " is not tabulated");
        }
        return statistics(runner, owner);
    }

    private double[] statistics(KernelRunner runner, TabulatedParameters owner) {
        double[] sums = owner.sums().clone();
        for (TabulatedVector vector : vectors) {
            if (!vector.isByRows() && vector.input().parameterOwner() == owner.ownerId()) {
                vector.addCategories(runner, sums);
            }
        }
        return sums;
    }

    /**
     * EM step of all these inputs.
     *
     * @return whether some statistics are not finite; their parameters stay as they are
     */
    boolean update(KernelRunner runner, double step, double pseudocount) {
        boolean failed = false;
        for (TabulatedParameters owner : owners.values()) {
            failed |= !owner.update(runner, statistics(runner, owner), step, pseudocount);
        }
        refresh(runner);
        return failed;
    }

    /** The distribution of a node, by its index among the nodes of all blocks. */
    Distribution distribution(int node) {
        int found = Arrays.binarySearch(plan.blocks().first(), node);
        int block = found >= 0 ? found : -found - 2;
        int input = plan.blocks().input()[block];
        int inTable = plan.inputs().first()[input] + (int) (node - plan.blocks().first()[block]);
        return byTable[plan.inputs().table()[input]].distribution(inTable);
    }
}
