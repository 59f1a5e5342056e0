package io.sluice.reference;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeValues;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ProductVector;
import io.sluice.circuit.SumVector;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ForkJoinPool;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Computes {@link MaximalFlows}. Rows are computed in parallel and counted in their order, so the
 * result does not depend on the number of threads.
 */
final class MaximalPass {

    /** Rows whose sub-circuits are held at a time. */
    private static final int ROUND = 1024;

    /** Rows that a thread computes at once, and a bound on their memory. */
    private static final int WIDEST = 64;

    private static final long WIDTH_BYTES = 1L << 26;

    private final Circuit circuit;
    private final VariableFamilies families;
    private final ReferenceParameters parameters;
    private final List<List<NodeVector>> sharing; // vectors that share parameters
    private final double[][] counts;
    private final Queue<MaximalValues> idle = new ConcurrentLinkedQueue<>();

    /**
     * @param circuit with the parameters to use
     */
    MaximalPass(Circuit circuit, VariableFamilies families) {
        this.circuit = circuit;
        this.families = families;
        this.parameters = new ReferenceParameters(circuit, families);
        Map<Integer, List<NodeVector>> owners = new LinkedHashMap<>();
        counts = new double[circuit.vectors().size()][];
        for (NodeVector vector : circuit.vectors()) {
            counts[vector.id()] = MaximalFlows.empty(circuit, vector);
            owners.computeIfAbsent(ReferenceParameters.owner(vector), id -> new ArrayList<>())
                    .add(vector);
        }
        sharing = List.copyOf(owners.values());
    }

    /** Counts the edges and values of the rows' sub-circuits; called once. */
    MaximalFlows run(int count, IntFunction<double[]> rows, int threads) {
        double total = 0;
        int width = width(threads, Math.min(count, ROUND));
        try (ForkJoinPool pool = new ForkJoinPool(threads)) {
            for (int from = 0; from < count; from += ROUND) {
                int first = from;
                Round round = new Round(Math.min(ROUND, count - from));
                int parts = (round.cells.length - 1) / width + 1;
                parallel(pool, parts, part -> round.compute(part * width, width, first, rows));
                parallel(pool, sharing.size(), owner -> round.count(sharing.get(owner)));
                for (double value : round.values) {
                    total += value;
                }
            }
        }
        return new MaximalFlows(circuit, total, counts);
    }

    private static void parallel(ForkJoinPool pool, int tasks, IntConsumer task) {
        pool.submit(() -> IntStream.range(0, tasks).parallel().forEach(task)).join();
    }

    private int width(int threads, int rows) {
        long nodes = circuit.properties().nodes();
        int fits = Math.clamp(WIDTH_BYTES / (nodes * Double.BYTES), 1, WIDEST);
        return Math.min(fits, (rows - 1) / threads + 1);
    }

    /** Some rows with their sub-circuits. */
    private final class Round {
        private final double[][] cells;
        private final double[] values;
        private final int[][] nodes;
        private final int[][] edges;

        Round(int rows) {
            int vectors = circuit.vectors().size();
            cells = new double[rows][];
            values = new double[rows];
            nodes = new int[rows][vectors];
            edges = new int[rows][vectors];
        }

        void compute(int from, int width, int first, IntFunction<double[]> rows) {
            int count = Math.min(width, cells.length - from);
            for (int row = from; row < from + count; row++) {
                cells[row] = rows.apply(first + row);
            }
            MaximalValues known = idle.poll();
            MaximalValues log =
                    known == null ? new MaximalValues(circuit, parameters, width) : known;
            log.forward(Arrays.copyOfRange(cells, from, from + count));
            for (int i = 0; i < count; i++) {
                values[from + i] = log.root(i);
                if (values[from + i] != Double.NEGATIVE_INFINITY) {
                    log.descend(i, nodes[from + i], edges[from + i]);
                }
            }
            idle.add(log);
        }

        /** One writer for the vectors that share parameters. */
        void count(List<NodeVector> vectors) {
            for (NodeVector vector : vectors) {
                double[] sums = counts[ReferenceParameters.owner(vector)];
                for (int row = 0; row < values.length; row++) {
                    boolean possible = values[row] != Double.NEGATIVE_INFINITY;
                    if (possible && nodes[row][vector.id()] >= 0) {
                        count(vector, row, sums);
                    }
                }
            }
        }

        private void count(NodeVector vector, int row, double[] sums) {
            switch (vector) {
                case ProductVector product -> {}
                case SumVector sum -> sums[edges[row][sum.id()]]++;
                case InputVector input -> {
                    double x = cells[row][input.variable()];
                    if (!Double.isNaN(x)) {
                        int node = nodes[row][input.id()];
                        families.of(input)
                                .addStatistics(
                                        NodeValues.of(
                                                parameters.of(input.id()), input.nodes(), node),
                                        x,
                                        1,
                                        NodeValues.of(sums, input.nodes(), node));
                    }
                }
            }
        }
    }
}
