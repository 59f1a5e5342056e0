package io.sluice.circuit;

import io.sluice.InvalidArgumentException;

import java.util.random.RandomGenerator;

/**
 * A family of distributions over one variable, which the nodes of an {@link InputVector} take their
 * values from. All input vectors of one variable have the same family; variables may mix families
 * freely. Families are immutable, and equal when their type and settings are.
 *
 * <p>A family is one class. It says what a node's parameters are, what distribution they make, how
 * they start, and how they learn; every engine, query, learner and file goes by that alone. {@link
 * io.sluice.leaf} shows how to write one.
 *
 * <p><b>Learning</b> is stepwise expectation maximisation (Cappe and Moulines 2009, section 2). The
 * engine hands each observed value of the variable with the flow {@code F} of the node to {@link
 * #addStatistics}; a missing value is never handed over, so it counts nothing. Then {@link #update}
 * moves the parameters. For exponential families with the expectation parameter {@code m = E[t(x)]}
 * and the statistics {@code N = sum F}, {@code S = sum F t(x)} the step is
 *
 * <pre>
 * m' = (1 - step) m + step (S + pseudocount m0) / (N + pseudocount)
 * </pre>
 *
 * where the pseudocount stands for that many values: spread evenly over the variable's values where
 * these are finitely many ({@code m0} is their average), and otherwise distributed as the node is
 * before the step ({@code m0 = m}). A node with {@code N = 0} keeps its parameters in the second
 * case, and when the pseudocount is 0.
 *
 * <p>Gradient ascent goes by {@link #gradient} and {@link #move} instead, from the same statistics.
 */
public interface InputFamily {

    /** Name of the family's type in messages and files, such as {@code gaussian}. */
    String type();

    /** What tells families of this type apart; empty by default. */
    default FamilySettings settings() {
        return FamilySettings.NONE;
    }

    /**
     * A family of the same type, for a file that is read.
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

    /** How many values a finite variable has; 0 for any other, as by default. */
    default int categories() {
        return 0;
    }

    /**
     * Whether a cell can hold this number, which is finite. Cells of finite variables hold the
     * categories.
     */
    boolean accepts(double value);

    /** What cells can hold, as it follows "expected" in messages: {@code a number over 0}. */
    String values();

    /** Rows of the parameter table {@code [rows][nodes]} of a vector of this family. */
    int parameterRows();

    /** How many parameters a vector of this many nodes has. */
    default long parameters(int nodes) {
        return (long) parameterRows() * nodes;
    }

    /**
     * Checks a node's parameters, which are float32 numbers.
     *
     * @throws InvalidArgumentException when there is no such distribution; the message names the
     *     parameter and goes on from "node 3 of ... has"
     */
    void check(NodeValues parameters);

    /**
     * Writes parameters for a node to start from: close to the variable's marginal, yet different
     * from node to node, as nodes that are alike learn alike.
     */
    void start(NodeValues parameters, Marginal marginal, RandomGenerator random);

    /**
     * The distribution of a node with these parameters. One of a finite family may read them when
     * it is asked, so it holds until they change; any other has copied what it needs.
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
     * coordinates that any number may be: as many as there are rows of parameters, such as
     * logarithms of those that are positive. Of an exponential family, sums of the statistics less
     * what the node expects of them.
     *
     * @param statistics gathered with these parameters
     * @param gradient receives a number for each row of parameters; 0 where one does not learn
     */
    void gradient(NodeValues parameters, NodeValues statistics, NodeValues gradient);

    /**
     * Moves a node's parameters by a step in the coordinates of {@link #gradient}. What is exactly
     * zero stays zero, and nothing else becomes zero.
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
