package io.sluice.leaf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Distribution;
import io.sluice.circuit.FamilySettings;
import io.sluice.circuit.InputFamily;
import io.sluice.circuit.Marginal;
import io.sluice.circuit.NodeValues;
import io.sluice.testing.LeafExample;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Every family against closed forms and numerical integration. */
class FamiliesTest {
    private static final int DRAWS = 20_000;

    static Stream<LeafExample> examples() {
        return LeafExample.all();
    }

    /** Families that learn, and in which any data move a node. */
    static Stream<LeafExample> learners() {
        return examples().filter(example -> example.family().statisticRows() > 0);
    }

    @ParameterizedTest
    @MethodSource("examples")
    void densities_are_those_of_the_closed_form(LeafExample example) {
        Distribution distribution = example.distribution(0);
        for (double x : example.values()) {
            double expected = example.density().applyAsDouble(x);
            assertEquals(expected, Math.exp(distribution.logDensity(x)), 1e-12, "at " + x);
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void the_density_has_mass_one(LeafExample example) {
        Distribution distribution = example.distribution(0);
        double mass = example.integral(x -> Math.exp(distribution.logDensity(x)), example.high());
        assertEquals(1, mass, 1e-6);
    }

    @ParameterizedTest
    @MethodSource("examples")
    void mean_and_variance_are_those_of_the_density(LeafExample example) {
        Distribution distribution = example.distribution(0);
        double mean = example.expectation(x -> x);
        double variance = example.expectation(x -> (x - mean) * (x - mean));
        assertEquals(mean, distribution.mean(), 1e-6 * Math.max(1, mean));
        assertEquals(variance, distribution.variance(), 2e-6 * Math.max(1, variance));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void the_cumulative_probability_is_the_integral_of_the_density(LeafExample example) {
        Distribution distribution = example.distribution(0);
        for (double x : example.values()) {
            double expected = example.integral(example.density(), x);
            assertEquals(expected, distribution.cumulative(x), 1e-5, "up to " + x);
        }
        assertEquals(0, distribution.cumulative(example.low() - 1), 1e-9);
        assertEquals(1, distribution.cumulative(example.high() + 1), 1e-8);
    }

    @ParameterizedTest
    @MethodSource("examples")
    void no_value_is_denser_than_the_mode(LeafExample example) {
        for (int node = 0; node < 3; node++) {
            Distribution distribution = example.distribution(node);
            assertTrue(example.family().accepts(distribution.mode()));
            double densest = distribution.logDensity(distribution.mode());
            for (double x : example.values()) {
                assertTrue(distribution.logDensity(x) <= densest + 1e-9, "at " + x);
            }
        }
    }

    /** Kolmogorov's statistic, which exceeds 2 / sqrt(n) once in a thousand times. */
    @ParameterizedTest
    @MethodSource("examples")
    void draws_are_distributed_as_the_cumulative_probability_says(LeafExample example) {
        for (int node = 0; node < 3; node++) {
            Distribution distribution = example.distribution(node);
            SplittableRandom random = new SplittableRandom(node);
            double[] drawn = new double[DRAWS];
            Arrays.setAll(drawn, i -> distribution.draw(random));
            Arrays.sort(drawn);
            for (int i = 0; i < DRAWS; i++) {
                assertTrue(example.family().accepts((float) drawn[i]));
                boolean lastOfEquals = i + 1 == DRAWS || drawn[i + 1] > drawn[i];
                if (lastOfEquals) {
                    double share = (i + 1.0) / DRAWS;
                    assertEquals(
                            share,
                            distribution.cumulative(drawn[i]),
                            2.2 / Math.sqrt(DRAWS),
                            "up to " + drawn[i]);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("learners")
    void a_full_step_finds_the_parameters_that_much_data_came_from(LeafExample example) {
        int nodes = 3;
        double[] truth = example.table();
        for (int node = 0; node < nodes; node++) {
            double[] table = startedElsewhere(example);
            NodeValues parameters = NodeValues.of(table, nodes, node);
            NodeValues statistics = statistics(example.family());
            Distribution distribution = example.distribution(node);
            SplittableRandom random = new SplittableRandom(17);
            for (int i = 0; i < DRAWS; i++) {
                double x = distribution.draw(random);
                example.family().addStatistics(parameters, x, 0.5, statistics);
            }
            example.family().update(parameters, statistics, 1, 0);
            for (int row = 0; row < example.family().parameterRows(); row++) {
                double expected = truth[row * nodes + node];
                assertEquals(
                        expected,
                        parameters.get(row),
                        0.06 * Math.max(0.3, Math.abs(expected)),
                        "parameter " + row + " of node " + node);
            }
        }
    }

    /** Parameters of another node, or similar ones; masks stay. */
    private static double[] startedElsewhere(LeafExample example) {
        double[] table = example.table();
        if (example.family() instanceof MaskedCategorical) {
            return table;
        }
        double[] other = table.clone();
        for (int i = 0; i < table.length; i++) {
            other[i] = table[i / 3 * 3 + (i + 1) % 3];
        }
        return other;
    }

    private static NodeValues statistics(InputFamily family) {
        return NodeValues.of(new double[family.statisticRows()], 1, 0);
    }

    /** EM maximises this: the flow-weighted log-density. */
    @ParameterizedTest
    @MethodSource("learners")
    void no_small_change_of_the_parameters_is_better_than_a_full_step(LeafExample example) {
        InputFamily family = example.family();
        double[] table = example.table();
        NodeValues parameters = NodeValues.of(table, 3, 0);
        NodeValues statistics = statistics(family);
        double[] values = example.values();
        double[] flows = new double[values.length];
        // a masked category has no flow
        Arrays.setAll(
                flows, i -> example.density().applyAsDouble(values[i]) > 0 ? 1.0 / (1 + i % 7) : 0);
        for (int i = 0; i < values.length; i++) {
            family.addStatistics(parameters, values[i], flows[i], statistics);
        }
        family.update(parameters, statistics, 1, 0);
        double best = likelihood(family, parameters, values, flows);
        boolean normalised = family.parameterRows() > 2 || family instanceof Bernoulli;
        for (int row = 0; row < family.parameterRows(); row++) {
            for (double change : new double[] {-1e-3, 1e-3}) {
                double[] changed = table.clone();
                NodeValues moved = NodeValues.of(changed, 3, 0);
                if (moved.get(row) == 0) {
                    continue;
                }
                moved.set(row, moved.get(row) * (1 + change));
                if (normalised) {
                    double total = 0;
                    for (int r = 0; r < family.parameterRows(); r++) {
                        total += moved.get(r);
                    }
                    for (int r = 0; r < family.parameterRows(); r++) {
                        moved.set(r, moved.get(r) / total);
                    }
                }
                assertTrue(
                        likelihood(family, moved, values, flows) <= best + 1e-9,
                        "parameter " + row + " by " + change);
            }
        }
    }

    private static double likelihood(
            InputFamily family, NodeValues parameters, double[] values, double[] flows) {
        Distribution distribution = family.distribution(parameters);
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            double log = distribution.logDensity(values[i]);
            sum += flows[i] == 0 ? 0 : flows[i] * log;
        }
        return sum;
    }

    @ParameterizedTest
    @MethodSource("learners")
    void without_flow_and_pseudocount_parameters_stay(LeafExample example) {
        double[] table = example.table();
        example.family().update(NodeValues.of(table, 3, 0), statistics(example.family()), 0.5, 0);
        assertEquals(Arrays.toString(example.table()), Arrays.toString(table));
    }

    @ParameterizedTest
    @MethodSource("learners")
    void a_pseudocount_keeps_a_node_that_saw_one_value_able_to_take_others(LeafExample example) {
        InputFamily family = example.family();
        NodeValues parameters = NodeValues.of(example.table(), 3, 0);
        double one = example.distribution(0).mode();
        for (int i = 0; i < 50; i++) {
            NodeValues statistics = statistics(family);
            family.addStatistics(parameters, one, 10, statistics);
            family.update(parameters, statistics, 0.5, 0.1);
            family.check(rounded(parameters, family.parameterRows()));
        }
        Distribution distribution = family.distribution(parameters);
        for (double x : example.values()) {
            boolean was = example.density().applyAsDouble(x) > 0;
            assertEquals(was, distribution.logDensity(x) > Double.NEGATIVE_INFINITY, "at " + x);
        }
    }

    private static NodeValues rounded(NodeValues parameters, int rows) {
        double[] floats = new double[rows];
        Arrays.setAll(floats, row -> (float) parameters.get(row));
        return NodeValues.of(floats, 1, 0);
    }

    @Test
    void floors_keep_scales_from_collapsing() {
        assertEquals(0.25, afterOneValue(new Gaussian(0.25), 3, 1, 1).get(1));
        assertEquals(0.25, afterOneValue(new LogNormal(0.25), 3, 1, 1).get(1));
        assertEquals(4, afterOneValue(new Exponential(0.25), 0, 1).get(0));
        assertEquals(0.25, afterOneValue(new Poisson(0.25), 0, 1).get(0));
        assertEquals(100, afterOneValue(new Gamma(100, 0.25), 3, 1, 1).get(0));
        assertEquals(400, afterOneValue(new Gamma(100, 0.25), 1e-6, 1, 1).get(1));
        assertEquals(0.25, afterOneValue(new DiscretizedLogistic(9, 0.25), 3, 4, 1).get(1), 1e-9);
    }

    private static NodeValues afterOneValue(InputFamily family, double value, double... start) {
        NodeValues parameters = NodeValues.of(start, 1, 0);
        for (int i = 0; i < 100; i++) {
            NodeValues statistics = statistics(family);
            family.addStatistics(parameters, value, 2, statistics);
            family.update(parameters, statistics, 1, 0);
        }
        return parameters;
    }

    @Test
    void a_pseudocount_respects_masks_and_is_spread_over_the_other_categories() {
        MaskedCategorical family = new MaskedCategorical(3);
        NodeValues parameters = NodeValues.of(new double[] {.5, 0, .5}, 1, 0);
        NodeValues statistics = statistics(family);
        family.addStatistics(parameters, 0, 3, statistics);
        family.update(parameters, statistics, 1, 1);
        assertEquals(3.5 / 4, parameters.get(0), 1e-12);
        assertEquals(0, parameters.get(1));
        assertEquals(0.5 / 4, parameters.get(2), 1e-12);
    }

    @Test
    void a_binomial_of_one_trial_learns_as_a_bernoulli() {
        NodeValues one = NodeValues.of(new double[] {.25}, 1, 0);
        NodeValues two = NodeValues.of(new double[] {.75, .25}, 1, 0);
        InputFamily binomial = new Binomial(1);
        InputFamily bernoulli = new Bernoulli();
        NodeValues ofOne = statistics(binomial);
        NodeValues ofTwo = statistics(bernoulli);
        for (double x : new double[] {0, 1, 1, 0, 1}) {
            binomial.addStatistics(one, x, 0.7, ofOne);
            bernoulli.addStatistics(two, x, 0.7, ofTwo);
        }
        binomial.update(one, ofOne, 0.3, 0.4);
        bernoulli.update(two, ofTwo, 0.3, 0.4);
        assertEquals(two.get(1), one.get(0), 1e-12);
    }

    @Test
    void soft_evidence_is_counted_in_the_shares_of_its_categories() {
        SoftCategorical family = new SoftCategorical(2).with(new double[][] {{.5, 1}});
        NodeValues parameters = NodeValues.of(new double[] {.25, .75}, 1, 0);
        assertEquals(
                Math.log(.25 * .5 + .75), family.distribution(parameters).logDensity(2), 1e-15);
        NodeValues statistics = statistics(family);
        family.addStatistics(parameters, 2, 7, statistics);
        assertEquals(1, statistics.get(0), 1e-12);
        assertEquals(6, statistics.get(1), 1e-12);
    }

    @Test
    void impossible_settings_are_refused() {
        refused("0 trials", () -> new Binomial(0));
        refused("minimum rate of 0.0", () -> new Poisson(0));
        refused("minimum mean of -1.0", () -> new Exponential(-1));
        refused("maximum shape of NaN", () -> new Gamma(Double.NaN, 1));
        refused("minimum standard deviation of 0.0", () -> new LogNormal(0));
        refused("1 categories", () -> new DiscretizedLogistic(1));
        refused("minimum scale of 0.0", () -> new DiscretizedLogistic(2, 0));
        refused("1 edges", () -> new Histogram(List.of(1.0)));
        refused("edge 1 is 1.0", () -> new Histogram(List.of(1.0, 1.0)));
        refused("0 categories", () -> new MaskedCategorical(0));
        refused("0 categories", () -> new Indicator(0));
        refused("0 categories", () -> new SoftCategorical(0));
        refused("1 likelihoods", () -> new SoftCategorical(2).with(new double[][] {{1}}));
        refused("-1.0", () -> new SoftCategorical(1).with(new double[][] {{-1}}));
        refused("NaN", () -> new External().with(new double[][] {{Double.NaN}}));
    }

    @Test
    void impossible_parameters_are_refused() {
        refused("success 1.5", () -> check(new Binomial(2), 1.5));
        refused("rate 0.0", () -> check(new Poisson(), 0));
        refused("rate -1.0", () -> check(new Exponential(), -1));
        refused("shape 0.0", () -> check(new Gamma(), 0, 1));
        refused("rate NaN", () -> check(new Gamma(), 1, Double.NaN));
        refused("deviation 0.0", () -> check(new LogNormal(), 0, 0));
        refused("mean Infinity", () -> check(new DiscretizedLogistic(2), 1.0 / 0, 1));
        refused("scale -1.0", () -> check(new DiscretizedLogistic(2), 0, -1));
        refused("sum to 0.5", () -> check(Histogram.ofEqualBins(0, 1, 2), .25, .25));
        refused("sum to 0.5", () -> check(new MaskedCategorical(2), 0, .5));
        refused("category 2.0", () -> check(new Indicator(2), 2));
        refused("category 0.5", () -> check(new Indicator(2), .5));
    }

    private static void check(InputFamily family, double... parameters) {
        family.check(NodeValues.of(parameters, 1, 0));
    }

    private static void refused(String part, Runnable action) {
        String message = assertThrows(InvalidArgumentException.class, action::run).getMessage();
        assertTrue(message.contains(part), message);
    }

    @ParameterizedTest
    @MethodSource("examples")
    void values_that_a_family_cannot_have_are_not_accepted(LeafExample example) {
        InputFamily family = example.family();
        for (double x : example.values()) {
            assertTrue(family.accepts(x), () -> family + " takes " + x);
        }
        if (family.finite()) {
            assertFalse(family.accepts(-1));
            assertFalse(family.accepts(0.5));
            assertFalse(family.accepts(family.categories()));
        }
    }

    @Test
    void values_outside_the_support_are_not_accepted() {
        assertFalse(new Poisson().accepts(-1));
        assertFalse(new Poisson().accepts(1.5));
        assertFalse(new Exponential().accepts(-0.5));
        assertTrue(new Exponential().accepts(0));
        assertFalse(new Gamma().accepts(0));
        assertFalse(new LogNormal().accepts(0));
        assertFalse(Histogram.ofEqualBins(0, 1, 2).accepts(1.5));
        assertFalse(new External().accepts(0));
        assertTrue(new External().with(new double[1][1]).accepts(0));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void starts_are_parameters_and_differ_from_node_to_node(LeafExample example) {
        InputFamily family = example.family();
        SplittableRandom random = new SplittableRandom(3);
        for (Marginal marginal :
                List.of(Marginal.UNKNOWN, new Marginal(2.5, 1), new Marginal(-3, 2))) {
            int rows = family.parameterRows();
            double[] table = new double[rows * 2];
            for (int node = 0; node < 2; node++) {
                NodeValues parameters = NodeValues.of(table, 2, node);
                family.start(parameters, marginal, random);
                family.check(rounded(parameters, rows));
            }
            assertTrue(
                    IntStream.range(0, rows).anyMatch(r -> table[2 * r] != table[2 * r + 1]),
                    () -> family + " starts at " + Arrays.toString(table));
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void type_and_settings_give_the_family_back(LeafExample example) {
        InputFamily family = example.family();
        assertEquals(family, InputFamilies.of(family.type(), family.settings()));
        assertTrue(InputFamilies.types().contains(family.type()));
    }

    @Test
    void unknown_types_and_settings_are_refused() {
        refused("type 'zipf'", () -> InputFamilies.of("zipf", FamilySettings.NONE));
        refused("setting trials", () -> InputFamilies.of("binomial", FamilySettings.NONE));
        refused(
                "trials is 1.5",
                () -> InputFamilies.of("binomial", FamilySettings.NONE.with("trials", 1.5)));
    }

    /** Abramowitz and Stegun, tables 6.1 to 6.4 and 26.9. */
    @Test
    void special_functions_have_their_tabulated_values() {
        assertEquals(0.5723649429247001, SpecialFunctions.logGamma(0.5), 1e-14);
        assertEquals(0, SpecialFunctions.logGamma(1), 1e-14);
        assertEquals(Math.log(3628800), SpecialFunctions.logGamma(11), 1e-13);
        assertEquals(-0.5772156649015329, SpecialFunctions.digamma(1), 1e-14);
        assertEquals(0.42278433509846713, SpecialFunctions.digamma(2), 1e-14);
        assertEquals(Math.PI * Math.PI / 6, SpecialFunctions.trigamma(1), 1e-14);
        assertEquals(1 - Math.exp(-2), SpecialFunctions.gammaP(1, 2), 1e-14);
        assertEquals(3 * Math.exp(-2), SpecialFunctions.gammaQ(2, 2), 1e-14);
        assertEquals(0.9772498680518208, new Normal(0, 1).cumulative(2), 1e-14);
        assertEquals(9.86587645037698e-10, new Normal(0, 1).cumulative(-6), 1e-22);
    }
}
