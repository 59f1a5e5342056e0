package io.sluice.leaf;

import io.sluice.circuit.Distribution;
import io.sluice.circuit.FamilySettings;
import io.sluice.circuit.LeafKernel;
import io.sluice.circuit.Marginal;
import io.sluice.circuit.NodeValues;

import java.util.random.RandomGenerator;

/**
 * Normal distributions over a real variable. Parameters are laid out {@code [2][node]}: the means,
 * then the standard deviations.
 *
 * <p><b>Learning.</b> Let {@code F} be the flow of a node for a row and {@code x} the observed
 * value; rows in which it is missing count nothing. The statistics are {@code N = sum F}, {@code S1
 * = sum F x} and {@code S2 = sum F x^2}. Let {@code m1 = mean} and {@code m2 = mean^2 +
 * deviation^2} be the moments before the step. A pseudocount acts like that many observations at
 * the old parameters, and the step blends expectation parameters:
 *
 * <pre>
 * m1' = (1 - step) m1 + step (S1 + pseudocount m1) / (N + pseudocount)
 * m2' = (1 - step) m2 + step (S2 + pseudocount m2) / (N + pseudocount)
 * mean      = m1'
 * deviation = sqrt(max(m2' - m1'^2, minimumStandardDeviation^2))
 * </pre>
 *
 * A node with {@code N} under {@link io.sluice.circuit.Parameters#SMALLEST_FLOW} keeps its
 * parameters. (Stepwise EM in expectation parameters: Cappe and Moulines 2009, section 2.)
 *
 * @param minimumStandardDeviation floor of the standard deviations that learning may reach, in the
 *     variable's unit; over 0 and finite. It keeps a node from collapsing onto one value
 */
public record Gaussian(double minimumStandardDeviation) implements NormalFamily {

    /** The floor of {@link #Gaussian()}, for variables of unit scale. */
    public static final double DEFAULT_MINIMUM_STANDARD_DEVIATION = 1e-2;

    /**
     * Checks the floor.
     *
     * @throws io.sluice.InvalidArgumentException when it is not over 0 and finite
     */
    public Gaussian {
        Normal.checkMinimum(minimumStandardDeviation);
    }

    /** The family with {@link #DEFAULT_MINIMUM_STANDARD_DEVIATION}. */
    public Gaussian() {
        this(DEFAULT_MINIMUM_STANDARD_DEVIATION);
    }

    @Override
    public String type() {
        return "gaussian";
    }

    @Override
    public Gaussian withSettings(FamilySettings settings) {
        return new Gaussian(settings.number(MINIMUM, DEFAULT_MINIMUM_STANDARD_DEVIATION));
    }

    @Override
    public boolean accepts(double value) {
        return true;
    }

    @Override
    public String values() {
        return "a number";
    }

    @Override
    public void start(NodeValues parameters, Marginal marginal, RandomGenerator random) {
        Normal.start(
                parameters,
                marginal.mean(),
                marginal.standardDeviation(),
                minimumStandardDeviation,
                random);
    }

    @Override
    public Distribution distribution(NodeValues parameters) {
        return new Normal(parameters.get(0), parameters.get(1));
    }

    @Override
    public void addStatistics(
            NodeValues parameters, double value, double flow, NodeValues statistics) {
        Normal.addStatistics(value, flow, statistics);
    }

    @Override
    public LeafKernel kernel() {
        return LeafKernel.GAUSSIAN;
    }

    /** The family as messages name it. */
    @Override
    public String toString() {
        return "gaussian";
    }
}
