package io.sluice.benchmarks;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitProperties;
import io.sluice.compile.Compiler;
import io.sluice.compile.Plan;
import io.sluice.data.Dataset;
import io.sluice.data.Schema;
import io.sluice.structure.ChowLiuTree;

import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Measures the work before training: learning Chow-Liu trees of many rows or variables, and
 * building and compiling circuits of up to a billion parameters. Prints two Markdown tables.
 * Arguments name the circuits ({@link Shapes}).
 *
 * <p>Parameters are outside the Java heap, 4 bytes each; the heap holds the graph and the plan.
 * Heap sizes are measured after a collection.
 */
final class StructureCosts {
    private static final List<String> CIRCUITS = List.of("pd768-128", "pd768-256", "hclt784-1024");
    private static final int LEVELS = 256;
    private static final double MEBIBYTE = 1 << 20;
    private static final double MILLION = 1e6;

    private StructureCosts() {}

    /**
     * Runs the program.
     *
     * @param arguments names of circuits; without any, those of the project's notes
     */
    public static void main(String[] arguments) {
        if (arguments.length == 0) {
            System.out.println("| Chow-Liu tree | rows | seconds | heap MiB |");
            System.out.println("|---|---:|---:|---:|");
            tree(784, 60_000);
            tree(3072, 50_000);
            System.out.println();
        }
        System.out.println(
                "| circuit | M parameters | M edges | build s | compile s | heap MiB"
                        + " | plan MiB | peak resident MiB |");
        System.out.println("|---|---:|---:|---:|---:|---:|---:|---:|");
        for (String name : arguments.length == 0 ? CIRCUITS : List.of(arguments)) {
            circuit(name);
        }
    }

    private static void tree(int variables, int rows) {
        Dataset data = smoothRows(variables, rows);
        double before = heap();
        long start = System.nanoTime();
        ChowLiuTree tree = ChowLiuTree.of(data);
        double seconds = secondsSince(start);
        double used = usedHeap() - before;
        System.out.printf(
                "| %d variables, depth %d | %d | %.1f | %.0f |%n",
                variables, tree.depth(), rows, seconds, used);
    }

    /** Random walks of grey levels: neighbours depend on each other as pixels do. */
    private static Dataset smoothRows(int variables, int rows) {
        byte[] values = new byte[Math.multiplyExact(variables, rows)];
        SplittableRandom random = new SplittableRandom(1);
        for (int row = 0; row < rows; row++) {
            int level = random.nextInt(LEVELS);
            for (int v = 0; v < variables; v++) {
                level = Math.clamp(level + random.nextInt(-16, 17), 0, LEVELS - 1);
                values[row * variables + v] = (byte) level;
            }
        }
        return Dataset.ofBytes(values, variables, Schema.categorical(variables, LEVELS));
    }

    private static void circuit(String name) {
        double before = heap();
        long start = System.nanoTime();
        Circuit circuit = Shapes.circuit(name);
        double build = secondsSince(start);
        double graph = heap() - before;
        start = System.nanoTime();
        Plan plan = Compiler.compile(circuit);
        double compile = secondsSince(start);
        double both;
        try {
            both = heap() - before;
        } finally {
            Reference.reachabilityFence(plan); // its memory counts
        }
        CircuitProperties sizes = circuit.properties();
        System.out.printf(
                "| %s | %.1f | %.1f | %.1f | %.2f | %.0f | %.0f | %d |%n",
                name,
                sizes.parameters() / MILLION,
                sizes.edges() / MILLION,
                build,
                compile,
                graph,
                both - graph,
                Machine.peakMebibytes().orElse(0));
    }

    private static double secondsSince(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    private static double heap() {
        System.gc();
        return usedHeap();
    }

    private static double usedHeap() {
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / MEBIBYTE;
    }
}
