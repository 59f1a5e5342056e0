package io.sluice.compile;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.InputFamily;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.LeafKernel;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ParameterLayout;
import io.sluice.circuit.SumVector;
import io.sluice.circuit.SuppliedFamily;
import io.sluice.leaf.Gaussian;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Assembles a plan from what the compiler has computed. */
final class PlanAssembly {
    private final Circuit circuit;
    private final SumOrder order;
    private final BlockNumbers numbers;
    private final Elements elements;
    private final Tiles tiles;
    private final int inputs;
    private final int sums;
    private long parameterFloats; // with tables, once these have offsets
    private long statisticFloats;

    PlanAssembly(
            Circuit circuit, SumOrder order, BlockNumbers numbers, Elements elements, Tiles tiles) {
        this.circuit = circuit;
        this.order = order;
        this.numbers = numbers;
        this.elements = elements;
        this.tiles = tiles;
        inputs = numbers.inputs();
        sums = tiles.sumNodes().length;
    }

    Plan plan() {
        Adjacency factors = elements.factors();
        Plan.Blocks blocks = blocks(factors);
        Plan.Elements elementTable = elementTable(factors);
        Plan.Inputs inputTable = inputTable();
        Plan.Tables tables = tables(inputTable);
        return new Plan(
                circuit.variables(),
                tiles.root(),
                blocks,
                elementTable,
                sumTable(),
                inputTable,
                tables,
                weights(),
                byVariable(inputTable),
                OperationOrder.of(inputs, tiles, factors),
                partitions(),
                isSparse(),
                sizes(blocks, elementTable));
    }

    /**
     * Whether more than a sixteenth of the possible edges are hard zeros or left out. A block of
     * sums could have edges to all nodes of its children.
     */
    private boolean isSparse() {
        long most = 0;
        long others = 0;
        for (NodeVector vector : circuit.vectors()) {
            if (vector instanceof SumVector sum && sum.parameterOwner() == sum.id()) {
                most += mostEdges(sum);
            } else if (vector instanceof InputVector input
                    && input.parameterOwner() == input.id()) {
                others += circuit.layout().length(input.id());
            }
        }
        return circuit.properties().parameters() - others < most - most / 16;
    }

    private static long mostEdges(SumVector sum) {
        long most = 0;
        for (int block = 0; block < sum.blocks(); block++) {
            int first = sum.firstTile(block);
            for (int e = first; e < sum.firstTile(block + 1); e++) {
                NodeVector child = sum.childVector(e);
                boolean counted = e > first && child == sum.childVector(e - 1);
                most += counted ? 0 : (long) sum.blockSize() * child.nodes();
            }
        }
        return most;
    }

    private Plan.Blocks blocks(Adjacency factors) {
        int count = Math.addExact(inputs, sums);
        if (count > Integer.MAX_VALUE - elements.count()) {
            throw new ArithmeticException("blocks and elements have more scales than an int");
        }
        int[] nodes = new int[count];
        long[] value = new long[count];
        long[] first = new long[count];
        int[] input = new int[count];
        Arrays.fill(input, -1);
        for (InputVector vector : numbers.inputVectors()) {
            for (int q = 0; q < vector.blocks(); q++) {
                int block = numbers.of(vector, q);
                nodes[block] = vector.blockSize();
                value[block] = kindOf(vector.family()) == Plan.FINITE ? -1 : 0;
                input[block] = block;
            }
        }
        System.arraycopy(tiles.sumNodes(), 0, nodes, inputs, sums);
        long stored = 0;
        long all = 0;
        for (int block = 0; block < count; block++) {
            first[block] = all;
            all += nodes[block];
            if (value[block] == 0) {
                value[block] = stored;
                stored += nodes[block];
            }
        }
        Adjacency parents = Adjacency.inverse(factors.begin(), factors.items(), count);
        return new Plan.Blocks(nodes, value, first, input, parents);
    }

    private Plan.Elements elementTable(Adjacency factors) {
        int[] nodes = elements.nodes();
        long[] flow = new long[nodes.length];
        long all = 0;
        for (int e = 0; e < nodes.length; e++) {
            flow[e] = all;
            all += nodes[e];
        }
        return new Plan.Elements(
                nodes, flow, factors, Adjacency.inverse(tiles.element(), nodes.length));
    }

    private Plan.Sums sumTable() {
        int[] block = new int[sums];
        for (int s = 0; s < sums; s++) {
            block[s] = inputs + s;
        }
        return new Plan.Sums(
                block, tiles.tileBegin(), tiles.element(), tiles.sum(), tiles.parameter());
    }

    private Plan.Inputs inputTable() {
        int[] block = new int[inputs];
        int[] table = new int[inputs];
        int[] variable = new int[inputs];
        int[] first = new int[inputs];
        int[] tableOfVector = new int[circuit.vectors().size()];
        int next = 0;
        for (InputVector vector : numbers.inputVectors()) {
            tableOfVector[vector.id()] =
                    hasOwnTable(vector) ? next++ : tableOfVector[vector.parameterOwner()];
        }
        for (InputVector vector : numbers.inputVectors()) {
            for (int q = 0; q < vector.blocks(); q++) {
                int i = numbers.of(vector, q);
                block[i] = i;
                table[i] = tableOfVector[vector.id()];
                variable[i] = vector.variable();
                first[i] = q * vector.blockSize();
            }
        }
        return new Plan.Inputs(block, table, variable, first);
    }

    /** A vector has its own table of a batch's rows, even if it shares parameters. */
    private static boolean hasOwnTable(InputVector vector) {
        return vector.parameterOwner() == vector.id() || kindOf(vector.family()) == Plan.LOG_ROWS;
    }

    /** The kind of a family's inputs. */
    private static int kindOf(InputFamily family) {
        if (family.kernel() == LeafKernel.PROBABILITIES) {
            return Plan.FINITE;
        }
        if (family.kernel() == LeafKernel.GAUSSIAN) {
            return Plan.GAUSSIAN;
        }
        return family.finite() && !(family instanceof SuppliedFamily)
                ? Plan.LOG_TABLE
                : Plan.LOG_ROWS;
    }

    private Plan.Tables tables(Plan.Inputs inputTable) {
        InputVector[] vectors =
                numbers.inputVectors().stream()
                        .filter(PlanAssembly::hasOwnTable)
                        .toArray(InputVector[]::new);
        int count = vectors.length;
        int[] vector = new int[count];
        int[] kind = new int[count];
        int[] categories = new int[count];
        int[] nodes = new int[count];
        long[] parameter = new long[count];
        long[] statistic = new long[count];
        double[] floor = new double[count];
        parameterFloats = circuit.layout().size() + (tiles.pad() >= 0 ? 1 : 0);
        statisticFloats = parameterFloats;
        for (int t = 0; t < count; t++) {
            InputFamily distributions = vectors[t].family();
            vector[t] = vectors[t].id();
            kind[t] = kindOf(distributions);
            nodes[t] = vectors[t].nodes();
            categories[t] =
                    kind[t] == Plan.LOG_ROWS ? Plan.MOST_LOG_ROWS : distributions.categories();
            parameter[t] = circuit.layout().offset(vector[t]);
            statistic[t] = parameter[t];
            if (distributions instanceof Gaussian gaussian) {
                floor[t] = gaussian.minimumStandardDeviation();
                statistic[t] = statisticFloats;
                statisticFloats += GAUSSIAN_STATISTICS * nodes[t];
            } else if (kind[t] != Plan.FINITE) {
                parameter[t] = aligned(parameterFloats);
                parameterFloats = parameter[t] + FLOATS_OF_AN_ENTRY * categories[t] * nodes[t];
                statistic[t] = statisticFloats;
                statisticFloats += (long) categories[t] * nodes[t];
            }
        }
        return new Plan.Tables(
                vector,
                kind,
                categories,
                nodes,
                parameter,
                statistic,
                floor,
                Adjacency.inverse(inputTable.table(), count));
    }

    /** A log-density has two numbers: rounded to float32, and the rest. */
    private static final long FLOATS_OF_AN_ENTRY = 2;

    private static long aligned(long floats) {
        long unit = ParameterLayout.ALIGNMENT;
        return (floats + unit - 1) / unit * unit;
    }

    /** Rows of a Gaussian's statistics: total flow, flow-weighted sums of values and of squares. */
    private static final long GAUSSIAN_STATISTICS = 3;

    private Plan.Weights weights() {
        int vectors = circuit.vectors().size();
        int[] firstWeight = new int[vectors];
        IntList blockRowNodes = new IntList();
        IntList blockRowBegin = new IntList();
        int count = 0;
        for (NodeVector vector : circuit.vectors()) {
            if (vector instanceof SumVector sum && sum.parameterOwner() == sum.id()) {
                firstWeight[sum.id()] = count;
                for (int q = 0; q < sum.blocks(); q++) {
                    blockRowNodes.add(sum.blockSize());
                    blockRowBegin.add(count + sum.firstTile(q));
                }
                count = Math.addExact(count, sum.tiles());
            }
        }
        blockRowBegin.add(count);
        int[] nodes = new int[count];
        long[] parameter = new long[count];
        int trained = tiles.element().length - (tiles.pad() >= 0 ? 1 : 0);
        int[] weightOfTile = new int[trained];
        int[] tileNodes = elements.nodes();
        for (int t = 0; t < trained; t++) {
            int owner = order.vector()[tiles.sum()[t]].parameterOwner();
            int weight = firstWeight[owner] + tiles.tileInVector()[t];
            weightOfTile[t] = weight;
            nodes[weight] = tileNodes[tiles.element()[t]];
            parameter[weight] = tiles.parameter()[t];
        }
        return new Plan.Weights(
                blockRowNodes.toArray(),
                blockRowBegin.toArray(),
                nodes,
                parameter,
                Adjacency.inverse(weightOfTile, count));
    }

    private Plan.Variables byVariable(Plan.Inputs inputTable) {
        int[] kind = new int[circuit.variables()];
        for (int v = 0; v < kind.length; v++) {
            kind[v] = kindOf(circuit.family(v));
        }
        return new Plan.Variables(
                kind, Adjacency.inverse(inputTable.variable(), circuit.variables()));
    }

    private List<Plan.Partition> partitions() {
        if (tiles.pad() < 0) {
            return order.partitions();
        }
        List<Plan.Partition> all = new ArrayList<>(order.partitions());
        int layer = all.isEmpty() ? 1 : all.get(all.size() - 1).layer() + 1;
        all.add(new Plan.Partition(layer, sums - 1, sums, 1));
        return List.copyOf(all);
    }

    private Plan.Sizes sizes(Plan.Blocks blocks, Plan.Elements elementTable) {
        int maximumNodes = 0;
        long blockNodes = 0;
        long valueNodes = 0;
        for (int block = 0; block < blocks.nodes().length; block++) {
            maximumNodes = Math.max(maximumNodes, blocks.nodes()[block]);
            blockNodes += blocks.nodes()[block];
            valueNodes += blocks.value()[block] < 0 ? 0 : blocks.nodes()[block];
        }
        long flowNodes = 0;
        for (int nodes : elementTable.nodes()) {
            maximumNodes = Math.max(maximumNodes, nodes);
            flowNodes += nodes;
        }
        int maximumFanIn = 0;
        for (Plan.Partition partition : partitions()) {
            maximumFanIn = Math.max(maximumFanIn, partition.fanIn());
        }
        return new Plan.Sizes(
                maximumNodes,
                maximumFanIn,
                valueNodes,
                flowNodes,
                blockNodes,
                circuit.layout().size(),
                parameterFloats,
                statisticFloats,
                tiles.pad());
    }
}
