package io.sluice.leaf;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Distribution;
import io.sluice.circuit.NodeValues;
import io.sluice.circuit.Parameters;

import java.util.random.RandomGenerator;

/** A normal distribution, and how {@link Gaussian} and {@link LogNormal} learn one. */
record Normal(double location, double deviation) implements Distribution {

    /** Total flow, and the flow-weighted sums of the values and of their squares. */
    static final int STATISTICS = 3;

    private static final double HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);

    /** Standard deviation of the logarithm of the noise that deviations start with. */
    private static final double NOISE_OF_DEVIATION = 0.25;

    @Override
    public double logDensity(double value) {
        double z = (value - location) / deviation;
        return -0.5 * z * z - Math.log(deviation) - HALF_LOG_TWO_PI;
    }

    @Override
    public double mode() {
        return location;
    }

    @Override
    public double mean() {
        return location;
    }

    @Override
    public double variance() {
        return deviation * deviation;
    }

    @Override
    public double cumulative(double value) {
        double z = (value - location) / deviation;
        double tail = 0.5 * SpecialFunctions.gammaQ(0.5, 0.5 * z * z);
        return z < 0 ? tail : 1 - tail;
    }

    @Override
    public double draw(RandomGenerator random) {
        return location + deviation * random.nextGaussian();
    }

    static void checkMinimum(double minimumStandardDeviation) {
        if (!(minimumStandardDeviation > 0) || Double.isInfinite(minimumStandardDeviation)) {
            throw new InvalidArgumentException(
                    "a minimum standard deviation of "
                            + minimumStandardDeviation
                            + ": give a finite number over 0, such as a thousandth of the"
                            + " variable's spread");
        }
    }

    static void check(NodeValues parameters) {
        double mean = parameters.get(0);
        double deviation = parameters.get(1);
        if (!Double.isFinite(mean) || !Double.isFinite(deviation) || deviation < Float.MIN_NORMAL) {
            throw new InvalidArgumentException(
                    "mean "
                            + mean
                            + " and standard deviation "
                            + deviation
                            + ": expected a finite mean and a finite deviation of at least "
                            + Float.MIN_NORMAL);
        }
    }

    static void start(
            NodeValues parameters,
            double mean,
            double deviation,
            double minimum,
            RandomGenerator random) {
        parameters.set(0, mean + deviation * random.nextGaussian());
        double spread = deviation * StrictMath.exp(NOISE_OF_DEVIATION * random.nextGaussian());
        parameters.set(1, Math.max(spread, minimum));
    }

    static void addStatistics(double value, double flow, NodeValues statistics) {
        statistics.set(0, statistics.get(0) + flow);
        statistics.set(1, statistics.get(1) + flow * value);
        statistics.set(2, statistics.get(2) + flow * value * value);
    }

    /**
     * The derivatives by the mean in units of the deviation, {@code (S1 - N mean) / deviation}, and
     * by the deviation's logarithm, {@code (S2 - 2 mean S1 + N mean^2) / deviation^2 - N}.
     */
    static void gradient(NodeValues parameters, NodeValues statistics, NodeValues gradient) {
        double mean = parameters.get(0);
        double deviation = parameters.get(1);
        double total = statistics.get(0);
        double sum = statistics.get(1);
        double second = statistics.get(2) - 2 * mean * sum + mean * mean * total;
        gradient.set(0, (sum - total * mean) / deviation);
        gradient.set(1, second / (deviation * deviation) - total);
    }

    static void move(NodeValues parameters, NodeValues step, double minimum) {
        double deviation = parameters.get(1);
        parameters.set(0, parameters.get(0) + deviation * step.get(0));
        double moved = deviation * StrictMath.exp(step.get(1));
        parameters.set(1, PositiveNumbers.inRange(Math.max(moved, minimum)));
    }

    /** The formula of {@link Gaussian}. */
    static void update(
            NodeValues parameters,
            NodeValues statistics,
            double step,
            double pseudocount,
            double minimum) {
        double total = statistics.get(0);
        if (total < Parameters.SMALLEST_FLOW) {
            return;
        }
        double mean = parameters.get(0);
        double deviation = parameters.get(1);
        double second = mean * mean + deviation * deviation;
        double newMean =
                ExpectationStep.of(mean, statistics.get(1), mean, total, step, pseudocount);
        double newSecond =
                ExpectationStep.of(second, statistics.get(2), second, total, step, pseudocount);
        double variance = Math.max(newSecond - newMean * newMean, minimum * minimum);
        parameters.set(0, Math.clamp(newMean, -Float.MAX_VALUE, Float.MAX_VALUE));
        parameters.set(1, PositiveNumbers.inRange(Math.sqrt(variance)));
    }
}
