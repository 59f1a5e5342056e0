package io.sluice.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ProductVector;
import io.sluice.circuit.SumVector;
import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.data.Schema;
import io.sluice.model.JsonInterchange;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A small circuit with exact answers that another program computed in float64. Numbers that the
 * file gives for edges or nodes are here in the order of the circuit's parameter layout, which is
 * that of an engine's results.
 */
public final class Fixture {

    /** Rounding of the numbers in the files, which have twelve digits. */
    public static final double TOLERANCE = 1e-9;

    private final String name;
    private final Circuit circuit;
    private final JsonTree tree;

    private Fixture(Path file) {
        this.tree = JsonTree.read(file);
        this.name = tree.get("name").text();
        try {
            this.circuit = JsonInterchange.read(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Expected parameters after one EM step on the full rows.
     *
     * @param parameters of vectors that own theirs, in the order of the layout
     */
    public record EmStep(double stepSize, double pseudocount, Map<Integer, double[]> parameters) {}

    /** All fixtures, in the order of their names. Skips the test where they are absent. */
    public static Stream<Fixture> all() {
        Path folder = SharedFiles.find("fixtures");
        try (Stream<Path> files = Files.list(folder)) {
            return files
                    .filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .map(Fixture::new)
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The fixture of a name. */
    public static Fixture named(String name) {
        return new Fixture(SharedFiles.find("fixtures/" + name + ".json"));
    }

    /** The circuit; vector ids are those of the file. */
    public Circuit circuit() {
        return circuit;
    }

    /** The rows, all cells observed. */
    public Dataset rows() {
        return dataset(false);
    }

    /** The rows without the cells that the file marks as missing. */
    public Dataset rowsWithMissing() {
        return dataset(true);
    }

    private Dataset dataset(boolean removed) {
        double[][] values = tree.get("data").table();
        double[][] missing = tree.get("missing").table();
        DatasetBuilder builder = Dataset.builder(schema());
        for (int row = 0; row < values.length; row++) {
            double[] cells = values[row].clone();
            for (int v = 0; v < cells.length; v++) {
                if (removed && missing[row][v] == 1) {
                    cells[v] = Double.NaN;
                }
            }
            builder.add(cells);
        }
        return builder.build();
    }

    private Schema schema() {
        List<Column> columns = new ArrayList<>();
        for (int v = 0; v < circuit.variables(); v++) {
            columns.add(
                    circuit.family(v).finite()
                            ? Column.categorical("x" + v, circuit.family(v).categories())
                            : Column.continuous("x" + v));
        }
        return Schema.of(columns);
    }

    private JsonTree expected() {
        return tree.get("expected");
    }

    /** Log-likelihood of each full row, in nats. */
    public double[] logLikelihood() {
        return expected().get("log_likelihood").numbers();
    }

    /** Log-likelihood of each row without its missing cells. */
    public double[] marginalLogLikelihood() {
        return expected().get("marginal_log_likelihood").numbers();
    }

    /**
     * Checks max-product values of {@link #rowsWithMissing}: exactly where a row is complete. The
     * oracle counts a missing input as 1, which no probability of a mode exceeds, so other values
     * of a circuit over finite variables are at most the oracle's.
     *
     * @param tolerance relative to the larger of one and the value
     */
    public void assertMaxProduct(double[] found, double tolerance) {
        double[] oracle = expected().get("max_product_log_value").numbers();
        double[][] missing = tree.get("missing").table();
        boolean finite =
                IntStream.range(0, circuit().variables())
                        .allMatch(v -> circuit().family(v).finite());
        assertEquals(oracle.length, found.length);
        for (int row = 0; row < found.length; row++) {
            double rounding = tolerance * Math.max(1, Math.abs(oracle[row]));
            if (Arrays.stream(missing[row]).allMatch(m -> m == 0)) {
                assertEquals(oracle[row], found[row], rounding, "row " + row);
            } else if (finite) {
                assertTrue(found[row] <= oracle[row] + rounding, "row " + row);
            }
        }
    }

    /** Whether {@link #conditional} is given. */
    public boolean hasConditionals() {
        return expected().has("conditional");
    }

    /** {@code [row][category]}: distribution of a variable where it is missing. */
    public double[][] conditional(int variable) {
        return expected().get("conditional").get(Integer.toString(variable)).table();
    }

    /** Whether {@link #totalProbability} is given. */
    public boolean hasTotalProbability() {
        return expected().has("total_probability");
    }

    /** The sum of the probabilities of all possible rows. */
    public double totalProbability() {
        return expected().get("total_probability").number();
    }

    /** Expected edge counts of the full rows, pooled over tied sums, by id of the owner. */
    public Map<Integer, double[]> sumFlows() {
        Map<Integer, double[]> pooled = new LinkedHashMap<>();
        JsonTree flows = expected().get("sum_edge_flows");
        for (String id : flows.fields()) {
            SumVector sum = (SumVector) circuit.vectors().get(Integer.parseInt(id));
            double[] own = inLayoutOrder(sum, flows.get(id).numbers());
            pooled.merge(
                    sum.parameterOwner(),
                    own,
                    (a, b) -> {
                        double[] total = a.clone();
                        Arrays.setAll(total, i -> a[i] + b[i]);
                        return total;
                    });
        }
        return pooled;
    }

    /** The step on all rows with step size 1. */
    public EmStep fullBatchStep() {
        return step("full_batch_em");
    }

    /** The step with a step size under 1. */
    public EmStep miniBatchStep() {
        return step("mini_batch_em");
    }

    private EmStep step(String field) {
        JsonTree step = expected().get(field);
        Map<Integer, double[]> parameters = new LinkedHashMap<>();
        JsonTree given = step.get("params");
        for (String id : given.fields()) {
            switch (circuit.vectors().get(Integer.parseInt(id))) {
                case SumVector sum ->
                        parameters.put(
                                sum.parameterOwner(), inLayoutOrder(sum, given.get(id).numbers()));
                case InputVector input ->
                        parameters.put(input.parameterOwner(), transposed(given.get(id).table()));
                case ProductVector product -> throw new IllegalStateException(product.toString());
            }
        }
        return new EmStep(
                step.get("step_size").number(), step.get("pseudocount").number(), parameters);
    }

    private static double[] transposed(double[][] nodes) {
        double[] flat = new double[nodes.length * nodes[0].length];
        for (int i = 0; i < flat.length; i++) {
            flat[i] = nodes[i % nodes.length][i / nodes.length];
        }
        return flat;
    }

    /** Numbers of edges, each at the index of its edge's parameter; 0 elsewhere. */
    private double[] inLayoutOrder(SumVector sum, double[] byEdge) {
        double[][] edges = tree.get("nodes").elements().get(sum.id()).get("edges").table();
        double[] ordered = new double[(int) circuit.layout().length(sum.id())];
        for (int edge = 0; edge < edges.length; edge++) {
            ordered[indexOf(sum, (int) edges[edge][0], (int) edges[edge][1])] = byEdge[edge];
        }
        return ordered;
    }

    /** Index among a sum's parameters of the edge from a node to a node of its children. */
    private static int indexOf(SumVector sum, int node, int childNode) {
        int inChild = childNode;
        int firstBlock = 0;
        for (NodeVector child : sum.children()) {
            if (inChild < child.nodes()) {
                int block = node / sum.blockSize();
                int childBlock = firstBlock + inChild / child.blockSize();
                for (int e = sum.firstTile(block); e < sum.firstTile(block + 1); e++) {
                    if (sum.childBlock(e) == childBlock) {
                        return (int) sum.tileStart(e)
                                + node % sum.blockSize() * child.blockSize()
                                + inChild % child.blockSize();
                    }
                }
            }
            inChild -= child.nodes();
            firstBlock += child.blocks();
        }
        throw new IllegalArgumentException("no edge from " + node + " to " + childNode);
    }

    /** The name, for test reports. */
    @Override
    public String toString() {
        return name;
    }
}
