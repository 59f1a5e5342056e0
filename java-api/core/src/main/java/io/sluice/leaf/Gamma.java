package io.sluice.leaf;

import io.sluice.circuit.Distribution;
import io.sluice.circuit.FamilySettings;
import io.sluice.circuit.InputFamily;
import io.sluice.circuit.Marginal;
import io.sluice.circuit.NodeValues;
import io.sluice.circuit.Parameters;

import java.util.random.RandomGenerator;

/**
 * Gamma distributions over positive numbers. Parameters are laid out {@code [2][node]}: the shapes,
 * then the rates; the mean is shape over rate.
 *
 * <p>Expectation parameters are the means of {@code x} and of {@code log x}. Shape and rate follow
 * from {@code log(shape) - digamma(shape) = log E[x] - E[log x]}, solved by Newton's method (Minka
 * 2002, "Estimating a Gamma distribution").
 *
 * @param maximumShape largest shape that learning may reach; over 0 and finite. A node's deviation
 *     is its mean over the root of its shape, so this keeps it from collapsing onto one value
 * @param minimumMean floor of the means that learning may reach, in the variable's unit; over 0 and
 *     finite
 */
public record Gamma(double maximumShape, double minimumMean) implements InputFamily {

    private static final String SHAPE = "maximum_shape";
    private static final String MEAN = "minimum_mean";

    /** The largest shape of {@link #Gamma()}: deviations of at least one percent of the mean. */
    public static final double DEFAULT_MAXIMUM_SHAPE = 1e4;

    /** The floor of means of {@link #Gamma()}, for variables of unit scale. */
    public static final double DEFAULT_MINIMUM_MEAN = 1e-3;

    /** Draws of a smaller shape leave the range of float32 cells. */
    private static final double MINIMUM_SHAPE = 1e-2;

    private static final int MOST_ITERATIONS = 100;
    private static final double CONVERGED = 1e-12;

    /**
     * Checks the bounds.
     *
     * @throws io.sluice.InvalidArgumentException when one is not over 0 and finite
     */
    public Gamma {
        PositiveNumbers.checkSetting("a maximum shape", maximumShape);
        PositiveNumbers.checkSetting("a minimum mean", minimumMean);
    }

    /** The family with {@link #DEFAULT_MAXIMUM_SHAPE} and {@link #DEFAULT_MINIMUM_MEAN}. */
    public Gamma() {
        this(DEFAULT_MAXIMUM_SHAPE, DEFAULT_MINIMUM_MEAN);
    }

    @Override
    public String type() {
        return "gamma";
    }

    @Override
    public FamilySettings settings() {
        return FamilySettings.NONE.with(SHAPE, maximumShape).with(MEAN, minimumMean);
    }

    @Override
    public Gamma withSettings(FamilySettings settings) {
        return new Gamma(
                settings.number(SHAPE, DEFAULT_MAXIMUM_SHAPE),
                settings.number(MEAN, DEFAULT_MINIMUM_MEAN));
    }

    @Override
    public boolean accepts(double value) {
        return value > 0;
    }

    @Override
    public String values() {
        return "a number over 0";
    }

    @Override
    public int parameterRows() {
        return 2;
    }

    @Override
    public void check(NodeValues parameters) {
        PositiveNumbers.checkParameter("the shape", parameters.get(0));
        PositiveNumbers.checkParameter("the rate", parameters.get(1));
    }

    @Override
    public void start(NodeValues parameters, Marginal marginal, RandomGenerator random) {
        double relative = PositiveNumbers.relativeDeviation(marginal);
        set(parameters, PositiveNumbers.startMean(marginal, random), 1 / (relative * relative));
    }

    private void set(NodeValues parameters, double mean, double shape) {
        double bounded = Math.min(Math.max(shape, MINIMUM_SHAPE), maximumShape);
        parameters.set(0, bounded);
        parameters.set(1, PositiveNumbers.inRange(bounded / Math.max(mean, minimumMean)));
    }

    @Override
    public Distribution distribution(NodeValues parameters) {
        return OfShape.of(parameters.get(0), parameters.get(1));
    }

    @Override
    public int statisticRows() {
        return 3;
    }

    /** Total flow, and the flow-weighted sums of the values and of their logarithms. */
    @Override
    public void addStatistics(
            NodeValues parameters, double value, double flow, NodeValues statistics) {
        statistics.set(0, statistics.get(0) + flow);
        statistics.set(1, statistics.get(1) + flow * value);
        statistics.set(2, statistics.get(2) + flow * Math.log(value));
    }

    @Override
    public double flow(NodeValues statistics) {
        return statistics.get(0);
    }

    /**
     * The derivatives by the logarithm of the shape at a fixed mean, and by that of the mean at a
     * fixed shape, {@code rate sum F x - N shape}, divided by the root of a shape over 1. A value
     * then weighs about the same for both, and their Fisher information is diagonal.
     */
    @Override
    public void gradient(NodeValues parameters, NodeValues statistics, NodeValues gradient) {
        double shape = parameters.get(0);
        double rate = parameters.get(1);
        double total = statistics.get(0);
        double meanLog = Math.log(rate) - SpecialFunctions.digamma(shape);
        double byMean = rate * statistics.get(1) - total * shape;
        gradient.set(0, shape * (total * meanLog + statistics.get(2)) - byMean);
        gradient.set(1, byMean / unit(shape));
    }

    private static double unit(double shape) {
        return Math.sqrt(Math.max(1, shape));
    }

    @Override
    public void move(NodeValues parameters, NodeValues step) {
        double shape = parameters.get(0);
        double mean = shape / parameters.get(1) * StrictMath.exp(step.get(1) / unit(shape));
        set(parameters, mean, shape * StrictMath.exp(step.get(0)));
    }

    @Override
    public void update(
            NodeValues parameters, NodeValues statistics, double step, double pseudocount) {
        double total = statistics.get(0);
        if (total < Parameters.SMALLEST_FLOW) {
            return;
        }
        double shape = parameters.get(0);
        double mean = shape / parameters.get(1);
        double meanLog = SpecialFunctions.digamma(shape) - Math.log(parameters.get(1));
        double newMean =
                ExpectationStep.of(mean, statistics.get(1), mean, total, step, pseudocount);
        double newMeanLog =
                ExpectationStep.of(meanLog, statistics.get(2), meanLog, total, step, pseudocount);
        set(parameters, newMean, shapeOf(Math.log(newMean) - newMeanLog));
    }

    /** The shape with {@code log(shape) - digamma(shape) = difference}. */
    private double shapeOf(double difference) {
        if (!(difference > 1 / (4 * maximumShape))) {
            return maximumShape; // the difference is nearly 1 / (2 shape)
        }
        double shape =
                (3 - difference + Math.sqrt((difference - 3) * (difference - 3) + 24 * difference))
                        / (12 * difference);
        for (int i = 0; i < MOST_ITERATIONS; i++) {
            double error = Math.log(shape) - SpecialFunctions.digamma(shape) - difference;
            double slope = 1 / shape - SpecialFunctions.trigamma(shape);
            double next = 1 / (1 / shape + error / (shape * shape * slope));
            if (!(next > 0) || Math.abs(next - shape) <= CONVERGED * shape) {
                break;
            }
            shape = next;
        }
        return shape;
    }

    /** The family as messages name it. */
    @Override
    public String toString() {
        return type();
    }

    /**
     * @param peak the part that does not depend on the value
     */
    private record OfShape(double shape, double rate, double peak) implements Distribution {

        static OfShape of(double shape, double rate) {
            return new OfShape(
                    shape, rate, shape * Math.log(rate) - SpecialFunctions.logGamma(shape));
        }

        @Override
        public double logDensity(double value) {
            return peak + (shape - 1) * Math.log(value) - rate * value;
        }

        @Override
        public double mode() {
            return PositiveNumbers.inRange((shape - 1) / rate);
        }

        @Override
        public double mean() {
            return shape / rate;
        }

        @Override
        public double variance() {
            return shape / (rate * rate);
        }

        @Override
        public double cumulative(double value) {
            return value > 0 ? SpecialFunctions.gammaP(shape, rate * value) : 0;
        }

        /** Marsaglia and Tsang 2000, "A simple method for generating gamma variables". */
        @Override
        public double draw(RandomGenerator random) {
            double boosted = shape < 1 ? shape + 1 : shape;
            double factor =
                    shape < 1 ? Math.exp(-random.nextExponential() / shape) : 1; // U^(1/shape)
            double d = boosted - 1.0 / 3;
            double c = 1 / Math.sqrt(9 * d);
            while (true) {
                double x = random.nextGaussian();
                double v = 1 + c * x;
                if (v > 0) {
                    double cube = v * v * v;
                    if (-random.nextExponential()
                            < 0.5 * x * x + d - d * cube + d * Math.log(cube)) {
                        return PositiveNumbers.inRange(factor * d * cube / rate);
                    }
                }
            }
        }
    }
}
