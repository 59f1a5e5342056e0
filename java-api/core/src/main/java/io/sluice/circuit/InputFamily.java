package io.sluice.circuit;

import io.sluice.InvalidArgumentException;

import java.util.random.RandomGenerator;

/**
 * A family of distributions over one variable: each node of an {@link InputVector} is one of them.
 * All input vectors of a variable have the same family; different variables may have different
 * ones. Families are immutable, and equal if their types and settings are equal.
 *
 * <p>A family is one class. It says what a node's parameters are, what distribution they make, how
 * they start, and how they learn. Engines, queries, learners and files need nothing else. {@link
 * io.sluice.leaf} shows how to write one.
 *
 * <p><b>Learning</b> is stepwise expectation maximisation (Cappe and Moulines 2009, section 2). The
 * engine hands each observed value of the variable with the flow {@code F} of the node to {@link
 * #addStatistics}; never a missing value, which counts nothing. Then {@link #update} moves the
 * parameters. For exponential families with the expectation parameter {@code m = E[t(x)]} and the
 * statistics {@code N = sum F}, {@code S = sum F t(x)} the step is
 *
 * <pre>
 * m' = (1 - step) m + step (S + pseudocount m0) / (N + pseudocount)
 * </pre>
 *
 * where the pseudocount stands for as many values. If the variable has finitely many values, these
 * are spread evenly over them ({@code m0} is their average); otherwise they are distributed like
 * the node before the step ({@code m0 = m}). A node with {@code N = 0} keeps its parameters in the
 * latter case, and if the pseudocount is 0.
 *
 * <p>Gradient ascent uses {@link #gradient} and {@link #move} instead, with the same statistics.
 */
public interface InputFamily {

    /** Name of the family's type in messages and files, such as {@code gaussian}. */
    String type();

    /** The settings that distinguish families of this type; empty by default. */
    default FamilySettings settings() {
        return FamilySettings.NONE;
    }

    /**
     * A family of the same type with these settings, for readers of files.
     *
     * @throws InvalidArgumentException when a setting is missing or impossible
     */
    InputFamily withSettings(FamilySettings settings);

    /**
     * Whether the variable has finitely many values, the categories 0 to {@code categories - 1}.
     */
    default boolean finite() {
        return categories() > 0;
    }

    /** Number of values of a finite variable; 0, the default, for any other. */
    default int categories() {
        return 0;
    }

    /**
     * Whether a cell can hold this number, which is finite. Cells of finite variables hold the
     * categories.
     */
    boolean accepts(double value);

    /** Values of cells, as messages say them after "expected": {@code a number over 0}. */
    String values();

    /** Rows of the parameter table {@code [rows][nodes]} of a vector of this family. */
    int parameterRows();

    /** Number of parameters of a vector of this many nodes. */
    default long parameters(int nodes) {
        return (long) parameterRows() * nodes;
    }

    /**
     * Checks a node's parameters, which are float32 numbers.
     *
     * @throws InvalidArgumentException if there is no such distribution; the message names the
     *     parameter and continues "node 3 of ... has"
     */
    void check(NodeValues parameters);

    /**
     * Writes the first parameters of a node: close to the variable's marginal, but different for
     * each node, because equal nodes would learn the same.
     */
    void start(NodeValues parameters, Marginal marginal, RandomGenerator random);

    /**
     * The distribution of a node with these parameters. A finite family's distribution may read the
     * parameters later, so it is valid until they change; any other copies what it needs.
     */
    Distribution distribution(NodeValues parameters);

    /** Rows of the table {@code [rows][nodes]} that statistics are added up in. */
    int statisticRows();

    /**
     * Adds an observed value to a node's statistics.
     *
     * @param parameters of the node while the flow was computed
     * @param flow expected number of times that the node had this value, over 0
     */
    void addStatistics(NodeValues parameters, double value, double flow, NodeValues statistics);

    /** Total flow in a node's statistics; 0 for a family that learns nothing. */
    double flow(NodeValues statistics);

    /**
     * Gradient of the log-density of the values in a node's statistics, weighted by their flows, in
     * unbounded coordinates: one for each row of parameters, such as the logarithm of a positive
     * one. For an exponential family it is the sums of the statistics minus their expectations.
     *
     * @param statistics computed with these parameters
     * @param gradient receives a number for each row of parameters; 0 for one that does not learn
     */
    void gradient(NodeValues parameters, NodeValues statistics, NodeValues gradient);

    /**
     * Moves a node's parameters by a step in the coordinates of {@link #gradient}. Exact zeros stay
     * zero, and no other parameter becomes zero.
     *
     * @param step one number for each row of parameters
     */
    void move(NodeValues parameters, NodeValues step);

    /**
     * Moves a node's parameters towards its statistics.
     *
     * @param step over 0, up to 1
     * @param pseudocount at least 0
     */
    void update(NodeValues parameters, NodeValues statistics, double step, double pseudocount);

    /** How kernels compute the nodes; {@link LeafKernel#TABULATED} unless a family says so. */
    default LeafKernel kernel() {
        return LeafKernel.TABULATED;
    }
}
