package io.sluice.tests;

import static io.sluice.tests.Near.assertNear;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.LeafKernel;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.Parameters;
import io.sluice.circuit.SumVector;
import io.sluice.data.Dataset;
import io.sluice.leaf.Bernoulli;
import io.sluice.leaf.Categorical;
import io.sluice.reference.Moments;
import io.sluice.reference.NodeVisits;
import io.sluice.runtime.Conditionals;
import io.sluice.runtime.Engine;
import io.sluice.structure.Hmm;
import io.sluice.testing.Sweep;
import io.sluice.transform.Blocking;
import io.sluice.transform.Conditioned;
import io.sluice.transform.Marginalised;
import io.sluice.transform.Merging;
import io.sluice.transform.Normalised;
import io.sluice.transform.PartitionFunction;
import io.sluice.transform.Renaming;
import io.sluice.transform.SoftEvidence;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Transformed circuits answer like the circuits that they come from. */
class TransformationsTest {
    /** Parameters are rounded to float32 once more. */
    private static final double ROUNDING = 2e-6;

    static Stream<Long> seeds() {
        return Sweep.seeds(25).boxed();
    }

    private static double[] logs(Circuit circuit, Dataset rows) {
        try (Engine engine = Engines.reference(circuit)) {
            return engine.logLikelihood(rows).values();
        }
    }

    private static Dataset rows(Circuit circuit, long seed) {
        return Rows.random(circuit, 20, 0.3, seed);
    }

    /** A random non-empty subset of the variables. */
    private static int[] someVariables(Circuit circuit, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int certain = random.nextInt(circuit.variables());
        int[] some =
                IntStream.range(0, circuit.variables())
                        .filter(v -> v == certain || random.nextBoolean())
                        .toArray();
        for (int i = some.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int other = some[j];
            some[j] = some[i];
            some[i] = other;
        }
        return some;
    }

    /** Rows of another circuit's data, with their columns rearranged. */
    private static Dataset rearranged(
            Circuit to, Dataset rows, int variables, IntUnaryOperator column) {
        double[][] made = new double[(int) rows.rows()][variables];
        for (int r = 0; r < made.length; r++) {
            for (int v = 0; v < variables; v++) {
                int from = column.applyAsInt(v);
                made[r][v] = from < 0 ? Rows.MISSING : rows.value(r, from);
            }
        }
        return Rows.of(to, made);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void other_blocks_change_no_answer(long seed) {
        Circuit circuit = RandomCircuit.mixed(seed);
        Dataset rows = rows(circuit, seed);
        double[] expected = logs(circuit, rows);
        Circuit single = Blocking.split(circuit, 1);
        assertTrue(single.vectors().stream().allMatch(vector -> vector.blockSize() == 1));
        assertEquals(circuit.properties(), single.properties());
        assertNear(expected, logs(single, rows), 1e-12, "blocks of one");
        assertNear(expected, logs(Blocking.split(circuit, 4), rows), 1e-12, "blocks of four");
        Circuit merged = Blocking.merged(single);
        assertEquals(circuit.properties(), merged.properties());
        assertNear(expected, logs(merged, rows), 1e-12, "merged");
        assertNear(expected, logs(Blocking.merged(circuit), rows), 1e-12, "merged at once");
    }

    @Test
    void merging_finds_the_blocks_that_splitting_cut() {
        Circuit circuit = Hmm.builder(5, new Bernoulli()).states(16).build();
        Circuit again = Blocking.merged(Blocking.split(circuit, 1));
        for (NodeVector vector : again.vectors()) {
            assertEquals(circuit.vectors().get(vector.id()).blockSize(), vector.blockSize());
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void renaming_permutes_the_columns(long seed) {
        Circuit circuit = RandomCircuit.mixed(seed);
        int variables = circuit.variables();
        int[] names = IntStream.range(0, variables).map(v -> (v + 2) % variables).toArray();
        Circuit renamed = Renaming.of(circuit, names);
        assertEquals(circuit.properties().parameters(), renamed.properties().parameters());
        Dataset rows = rows(circuit, seed);
        Dataset permuted =
                rearranged(
                        renamed,
                        rows,
                        variables,
                        v -> IntStream.range(0, variables).filter(o -> names[o] == v).sum());
        assertNear(logs(circuit, rows), logs(renamed, permuted), 1e-12, "renamed");
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void a_marginal_is_the_circuit_with_the_other_variables_missing(long seed) {
        Circuit circuit = RandomCircuit.mixed(seed);
        int[] kept = someVariables(circuit, seed);
        Circuit marginal = Marginalised.to(circuit, kept);
        assertEquals(kept.length, marginal.variables());
        assertTrue(marginal.properties().edges() <= circuit.properties().edges());
        Dataset rows = rows(marginal, seed);
        Dataset wide =
                rearranged(
                        circuit,
                        rows,
                        circuit.variables(),
                        v ->
                                IntStream.range(0, kept.length)
                                        .filter(i -> kept[i] == v)
                                        .findFirst()
                                        .orElse(-1));
        assertNear(logs(circuit, wide), logs(marginal, rows), ROUNDING, "marginal");
    }

    @Test
    void a_marginal_of_a_tied_chain_stays_tied() {
        Circuit chain = Hmm.builder(8, new Categorical(3)).states(4).build();
        Circuit marginal = Marginalised.to(chain, 0, 1, 2, 3, 4);
        assertEquals(
                chain.properties().parameters(),
                marginal.properties().parameters(),
                "one transition, one emission");
        assertTrue(marginal.vectors().size() < chain.vectors().size());
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void a_conditioned_circuit_has_the_likelihoods_of_the_joint_over_those_of_the_evidence(
            long seed) {
        Circuit circuit = RandomCircuit.mixed(seed);
        try (Engine engine = Engines.reference(circuit)) {
            Dataset rows = PossibleRows.of(engine, Rows.random(circuit, 20, 0.5, seed));
            for (int r = 0; r < Math.min(3, rows.rows()); r++) {
                double[] row = Rows.row(rows, r);
                int[] left =
                        IntStream.range(0, row.length).filter(v -> Double.isNaN(row[v])).toArray();
                if (left.length == 0) {
                    continue;
                }
                Circuit conditioned = Conditioned.on(circuit, row);
                Dataset rest = rows(conditioned, seed);
                double[][] joint = new double[(int) rest.rows()][];
                for (int i = 0; i < joint.length; i++) {
                    joint[i] = row.clone();
                    for (int v = 0; v < left.length; v++) {
                        joint[i][left[v]] = rest.value(i, v);
                    }
                }
                double evidence = engine.logLikelihood(Rows.of(circuit, row)).values()[0];
                double[] expected = engine.logLikelihood(Rows.of(circuit, joint)).values();
                Arrays.setAll(expected, i -> expected[i] - evidence);
                assertNear(expected, logs(conditioned, rest), 1e-5, "row " + r);
            }
        }
    }

    @Test
    void what_cannot_be_conditioned_on_is_refused() {
        Circuit circuit = Hmm.builder(2, new Categorical(3)).states(4).build();
        refused(() -> Conditioned.on(circuit, 0, 1), "every variable is observed");
        refused(() -> Conditioned.on(circuit, 0), "2 variables");
        refused(() -> Conditioned.on(circuit, 3, Double.NaN), "the value 3.0 for variable 0");
        refused(() -> Marginalised.to(circuit), "at least one");
        refused(() -> Marginalised.to(circuit, 1, 1), "[1, 1]");
        refused(() -> Renaming.of(circuit, 0, 0), "[0, 0]");
        refused(() -> Blocking.split(circuit, 0), "at most 0");
        refused(() -> Merging.mixture(List.of(circuit), -1), "[-1.0]");
        refused(() -> Merging.product(List.of()), "at least one");
    }

    private static void refused(Executable call, String part) {
        String message =
                String.valueOf(assertThrows(InvalidArgumentException.class, call).getMessage());
        assertTrue(message.contains(part), message);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void a_mixture_of_circuits_mixes_their_likelihoods(long seed) {
        Circuit circuit = RandomCircuit.mixed(seed);
        Circuit other = Marginalised.to(circuit, IntStream.range(0, circuit.variables()).toArray());
        Circuit flat = factorised(circuit);
        Circuit mixture = Merging.mixture(List.of(circuit, other, flat), 1, 2, 5);
        Dataset rows = rows(circuit, seed);
        double[] a = logs(circuit, rows);
        double[] b = logs(flat, rows);
        double[] expected = new double[a.length];
        Arrays.setAll(expected, i -> Math.log(0.375 * Math.exp(a[i]) + 0.625 * Math.exp(b[i])));
        assertNear(expected, logs(mixture, rows), ROUNDING, "mixture");
    }

    /** The product of a circuit's marginals. */
    private static Circuit factorised(Circuit circuit) {
        return Merging.product(
                IntStream.range(0, circuit.variables())
                        .mapToObj(v -> Marginalised.to(circuit, v))
                        .toList());
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void a_product_of_circuits_makes_their_variables_independent(long seed) {
        Circuit circuit = RandomCircuit.mixed(seed);
        Circuit product = Merging.product(List.of(circuit, circuit));
        int variables = circuit.variables();
        Dataset rows = rows(product, seed);
        double[] first = logs(circuit, rearranged(circuit, rows, variables, v -> v));
        double[] second = logs(circuit, rearranged(circuit, rows, variables, v -> v + variables));
        Arrays.setAll(first, i -> first[i] + second[i]);
        assertNear(first, logs(product, rows), 1e-9, "product");
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void the_partition_function_is_the_sum_over_all_assignments(long seed) {
        Circuit circuit = RandomCircuit.discrete(seed);
        SplittableRandom random = new SplittableRandom(seed);
        double root = 3;
        boolean scales = circuit.root() instanceof SumVector;
        Parameters scaled =
                Parameters.filled(
                        circuit.layout().size(),
                        memory -> {
                            memory.copyFrom(circuit.parameters().segment());
                            if (scales) {
                                multiply(circuit, memory, circuit.root(), root);
                            }
                        });
        Normalised normalised = PartitionFunction.of(circuit, scaled);
        double constant = scales ? Math.log(root) : 0;
        assertNear(constant, normalised.logConstant(), 1e-5, "partition function");
        Dataset rows = rows(circuit, seed);
        assertNear(logs(circuit, rows), logs(normalised.circuit(), rows), 1e-5, "normalised");
        // any non-negative numbers
        Parameters noise =
                Parameters.filled(
                        circuit.layout().size(),
                        memory -> {
                            memory.copyFrom(circuit.parameters().segment());
                            for (NodeVector vector : circuit.vectors()) {
                                if (isTable(vector)) {
                                    double factor = 0.1 + 2 * random.nextDouble();
                                    multiply(circuit, memory, vector, factor);
                                }
                            }
                        });
        Normalised found = PartitionFunction.of(circuit, noise);
        double[] all = logs(found.circuit(), Rows.everyAssignment(circuit));
        assertNear(1, Arrays.stream(all).map(Math::exp).sum(), 1e-5, "sum of all");
    }

    private static boolean isTable(NodeVector vector) {
        return vector instanceof SumVector
                || (vector instanceof InputVector input
                        && input.family().kernel() == LeafKernel.PROBABILITIES);
    }

    private static void multiply(
            Circuit circuit, MemorySegment memory, NodeVector vector, double factor) {
        long offset = circuit.layout().offset(vector.id());
        for (long i = 0; i < circuit.layout().length(vector.id()); i++) {
            float value = memory.getAtIndex(ValueLayout.JAVA_FLOAT, offset + i);
            memory.setAtIndex(ValueLayout.JAVA_FLOAT, offset + i, (float) (value * factor));
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void soft_evidence_weighs_every_assignment(long seed) {
        Circuit circuit = RandomCircuit.discrete(seed);
        SplittableRandom random = new SplittableRandom(seed);
        Map<Integer, double[]> likelihoods = new HashMap<>();
        for (int v = 0; v < circuit.variables(); v++) {
            if (random.nextBoolean() && circuit.family(v).kernel() == LeafKernel.PROBABILITIES) {
                likelihoods.put(v, random.doubles(circuit.family(v).categories()).toArray());
            }
        }
        Dataset all = Rows.everyAssignment(circuit);
        double[] prior = logs(circuit, all);
        double[] weighed = new double[prior.length];
        for (int r = 0; r < prior.length; r++) {
            weighed[r] = Math.exp(prior[r]);
            for (Map.Entry<Integer, double[]> evidence : likelihoods.entrySet()) {
                weighed[r] *= evidence.getValue()[(int) all.value(r, evidence.getKey())];
            }
        }
        double total = Arrays.stream(weighed).sum();
        Normalised posterior = SoftEvidence.on(circuit, likelihoods);
        assertNear(Math.log(total), posterior.logConstant(), 1e-5, "evidence");
        double[] found = logs(posterior.circuit(), all);
        for (int r = 0; r < found.length; r++) {
            assertNear(weighed[r] / total, Math.exp(found[r]), 1e-5, "row " + r);
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void visits_of_a_row_are_the_flows_of_its_statistics(long seed) {
        Circuit circuit = RandomCircuit.mixed(seed);
        try (Engine engine = Engines.reference(circuit)) {
            Dataset rows = PossibleRows.of(engine, Rows.random(circuit, 5, 0.3, seed));
            if (rows.rows() == 0) {
                return;
            }
            double[] row = Rows.row(rows, 0);
            NodeVisits visits = NodeVisits.of(circuit, row);
            assertNear(
                    engine.logLikelihood(rows).values()[0], visits.logLikelihood(), 1e-12, "log");
            assertEquals(1, visits.probability(circuit.root(), 0));
            for (NodeVector vector : circuit.vectors()) {
                for (int i = 0; i < vector.nodes(); i++) {
                    double visit = visits.probability(vector, i);
                    assertTrue(visit >= 0 && visit <= 1 + 1e-9, vector + ": " + visit);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void moments_are_those_of_the_conditional_distributions(long seed) {
        Circuit circuit = RandomCircuit.mixed(seed);
        try (Engine engine = Engines.reference(circuit)) {
            Dataset rows = PossibleRows.of(engine, Rows.random(circuit, 5, 0.6, seed));
            if (rows.rows() == 0) {
                return;
            }
            Conditionals found = engine.conditionals(rows.slice(0, 1));
            double[] row = Rows.row(rows, 0);
            Moments moments = Moments.given(circuit, row);
            for (int cell = 0; cell < found.cells(); cell++) {
                int v = found.variable(cell);
                double deviation = found.standardDeviation(cell);
                assertNear(found.mean(cell), moments.mean(v), 1e-5, "mean");
                assertNear(deviation * deviation, moments.variance(v), 1e-5, "variance");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void covariances_are_those_of_all_assignments(long seed) {
        Circuit circuit = RandomCircuit.discrete(seed);
        int variables = circuit.variables();
        Dataset all = Rows.everyAssignment(circuit);
        double[] logs = logs(circuit, all);
        double[] row = new double[variables];
        Arrays.fill(row, Rows.MISSING);
        Moments moments = Moments.given(circuit, row);
        for (int a = 0; a < variables; a++) {
            for (int b = 0; b < variables; b++) {
                double expected = 0;
                for (int r = 0; r < logs.length; r++) {
                    expected +=
                            Math.exp(logs[r])
                                    * (all.value(r, a) - moments.mean(a))
                                    * (all.value(r, b) - moments.mean(b));
                }
                assertNear(expected, moments.covariance(a, b), 1e-5, a + " and " + b);
            }
        }
    }
}
