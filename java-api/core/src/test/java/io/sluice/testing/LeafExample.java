package io.sluice.testing;

import io.sluice.circuit.Distribution;
import io.sluice.circuit.InputFamily;
import io.sluice.circuit.NodeValues;
import io.sluice.leaf.Bernoulli;
import io.sluice.leaf.Binomial;
import io.sluice.leaf.Categorical;
import io.sluice.leaf.DiscretizedLogistic;
import io.sluice.leaf.Exponential;
import io.sluice.leaf.Gamma;
import io.sluice.leaf.Gaussian;
import io.sluice.leaf.Histogram;
import io.sluice.leaf.Indicator;
import io.sluice.leaf.LogNormal;
import io.sluice.leaf.MaskedCategorical;
import io.sluice.leaf.Poisson;
import io.sluice.leaf.SoftCategorical;

import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * A distribution of some family, with its density in closed form.
 *
 * @param nodes the parameters of three nodes; the density is that of the first one
 * @param density of a value
 * @param low lower end of its mass
 * @param high upper end of all but a billionth of its mass
 * @param discrete whether the values are the whole numbers from low to high
 */
public record LeafExample(
        InputFamily family,
        double[][] nodes,
        DoubleUnaryOperator density,
        double low,
        double high,
        boolean discrete) {

    private static final int PIECES = 1 << 18;

    /** One of each family that needs no supplied items. */
    public static Stream<LeafExample> all() {
        return Stream.of(
                table(new Categorical(3), new double[][] {{.25, .5, .25}, {.5, .5, 0}, {1, 0, 0}}),
                table(new Bernoulli(), new double[][] {{.25, .75}, {.5, .5}, {.875, .125}}),
                table(
                        new MaskedCategorical(4),
                        new double[][] {{.25, 0, .5, .25}, {0, 1, 0, 0}, {.5, 0, 0, .5}}),
                table(
                        new SoftCategorical(3),
                        new double[][] {{.25, .5, .25}, {.5, .25, .25}, {1, 0, 0}}),
                new LeafExample(
                        new Indicator(3),
                        new double[][] {{1}, {0}, {2}},
                        x -> x == 1 ? 1 : 0,
                        0,
                        2,
                        true),
                new LeafExample(
                        new Binomial(5),
                        new double[][] {{.25}, {.5}, {.875}},
                        x -> choose(5, (int) x) * Math.pow(.25, x) * Math.pow(.75, 5 - x),
                        0,
                        5,
                        true),
                new LeafExample(
                        new DiscretizedLogistic(8),
                        new double[][] {{2.5, .75}, {6, .5}, {3.5, 2}},
                        x ->
                                (x == 7 ? 1 : logistic((x + .5 - 2.5) / .75))
                                        - (x == 0 ? 0 : logistic((x - .5 - 2.5) / .75)),
                        0,
                        7,
                        true),
                new LeafExample(
                        new Poisson(),
                        new double[][] {{2.5}, {.5}, {9}},
                        x -> Math.exp(-2.5) * Math.pow(2.5, x) / factorial((int) x),
                        0,
                        40,
                        true),
                new LeafExample(
                        new Gaussian(),
                        new double[][] {{1.5, .5}, {-1, 2}, {4, .25}},
                        x -> Math.exp(-2 * (x - 1.5) * (x - 1.5)) * Math.sqrt(2 / Math.PI),
                        -3,
                        6,
                        false),
                new LeafExample(
                        new LogNormal(),
                        new double[][] {{.5, .25}, {-1, .5}, {1, .75}},
                        x -> {
                            double z = (Math.log(x) - .5) / .25;
                            return Math.exp(-z * z / 2) / (x * .25 * Math.sqrt(2 * Math.PI));
                        },
                        .2,
                        9,
                        false),
                new LeafExample(
                        new Exponential(),
                        new double[][] {{.5}, {2}, {.125}},
                        x -> .5 * Math.exp(-.5 * x),
                        0,
                        60,
                        false),
                new LeafExample(
                        new Gamma(),
                        new double[][] {{3, 2}, {.5, 1}, {40, 8}},
                        x -> 8 * x * x * Math.exp(-2 * x) / 2,
                        1e-12,
                        25,
                        false),
                new LeafExample(
                        new Histogram(List.of(-1.0, 0.0, 0.5, 3.0)),
                        new double[][] {{.25, .5, .25}, {.5, .5, 0}, {0, 0, 1}},
                        x -> x < 0 ? .25 : x < .5 ? 1 : .1,
                        -1,
                        3,
                        false));
    }

    private static LeafExample table(InputFamily family, double[][] nodes) {
        return new LeafExample(family, nodes, x -> nodes[0][(int) x], 0, nodes[0].length - 1, true);
    }

    private static double choose(int n, int k) {
        return k == 0 ? 1 : choose(n - 1, k - 1) * n / k;
    }

    private static double factorial(int n) {
        return n < 2 ? 1 : n * factorial(n - 1);
    }

    private static double logistic(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    /** The table {@code [rows][3]} of all parameters. */
    public double[] table() {
        int rows = family.parameterRows();
        double[] table = new double[rows * nodes.length];
        for (int node = 0; node < nodes.length; node++) {
            for (int row = 0; row < rows; row++) {
                table[row * nodes.length + node] = nodes[node][row];
            }
        }
        return table;
    }

    /** The parameters of a node. */
    public Distribution distribution(int node) {
        return family.distribution(NodeValues.of(table(), nodes.length, node));
    }

    /** Values from all parts of the distribution. */
    public double[] values() {
        return discrete
                ? DoubleStream.iterate(low, x -> x <= high, x -> x + 1).toArray()
                : DoubleStream.iterate(0, i -> i < 40, i -> i + 1)
                        .map(i -> (float) (low + (high - low) * (i + .5) / 40))
                        .toArray();
    }

    /** The sum, or the integral, of a function times the density. */
    public double expectation(DoubleUnaryOperator function) {
        return integral(x -> function.applyAsDouble(x) * density.applyAsDouble(x), high);
    }

    /** The sum, or the integral, of a function up to some value. */
    public double integral(DoubleUnaryOperator function, double end) {
        if (discrete) {
            return DoubleStream.iterate(low, x -> x <= Math.min(end, high), x -> x + 1)
                    .map(function)
                    .sum();
        }
        // midpoints: densities may jump, or end, at round numbers
        double width = (end - low) / PIECES;
        double sum = 0;
        for (int i = 0; i < PIECES; i++) {
            sum += function.applyAsDouble(low + width * (i + .5));
        }
        return sum * width;
    }

    @Override
    public String toString() {
        return family.toString();
    }
}
