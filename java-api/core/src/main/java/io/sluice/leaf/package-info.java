/**
 * Leaves: the families of distributions that input vectors take their nodes from.
 *
 * <p>An input vector's nodes are distributions of one {@linkplain io.sluice.circuit.InputFamily
 * family} over its variable. The variables of a circuit may mix families freely:
 *
 * <ul>
 *   <li>of categories: {@link io.sluice.leaf.Categorical}, {@link io.sluice.leaf.Bernoulli}, {@link
 *       io.sluice.leaf.MaskedCategorical}, {@link io.sluice.leaf.SoftCategorical}, {@link
 *       io.sluice.leaf.Indicator}
 *   <li>of whole numbers: {@link io.sluice.leaf.Binomial}, {@link
 *       io.sluice.leaf.DiscretizedLogistic}, {@link io.sluice.leaf.Poisson}
 *   <li>of real numbers: {@link io.sluice.leaf.Gaussian}, {@link io.sluice.leaf.LogNormal}, {@link
 *       io.sluice.leaf.Exponential}, {@link io.sluice.leaf.Gamma}, {@link io.sluice.leaf.Histogram}
 *   <li>of items that the caller supplies: {@link io.sluice.leaf.External}
 * </ul>
 *
 * <p><b>How engines compute families.</b> A family is one class. Its {@linkplain
 * io.sluice.circuit.LeafKernel kernel} says in which of three ways an engine computes it:
 *
 * <ul>
 *   <li>{@code PROBABILITIES}: the parameters are a table of probabilities whose rows kernels read
 *       in place, and whose counts they turn into new probabilities. The fastest
 *   <li>{@code GAUSSIAN}: kernels compute densities, moments about the mean, and updates
 *   <li>{@code TABULATED}, the default: the engine asks the family for log-densities and writes
 *       them into tables, which kernels turn into values and flows like any other input. A finite
 *       family gets one table of its categories after each update; any other gets one table of the
 *       rows of a batch before each batch. The engine hands the flows of the entries, with their
 *       values, to {@code addStatistics}, and calls {@code update} between the passes. Draws and
 *       modes come from the node that kernels chose. Kernels need not know the family: its
 *       mathematics is in one place, in float64, on every device
 * </ul>
 *
 * <p>A table of a batch costs one log-density for each row and node. The host fills these tables
 * and runs the M-step of these families, on several threads if there is much to do; a GPU waits for
 * them. A kernel of its own makes a family faster: it takes a constant of {@link
 * io.sluice.circuit.LeafKernel}, a {@code sluice_input_kind} in {@code sluice.h}, and the
 * densities, statistics and update in the CPU and the CUDA library.
 *
 * <p><b>A family of your own.</b> The example is the geometric distribution: the number of failures
 * before the first success. A node has one parameter. The mean is the expectation parameter, so the
 * statistics are the flow and the flow-weighted sum of the values. The record has about a hundred
 * lines in full:
 *
 * {@snippet lang = java:
 * public record Geometric() implements InputFamily {
 *     public String type() { return "geometric"; }
 *     public Geometric withSettings(FamilySettings settings) { return this; }
 *
 *     public boolean accepts(double value) { return value >= 0 && value == Math.rint(value); }
 *     public String values() { return "a whole number of at least 0"; }
 *
 *     public int parameterRows() { return 1; }
 *     public void check(NodeValues parameters) {
 *         double success = parameters.get(0);
 *         if (!(success > 0 && success < 1)) {
 *             throw new InvalidArgumentException(
 *                     "the probability of success " + success + ": expected over 0 and under 1");
 *         }
 *     }
 *     public void start(NodeValues parameters, Marginal marginal, RandomGenerator random) {
 *         double mean = Math.max(1, marginal.mean()) * random.nextDouble(0.5, 2);
 *         parameters.set(0, 1 / (1 + mean));
 *     }
 *     public Distribution distribution(NodeValues parameters) {
 *         return new Failures(parameters.get(0)); // log-density, mode, mean, variance, CDF, draws
 *     }
 *
 *     public int statisticRows() { return 2; }
 *     public void addStatistics(
 *             NodeValues parameters, double value, double flow, NodeValues statistics) {
 *         statistics.set(0, statistics.get(0) + flow);
 *         statistics.set(1, statistics.get(1) + flow * value);
 *     }
 *     public double flow(NodeValues statistics) { return statistics.get(0); }
 *     public void gradient(NodeValues parameters, NodeValues statistics, NodeValues gradient) {
 *         double success = parameters.get(0); // by the logarithm of its odds
 *         double values = statistics.get(1);
 *         gradient.set(0, statistics.get(0) - success * (statistics.get(0) + values));
 *     }
 *     public void move(NodeValues parameters, NodeValues step) {
 *         double odds = parameters.get(0) / (1 - parameters.get(0)) * Math.exp(step.get(0));
 *         parameters.set(0, Math.clamp(odds / (1 + odds), 1e-6, 1 - 1e-6));
 *     }
 *     public void update(
 *             NodeValues parameters, NodeValues statistics, double step, double pseudocount) {
 *         double total = statistics.get(0);
 *         if (total > 0) {
 *             double mean = 1 / parameters.get(0) - 1;
 *             double target = (statistics.get(1) + pseudocount * mean) / (total + pseudocount);
 *             double moved = (1 - step) * mean + step * target;
 *             parameters.set(0, 1 / (1 + Math.max(moved, 1e-3))); // never certain
 *         }
 *     }
 * }
 * }
 *
 * <p>It works in every structure and query, learns, and is written to files. To be read back, it is
 * named in {@code META-INF/services/io.sluice.circuit.InputFamily}, or its module {@code provides}
 * it.
 */
@NullMarked
package io.sluice.leaf;

import org.jspecify.annotations.NullMarked;
