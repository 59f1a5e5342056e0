package io.sluice.leaf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.circuit.Distribution;
import io.sluice.circuit.InputFamily;
import io.sluice.circuit.NodeValues;
import io.sluice.testing.LeafExample;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** Gradients and moves of every family, against differences of its log-density. */
class FamilyGradientsTest {
    private static final double SMALL = 1e-5;

    static Stream<LeafExample> examples() {
        return LeafExample.all();
    }

    private static NodeValues alone(double[] numbers) {
        return NodeValues.of(numbers, 1, 0);
    }

    /** Log-density of values weighted by their flows; values of flow zero are left out. */
    private static double weighted(
            InputFamily family, double[] parameters, double[] values, double[] flows) {
        Distribution distribution = family.distribution(alone(parameters));
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            sum += flows[i] == 0 ? 0 : flows[i] * distribution.logDensity(values[i]);
        }
        return sum;
    }

    /** Flows of values; zero for values that the node excludes. */
    private static double[] flows(InputFamily family, double[] parameters, double[] values) {
        SplittableRandom random = new SplittableRandom(1);
        Distribution distribution = family.distribution(alone(parameters));
        double[] flows = new double[values.length];
        for (int i = 0; i < flows.length; i++) {
            double flow = random.nextDouble(0.1, 1);
            boolean possible = distribution.logDensity(values[i]) > Double.NEGATIVE_INFINITY;
            flows[i] = possible ? flow : 0;
        }
        return flows;
    }

    private static double[] statistics(
            InputFamily family, double[] parameters, double[] values, double[] flows) {
        double[] statistics = new double[family.statisticRows()];
        for (int i = 0; i < values.length; i++) {
            if (flows[i] > 0) {
                family.addStatistics(alone(parameters), values[i], flows[i], alone(statistics));
            }
        }
        return statistics;
    }

    private static double[] moved(InputFamily family, double[] parameters, int row, double step) {
        double[] steps = new double[parameters.length];
        steps[row] = step;
        double[] moved = parameters.clone();
        family.move(alone(moved), alone(steps));
        return moved;
    }

    private static void assertGradientIsDerivative(
            InputFamily family, double[] parameters, double[] values) {
        double[] flows = flows(family, parameters, values);
        double[] statistics = statistics(family, parameters, values, flows);
        double[] gradient = new double[parameters.length];
        family.gradient(alone(parameters), alone(statistics), alone(gradient));
        for (int row = 0; row < parameters.length; row++) {
            double up = weighted(family, moved(family, parameters, row, SMALL), values, flows);
            double down = weighted(family, moved(family, parameters, row, -SMALL), values, flows);
            double expected = (up - down) / (2 * SMALL);
            double tolerance = 1e-5 * Math.max(1, Math.abs(expected));
            assertEquals(expected, gradient[row], tolerance, family + ", row " + row);
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void the_gradient_is_the_derivative_of_the_log_density(LeafExample example) {
        for (double[] parameters : example.nodes()) {
            assertGradientIsDerivative(example.family(), parameters, example.values());
        }
    }

    @Test
    void soft_evidence_has_the_gradient_of_its_sum() {
        SoftCategorical family =
                new SoftCategorical(3).with(new double[][] {{0.5, 1, 0}, {0.25, 0.125, 3}});
        assertGradientIsDerivative(
                family, new double[] {0.25, 0.5, 0.25}, new double[] {0, 3, 4, 1, 4});
    }

    @ParameterizedTest
    @MethodSource("examples")
    void the_flow_of_the_statistics_is_that_of_the_values(LeafExample example) {
        InputFamily family = example.family();
        double[] parameters = example.nodes()[0];
        double[] values = example.values();
        double[] flows = flows(family, parameters, values);
        double expected = 0;
        for (double flow : flows) {
            expected += family.statisticRows() == 0 ? 0 : flow;
        }
        double[] statistics = statistics(family, parameters, values, flows);
        assertEquals(expected, family.flow(alone(statistics)), 1e-12);
    }

    @ParameterizedTest
    @MethodSource("examples")
    void no_step_leads_out_of_the_family_and_zeros_stay(LeafExample example) {
        InputFamily family = example.family();
        for (double[] parameters : example.nodes()) {
            for (int row = 0; row < parameters.length; row++) {
                assertArrayEquals(parameters, moved(family, parameters, row, 0), 1e-15);
                for (double step : new double[] {-90, -1, 1, 90}) {
                    double[] moved = moved(family, parameters, row, step);
                    double[] rounded = new double[moved.length];
                    for (int i = 0; i < moved.length; i++) {
                        rounded[i] = (float) moved[i];
                        boolean shape = family.parameterRows() > 2; // probabilities
                        assertEquals(shape && parameters[i] == 0, shape && rounded[i] == 0);
                    }
                    family.check(alone(rounded));
                }
            }
        }
    }

    @Test
    void scales_do_not_fall_below_their_floors() {
        assertEquals(0.5, moved(new Gaussian(0.5), new double[] {0, 1}, 1, -9)[1]);
        assertEquals(0.5, moved(new LogNormal(0.5), new double[] {0, 1}, 1, -9)[1]);
        assertEquals(2, moved(new Exponential(0.5), new double[] {1}, 0, 9)[0]);
        assertEquals(0.5, moved(new Poisson(0.5), new double[] {1}, 0, -9)[0]);
        assertEquals(20, moved(new Gamma(20, 0.5), new double[] {1, 1}, 0, 9)[0]);
        assertEquals(2, moved(new Gamma(20, 0.5), new double[] {1, 1}, 1, -9)[1]);
        assertEquals(0.5, moved(new DiscretizedLogistic(4, 0.5), new double[] {1, 1}, 1, -9)[1]);
    }

    @Test
    void certain_nodes_stay_certain() {
        for (double certain : List.of(0.0, 1.0)) {
            double[] parameters = {certain};
            double[] gradient = {Double.NaN};
            InputFamily family = new Binomial(3);
            family.gradient(
                    alone(parameters), alone(new double[] {2, 6 * certain}), alone(gradient));
            assertEquals(0, gradient[0]);
            assertEquals(certain, moved(family, parameters, 0, 5)[0]);
        }
    }
}
