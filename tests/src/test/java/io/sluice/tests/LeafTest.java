package io.sluice.tests;

import static io.sluice.tests.Near.assertNear;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.InputFamily;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ParameterInitializer;
import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.Schema;
import io.sluice.leaf.Bernoulli;
import io.sluice.leaf.Categorical;
import io.sluice.leaf.External;
import io.sluice.leaf.Poisson;
import io.sluice.leaf.SoftCategorical;
import io.sluice.runtime.Conditionals;
import io.sluice.runtime.Engine;
import io.sluice.runtime.MaxProduct;
import io.sluice.testing.LeafExample;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;

/**
 * Every leaf on every engine, in a mixture of three nodes with a second variable that indicates the
 * component: {@code p(x, z) = sum_n weight_n f_n(x) g_n(z)}.
 */
class LeafTest {
    private static final int NODES = 3;
    private static final double[] WEIGHTS = {0.5, 0.25, 0.25};

    /** {@code g_n(z)}, {@code [node][z]}. */
    private static final double[][] POINTERS = {{0.75, 0.25}, {0.5, 0.5}, {0.125, 0.875}};

    static Stream<EngineKind> engines() {
        return Engines.usable();
    }

    static Stream<Arguments> leaves() {
        return Engines.withCases(Engines.usable(), LeafExample.all().toList());
    }

    private static Circuit mixture(LeafExample example) {
        return mixture(example.family(), example.table());
    }

    private static Circuit mixture(InputFamily family, double[] table) {
        CircuitBuilder builder = Circuit.builder();
        InputVector x = builder.input(0, family, NODES, NODES);
        InputVector z = builder.input(1, new Categorical(2), NODES, NODES);
        NodeVector root = builder.sum(List.of(builder.product(List.of(x, z))), 1, 1);
        double[] pointers = new double[2 * NODES];
        for (int i = 0; i < pointers.length; i++) {
            pointers[i] = POINTERS[i % NODES][i / NODES];
        }
        return builder.build(root, given(List.of(table, pointers, WEIGHTS), List.of(x, z, root)));
    }

    private static ParameterInitializer given(List<double[]> tables, List<NodeVector> vectors) {
        return (NodeVector vector, MemorySegment slice) -> {
            double[] table = tables.get(vectors.indexOf(vector));
            for (int i = 0; i < table.length; i++) {
                slice.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) table[i]);
            }
        };
    }

    /** The density of x and, unless it is missing, z. */
    private static double density(LeafExample example, double x, double z) {
        double sum = 0;
        for (int n = 0; n < NODES; n++) {
            sum += weight(n, z) * Math.exp(example.distribution(n).logDensity(x));
        }
        return sum;
    }

    private static double weight(int node, double z) {
        return WEIGHTS[node] * (Double.isNaN(z) ? 1 : POINTERS[node][(int) z]);
    }

    private static double[][] rows(LeafExample example) {
        double[] values = example.values();
        double[][] rows = new double[3 * values.length][];
        for (int i = 0; i < rows.length; i++) {
            double z = i % 3 == 2 ? Rows.MISSING : i % 3;
            rows[i] = new double[] {values[i / 3], z};
        }
        return rows;
    }

    @ParameterizedTest
    @MethodSource("leaves")
    void likelihoods_are_those_of_the_mixture(EngineKind kind, LeafExample example) {
        Circuit circuit = mixture(example);
        double[][] rows = rows(example);
        double[] expected = new double[rows.length];
        Arrays.setAll(expected, i -> Math.log(density(example, rows[i][0], rows[i][1])));
        try (Engine engine = kind.compile(circuit)) {
            assertNear(
                    expected,
                    engine.logLikelihood(Rows.of(circuit, rows)).values(),
                    Math.max(1e-6, kind.logTolerance()), // parameters are float32 numbers
                    "log-likelihood");
            double[] missing = {Rows.MISSING, 1};
            double marginal = weight(0, 1) + weight(1, 1) + weight(2, 1);
            assertNear(
                    Math.log(marginal),
                    engine.logLikelihood(Rows.of(circuit, missing)).values()[0],
                    Math.max(1e-6, kind.logTolerance()),
                    "log-likelihood without the leaf");
        }
    }

    @ParameterizedTest
    @MethodSource("leaves")
    void a_missing_cell_has_the_posterior_mixture(EngineKind kind, LeafExample example) {
        Circuit circuit = mixture(example);
        double tolerance = Math.max(1e-5, kind.probabilityTolerance());
        try (Engine engine = kind.compile(circuit)) {
            Conditionals found =
                    engine.conditionals(Rows.of(circuit, new double[] {Rows.MISSING, 1}));
            assertEquals(1, found.cells());
            double[] posterior = new double[NODES];
            double total = weight(0, 1) + weight(1, 1) + weight(2, 1);
            Arrays.setAll(posterior, n -> weight(n, 1) / total);
            double mean = average(posterior, n -> example.distribution((int) n).mean());
            double square =
                    average(
                            posterior,
                            n -> {
                                double m = example.distribution((int) n).mean();
                                return m * m + example.distribution((int) n).variance();
                            });
            double scale = Math.max(1, square);
            assertEquals(mean, found.mean(0), tolerance * scale);
            assertEquals(square - mean * mean, found.variance(0), 4 * tolerance * scale);
            assertEquals(Math.sqrt(found.variance(0)), found.standardDeviation(0), 1e-12 * scale);
            for (double x : example.values()) {
                double below = average(posterior, n -> example.distribution((int) n).cumulative(x));
                assertEquals(below, found.cumulative(0, x), tolerance, "up to " + x);
                double density = density(example, x, 1) / total;
                assertEquals(
                        density,
                        Math.exp(found.logDensity(0, x)),
                        tolerance * Math.max(1, density),
                        "density at " + x);
            }
        }
    }

    private static double average(double[] weights, DoubleUnaryOperator of) {
        double sum = 0;
        for (int n = 0; n < weights.length; n++) {
            sum += weights[n] * of.applyAsDouble(n);
        }
        return sum;
    }

    /** An engine's mean equals the integral of the value times its likelihood. */
    @ParameterizedTest
    @MethodSource("leaves")
    void the_pointer_has_the_posterior_of_the_leaf(EngineKind kind, LeafExample example) {
        Circuit circuit = mixture(example);
        double[] values = example.values();
        double[][] rows = new double[values.length][];
        Arrays.setAll(rows, i -> new double[] {values[i], Rows.MISSING});
        try (Engine engine = kind.compile(circuit)) {
            Dataset possible = PossibleRows.of(engine, Rows.of(circuit, rows));
            Conditionals found = engine.conditionals(possible);
            for (int cell = 0; cell < found.cells(); cell++) {
                double x = possible.value(found.row(cell), 0);
                double expected =
                        density(example, x, 1) / (density(example, x, 0) + density(example, x, 1));
                assertEquals(
                        expected,
                        found.probabilities(cell)[1],
                        Math.max(1e-5, kind.probabilityTolerance()),
                        "given " + x);
            }
        }
    }

    /** Another library gets Bernoulli inputs with missing cells wrong. */
    @ParameterizedTest
    @MethodSource("leaves")
    void a_step_learns_from_observed_cells_alone(EngineKind kind, LeafExample example) {
        Circuit circuit = mixture(example);
        InputVector leaf = (InputVector) circuit.vectors().get(0);
        double[][] observed = rows(example);
        double[][] all = new double[2 * observed.length][];
        for (int i = 0; i < all.length; i++) {
            all[i] = i % 2 == 0 ? observed[i / 2] : new double[] {Rows.MISSING, observed[i / 2][1]};
        }
        try (Engine engine = kind.compile(circuit);
                Engine withMissing = kind.compile(circuit)) {
            Dataset possible = PossibleRows.of(engine, Rows.of(circuit, observed));
            engine.accumulate(possible);
            withMissing.accumulate(PossibleRows.of(withMissing, Rows.of(circuit, all)));
            double[] expected = engine.flows(leaf.id());
            double scale = Arrays.stream(expected).map(Math::abs).reduce(1, Math::max);
            double[] found = withMissing.flows(leaf.id());
            for (int i = 0; i < expected.length; i++) {
                assertEquals(expected[i], found[i], kind.flowTolerance() * scale);
            }
            engine.update(1, 0);
            withMissing.update(1, 0);
            assertNear(
                    Near.parameters(engine.circuit(), leaf),
                    Near.parameters(withMissing.circuit(), leaf),
                    10 * kind.parameterTolerance(),
                    "parameters");
        }
    }

    @ParameterizedTest
    @MethodSource("leaves")
    void decoding_fills_in_the_mode_of_the_node_with_the_largest_value(
            EngineKind kind, LeafExample example) {
        Circuit circuit = mixture(example);
        try (Engine engine = kind.compile(circuit)) {
            MaxProduct found = engine.maxProduct(Rows.of(circuit, new double[] {Rows.MISSING, 0}));
            double[] values = new double[NODES];
            int best = 0;
            for (int n = 0; n < NODES; n++) {
                values[n] = Math.log(weight(n, 0)) + example.distribution(n).logDensityOfMode();
                best = values[n] > values[best] ? n : best;
            }
            assertNear(values[best], found.logValues()[0], 1e-6, "value");
            assertEquals((float) example.distribution(best).mode(), found.assignment().value(0, 0));
        }
    }

    @ParameterizedTest
    @MethodSource("leaves")
    void draws_follow_the_conditional_and_no_noise_is_used_twice(
            EngineKind kind, LeafExample example) {
        int draws = 4000;
        Circuit circuit = mixture(example);
        Dataset evidence =
                Rows.of(circuit, new double[] {Rows.MISSING, 1}, new double[] {Rows.MISSING, 1});
        try (Engine engine = kind.compile(circuit)) {
            Conditionals expected = engine.conditionals(evidence);
            Dataset drawn = engine.sample(evidence, draws, 7);
            double[] sorted = new double[2 * draws];
            Arrays.setAll(sorted, i -> drawn.value(i, 0));
            double[] unsorted = sorted.clone();
            Arrays.sort(sorted);
            double apart = 0;
            int equals = 0;
            for (int i = 0; i < sorted.length; i++) {
                if (i + 1 < sorted.length && sorted[i + 1] == sorted[i]) {
                    equals++;
                } else {
                    double share = (i + 1.0) / sorted.length;
                    apart = Math.max(apart, Math.abs(share - expected.cumulative(0, sorted[i])));
                }
            }
            assertTrue(apart < 2.2 / Math.sqrt(sorted.length), "apart by " + apart);
            assertTrue(example.discrete() || equals < 20, equals + " draws are equal to others");
            assertTrue(
                    !Arrays.equals(unsorted, 0, draws, unsorted, draws, 2 * draws),
                    "both rows got the same draws");
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void supplied_log_densities_are_the_values_of_the_nodes(EngineKind kind) {
        Circuit circuit = mixture(new External(), new double[0]);
        double[][] items = {
            {-1, -2, -3}, {-700, -701, -900}, {Double.NEGATIVE_INFINITY, 0, 1000}, {5, 5, 5}
        };
        try (Engine engine = kind.compile(circuit)) {
            Dataset rows =
                    Rows.of(circuit, new double[][] {{0, 0}, {1, 1}, {2, 0}, {3, Rows.MISSING}});
            assertThrows(InvalidArgumentException.class, () -> engine.logLikelihood(rows));
            engine.supply(0, items);
            double[] found = engine.logLikelihood(rows).values();
            for (int i = 0; i < found.length; i++) {
                double largest = Arrays.stream(items[i]).max().orElseThrow();
                double z = rows.isMissing(i, 1) ? Rows.MISSING : rows.value(i, 1);
                double sum = 0;
                for (int n = 0; n < NODES; n++) {
                    sum += weight(n, z) * Math.exp(items[i][n] - largest);
                }
                assertNear(
                        largest + Math.log(sum),
                        found[i],
                        Math.max(1e-6, kind.logTolerance()),
                        "item " + i);
            }
            engine.accumulate(rows);
            engine.update(1, 0);
            Dataset missing = Rows.of(circuit, new double[] {Rows.MISSING, 0});
            assertTrue(engine.sample(missing, 2, 1).isMissing(0, 0));
            assertTrue(engine.maxProduct(missing).assignment().isMissing(0, 0));
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void soft_evidence_weighs_the_categories(EngineKind kind) {
        double[] table = {.5, .25, 0, .25, .5, .5, .25, .25, .5};
        Circuit circuit = mixture(new SoftCategorical(3), table);
        double[] likelihood = {.5, 0, 1};
        Schema schema = Schema.of(List.of(Column.categorical("x", 4), Column.categorical("z", 2)));
        Dataset soft = Dataset.ofInts(new int[] {3, 0, 3, 1}, 2, schema);
        try (Engine engine = kind.compile(circuit)) {
            assertThrows(InvalidArgumentException.class, () -> engine.logLikelihood(soft));
            engine.supply(0, new double[][] {likelihood});
            double[] hard = engine.logLikelihood(Rows.everyAssignment(circuit)).values();
            double[] found = engine.logLikelihood(soft).values();
            for (int z = 0; z < 2; z++) {
                double sum = 0;
                for (int k = 0; k < 3; k++) {
                    sum += likelihood[k] * Math.exp(hard[2 * k + z]);
                }
                assertNear(Math.log(sum), found[z], Math.max(1e-6, kind.logTolerance()), "z " + z);
            }
            engine.accumulate(soft);
            double[] counts = engine.flows(0);
            assertEquals(2, Arrays.stream(counts).sum(), kind.flowTolerance() * 4);
            assertEquals(0, counts[NODES] + counts[NODES + 1] + counts[NODES + 2]);
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void items_for_other_families_and_impossible_items_are_refused(EngineKind kind) {
        Circuit circuit = mixture(new External(), new double[0]);
        try (Engine engine = kind.compile(circuit)) {
            refused("takes no items", () -> engine.supply(1, new double[][] {{1}}));
            refused("none for this node", () -> engine.supply(0, new double[][] {{1, 2}}));
            refused("NaN", () -> engine.supply(0, new double[][] {{1, 2, Double.NaN}}));
        }
    }

    private static void refused(String part, Runnable action) {
        String message = assertThrows(InvalidArgumentException.class, action::run).getMessage();
        assertTrue(message.contains(part), message);
    }

    @ParameterizedTest
    @MethodSource("engines")
    void a_value_that_a_family_cannot_have_is_named_before_anything_runs(EngineKind kind) {
        Circuit circuit = mixture(new Poisson(), new double[] {1, 2, 3});
        try (Engine engine = kind.compile(circuit)) {
            Dataset rows = Rows.of(circuit, new double[][] {{4, 0}, {2.5, 1}});
            refused("row 1, column 0 ('x0') is 2.5", () -> engine.accumulate(rows));
            refused("a whole number of at least 0", () -> engine.logLikelihood(rows));
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void statistics_of_several_batches_add_up_and_go_with_an_update(EngineKind kind) {
        LeafExample poisson =
                LeafExample.all()
                        .filter(e -> e.family() instanceof Poisson)
                        .findFirst()
                        .orElseThrow();
        Circuit circuit = mixture(poisson);
        Dataset rows = Rows.random(circuit, 1300, 0.2, 5);
        int[] first = new int[700];
        int[] second = new int[600];
        Arrays.setAll(first, i -> i);
        Arrays.setAll(second, i -> 700 + i);
        try (Engine once = kind.compile(circuit);
                Engine twice = kind.compile(circuit)) {
            once.accumulate(rows);
            twice.accumulate(rows, first);
            twice.accumulate(rows, second);
            double[] expected = once.flows(0);
            double scale = Arrays.stream(expected).max().orElseThrow();
            double[] found = twice.flows(0);
            for (int i = 0; i < expected.length; i++) {
                assertEquals(expected[i], found[i], kind.flowTolerance() * scale);
            }
            twice.update(0.5, 0.1);
            assertEquals(0, Arrays.stream(twice.flows(0)).sum());
            twice.accumulate(rows);
            twice.discardStatistics();
            assertEquals(0, Arrays.stream(twice.flows(0)).sum());
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void a_step_is_an_accumulation_and_an_update(EngineKind kind) {
        Circuit circuit = RandomCircuit.mixed(14);
        Dataset rows = Rows.random(circuit, 60, 0.2, 5);
        int[] numbers = new int[60];
        Arrays.setAll(numbers, i -> i);
        try (Engine step = kind.compile(circuit);
                Engine apart = kind.compile(circuit)) {
            for (int i = 0; i < 3; i++) {
                double expected = apart.accumulate(rows, numbers);
                apart.update(0.4, 0.2);
                assertEquals(expected, step.step(rows, numbers, 0.4, 0.2));
            }
            Near.assertSameParameters(apart, step, Near.EXACTLY);
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void missing_cells_leave_a_bernoulli_at_the_share_of_those_observed(EngineKind kind) {
        CircuitBuilder builder = Circuit.builder();
        InputVector x = builder.input(0, new Bernoulli(), 1, 1);
        Circuit circuit =
                builder.build(
                        x,
                        (vector, slice) -> {
                            slice.setAtIndex(ValueLayout.JAVA_FLOAT, 0, 0.5f);
                            slice.setAtIndex(ValueLayout.JAVA_FLOAT, 1, 0.5f);
                        });
        try (Engine engine = kind.compile(circuit)) {
            Dataset rows =
                    Rows.of(
                            circuit,
                            new double[][] {{1}, {Rows.MISSING}, {1}, {0}, {Rows.MISSING}, {1}});
            engine.accumulate(rows);
            assertEquals(1, engine.flows(0)[0], 1e-6);
            assertEquals(3, engine.flows(0)[1], 1e-6);
            engine.update(1, 0);
            assertEquals(0.75, engine.circuit().parameters().get(1), 1e-6);
        }
    }
}
