/**
 * Logical circuits: what a probabilistic circuit is, before anything is compiled or run.
 *
 * <p>A {@linkplain io.sluice.circuit.Circuit circuit} is an immutable directed acyclic graph of
 * {@linkplain io.sluice.circuit.NodeVector node vectors} together with its {@linkplain
 * io.sluice.circuit.Parameters parameters}. A node vector holds nodes of one kind (input, product,
 * sum) with the same scope; its nodes come in blocks of {@code blockSize}. A sum vector is a
 * block-sparse matrix over the nodes of its children: each of its edge blocks is a (parent block,
 * child block) pair that owns a dense {@code blockSize x childBlockSize} tile of parameters.
 *
 * <p>A {@linkplain io.sluice.circuit.CircuitBuilder builder} checks every vector when it is added,
 * so a circuit that exists is smooth and decomposable, and its parameters are distributions. The
 * words are those of Choi, Vergari and Van den Broeck, "Probabilistic Circuits: A Unifying
 * Framework for Tractable Probabilistic Models" (2020), sections 3 and 4.
 *
 * <p>Everything here but the builder is immutable and may be shared between threads.
 *
 * <h2>Leaves</h2>
 *
 * An input vector's nodes are distributions of one {@linkplain io.sluice.circuit.InputFamily
 * family} over its variable; the variables of a circuit may have any families:
 *
 * <ul>
 *   <li>of categories: {@link io.sluice.circuit.Categorical}, {@link io.sluice.circuit.Bernoulli},
 *       {@link io.sluice.circuit.MaskedCategorical}, {@link io.sluice.circuit.SoftCategorical},
 *       {@link io.sluice.circuit.Indicator}
 *   <li>of whole numbers: {@link io.sluice.circuit.Binomial}, {@link
 *       io.sluice.circuit.DiscretizedLogistic}, {@link io.sluice.circuit.Poisson}
 *   <li>of real numbers: {@link io.sluice.circuit.Gaussian}, {@link io.sluice.circuit.LogNormal},
 *       {@link io.sluice.circuit.Exponential}, {@link io.sluice.circuit.Gamma}, {@link
 *       io.sluice.circuit.Histogram}
 *   <li>of whatever the caller knows: {@link io.sluice.circuit.External}
 * </ul>
 *
 * <p><b>How families meet engines.</b> A family is one class; an engine that has to compute one
 * does it in one of three ways, its {@linkplain io.sluice.circuit.LeafKernel kernel}:
 *
 * <ul>
 *   <li>{@code PROBABILITIES}: the parameters are a table of probabilities whose rows kernels read
 *       in place, and whose counts they turn into new probabilities. The fastest
 *   <li>{@code GAUSSIAN}: kernels compute densities, moments about the mean, and updates
 *   <li>{@code TABULATED}: everything else, and what a family has that says nothing about kernels.
 *       The engine asks the family for log-densities and writes them into tables, which kernels
 *       turn into values and flows like any other input: for a finite family one table of its
 *       categories, after each update; otherwise one of the rows of a batch, before each batch. The
 *       flows of the entries come back and go to {@code addStatistics} with the values they belong
 *       to; {@code update} then runs between the passes. Draws and modes come from the node that
 *       kernels chose. So the kernels need not know the family, and its mathematics is in one
 *       place, in float64, on every device
 * </ul>
 *
 * <p>Tables of a batch cost one log-density for each row and node. They, and the M-step of these
 * families, run on the host, with the other processors where there is much to do; a GPU waits for
 * them. A family with a kernel of its own costs less: that takes a constant of {@link
 * io.sluice.circuit.LeafKernel}, a {@code sluice_input_family} in {@code sluice.h}, and its
 * densities, statistics and update in the CPU and the CUDA library.
 *
 * <p><b>A family of your own.</b> Geometric distributions, failures before the first success. One
 * parameter a node; the mean is the expectation parameter, so the statistics are the flow and the
 * flow-weighted sum of the values. In full it is a record of some hundred lines:
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
 * <p>It works in every structure and query, learns, and is written to files; to be read back it is
 * named in {@code META-INF/services/io.sluice.circuit.InputFamily}.
 */
@NullMarked
package io.sluice.circuit;

import org.jspecify.annotations.NullMarked;
