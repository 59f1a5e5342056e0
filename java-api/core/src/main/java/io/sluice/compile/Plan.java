package io.sluice.compile;

import java.util.List;

/**
 * A compiled circuit as kernels read it, in the words of {@code sluice.h}. Immutable by convention:
 * the arrays are shared, not copied.
 *
 * @param variables number of the circuit's variables
 * @param root block of the root node
 * @param operations all sum blocks and elements bottom up, children before parents: {@code o >= 0}
 *     is sum block {@code o}, otherwise element {@code ~o}
 * @param partitions ranges of sum blocks that are similar enough to share a launch, bottom up
 * @param sparse whether sums lack many edges to the nodes of their children, so some sums are far
 *     below others of their block
 * @param sizes totals
 */
public record Plan(
        int variables,
        int root,
        Blocks blocks,
        Elements elements,
        Sums sums,
        Inputs inputs,
        Tables tables,
        Weights weights,
        Variables byVariable,
        int[] operations,
        List<Partition> partitions,
        boolean sparse,
        Sizes sizes) {

    /**
     * Blocks of input vectors, then of sum vectors; sum block {@code s} is block {@code inputs +
     * s}.
     *
     * @param nodes nodes of each block
     * @param value first node among the stored ones, or -1 where table rows are read in place
     * @param first first node among the nodes of all blocks
     * @param input the input of each block, or -1
     * @param elements the elements that have a block as a factor
     */
    public record Blocks(
            int[] nodes, long[] value, long[] first, int[] input, Adjacency elements) {}

    /**
     * Products of blocks, which sum blocks read.
     *
     * @param nodes nodes of each element
     * @param flow first node among the nodes of all elements
     * @param factors blocks; those read in place come first
     * @param tiles the tiles whose child an element is
     */
    public record Elements(int[] nodes, long[] flow, Adjacency factors, Adjacency tiles) {}

    /**
     * Sum blocks and their tiles.
     *
     * @param block block of each sum
     * @param tileBegin {@code [sums + 1]} first tile of each sum
     * @param tileElement element that each tile reads
     * @param tileSum sum that each tile belongs to
     * @param tileParameter offset of each tile's parameters, {@code [sum nodes][element nodes]}
     */
    public record Sums(
            int[] block, int[] tileBegin, int[] tileElement, int[] tileSum, long[] tileParameter) {}

    /**
     * Blocks of input vectors.
     *
     * @param block block of each input
     * @param table parameter table that it reads
     * @param variable variable that it observes
     * @param first its first node within a row of the table
     */
    public record Inputs(int[] block, int[] table, int[] variable, int[] first) {}

    /**
     * Parameter tables of input vectors that own theirs.
     *
     * @param vector id of the input vector that has the table
     * @param kind {@link #FINITE}, {@link #GAUSSIAN}, {@link #LOG_TABLE} or {@link #LOG_ROWS}
     * @param categories rows of the statistics; 0 for a Gaussian
     * @param nodes nodes of a row
     * @param parameter offset among the parameters: that of the layout, or, for log-densities, one
     *     after the layout
     * @param statistic offset among the statistics
     * @param floor smallest standard deviation of a Gaussian
     * @param inputs inputs that use the table
     */
    public record Tables(
            int[] vector,
            int[] kind,
            int[] categories,
            int[] nodes,
            long[] parameter,
            long[] statistic,
            double[] floor,
            Adjacency inputs) {}

    /**
     * Distinct weights of tiles. The weights of one block row (the tiles of one block of a sum
     * vector that owns its parameters) are consecutive and are normalised together.
     *
     * @param blockRowNodes sum nodes of each block row
     * @param blockRowBegin {@code [block rows + 1]} first weight of each block row
     * @param nodes child nodes of each weight
     * @param parameter offset of each weight among the parameters
     * @param tiles tiles that use a weight, including those of tied vectors
     */
    public record Weights(
            int[] blockRowNodes,
            int[] blockRowBegin,
            int[] nodes,
            long[] parameter,
            Adjacency tiles) {}

    /**
     * The inputs of each variable.
     *
     * @param kind as in {@link Tables}
     * @param inputs inputs that observe it
     */
    public record Variables(int[] kind, Adjacency inputs) {}

    /**
     * A run of sum blocks of one layer with equally many nodes and nearly equal fan-in.
     *
     * @param layer 1 for sums over inputs only, otherwise one more than the highest child's
     * @param firstSum first sum block
     * @param endSum one past the last
     * @param fanIn the largest number of child nodes among them
     */
    public record Partition(int layer, int firstSum, int endSum, int fanIn) {}

    /**
     * Totals.
     *
     * @param maximumNodes nodes of the largest block
     * @param maximumFanIn most child nodes of any sum block
     * @param valueNodes nodes of blocks whose values are stored
     * @param flowNodes nodes of all elements
     * @param blockNodes nodes of all blocks
     * @param parameters floats of the circuit's parameter layout
     * @param parameterFloats floats a parameter buffer needs: the layout, a weight of one for the
     *     edge to a root that is not a sum, and tables of log-densities
     * @param statisticFloats floats a statistics buffer needs
     * @param pad offset of that weight of one, or -1
     */
    public record Sizes(
            int maximumNodes,
            int maximumFanIn,
            long valueNodes,
            long flowNodes,
            long blockNodes,
            long parameters,
            long parameterFloats,
            long statisticFloats,
            long pad) {}

    /** Kind of an input with finitely many values: kernels read its table rows in place. */
    public static final int FINITE = 0;

    /** Kind of an input of normal distributions. */
    public static final int GAUSSIAN = 1;

    /** Kind of an input whose log-densities are tabulated by category. */
    public static final int LOG_TABLE = 2;

    /** Kind of an input whose log-densities are tabulated by row of a batch. */
    public static final int LOG_ROWS = 3;

    /** Most rows of a batch if there are {@link #LOG_ROWS}. */
    public static final int MOST_LOG_ROWS = 512;

    /** Scales of one row: one for each block and one for each element. */
    public int scales() {
        return blocks.nodes().length + elements.nodes().length;
    }

    /** Memory that the plan's arrays take, in bytes. */
    public long bytes() {
        return PlanArrays.of(this).stream().mapToLong(PlanArrays.Named::bytes).sum();
    }
}
