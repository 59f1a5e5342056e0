package io.sluice.transform;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ProductVector;
import io.sluice.circuit.SumVector;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.function.IntFunction;

/**
 * Chooses the edges of a circuit's sums that stay when edges with little flow are removed. A weight
 * of 0 is no edge.
 *
 * <p>Units are removed in the order of their flow per edge, units of equal flow in the order of
 * their numbers. Every node of a sum keeps the unit with the most flow.
 */
final class EdgeChoice {
    private static final float NO_EDGE = -1;
    private static final float STAYS = Float.POSITIVE_INFINITY;

    private final Circuit circuit;
    private final Prune.Unit unit;
    private final float[][] flow; // [owner][unit]: for each edge of it, or one of the above
    private final long[] firstUnit; // [owner]
    private final long units;
    private final long edges;
    private final boolean[][] live; // [vector][node]: the root reads it; tied sums share theirs
    private final boolean isTied;
    private float threshold; // units with less flow are removed,
    private long tie; // and so are those with equal flow and a smaller number

    /**
     * @param flows of the edges of a sum vector by its id, in parameter order
     */
    EdgeChoice(Circuit circuit, IntFunction<double[]> flows, Prune.Unit unit) {
        this.circuit = circuit;
        this.unit = unit;
        int vectors = circuit.vectors().size();
        flow = new float[vectors][];
        firstUnit = new long[vectors];
        live = new boolean[vectors][];
        long count = 0;
        boolean tied = false;
        for (NodeVector vector : circuit.vectors()) {
            live[vector.id()] = new boolean[vector.nodes()];
            if (vector instanceof SumVector sum && sum.parameterOwner() != sum.id()) {
                live[sum.id()] = live[sum.parameterOwner()];
                tied = true;
            } else if (vector instanceof SumVector sum) {
                flow[sum.id()] = flowsOfUnits(sum, flows.apply(sum.id()));
                firstUnit[sum.id()] = count;
                count += flow[sum.id()].length;
            }
        }
        units = count;
        isTied = tied;
        edges = edges(circuit);
    }

    /** Edges of sums, shared ones once, whether their nodes are live or not. */
    private static long edges(Circuit circuit) {
        long count = 0;
        for (NodeVector vector : circuit.vectors()) {
            if (vector instanceof SumVector sum && sum.parameterOwner() == sum.id()) {
                count += new SumEdges(circuit, sum).count();
            }
        }
        return count;
    }

    private float[] flowsOfUnits(SumVector sum, double[] flows) {
        return switch (unit) {
            case EDGE -> flowsOfEdges(sum, flows);
            case TILE -> flowsOfBlocks(sum, flows);
        };
    }

    private float[] flowsOfEdges(SumVector sum, double[] flows) {
        float[] found = new float[flows.length];
        MemorySegment weights = circuit.parameters().segment();
        long offset = circuit.layout().offset(sum.id());
        for (int i = 0; i < found.length; i++) {
            boolean edge = weights.getAtIndex(JAVA_FLOAT, offset + i) != 0;
            found[i] = edge ? (float) flows[i] : NO_EDGE;
        }
        for (int node = 0; node < sum.nodes(); node++) {
            int most = -1;
            int block = node / sum.blockSize();
            for (int e = sum.firstTile(block); e < sum.firstTile(block + 1); e++) {
                int first = Math.toIntExact(firstEdge(sum, e, node % sum.blockSize()));
                for (int i = first; i < first + sum.childBlockSize(e); i++) {
                    most = found[i] >= 0 && (most < 0 || found[i] > found[most]) ? i : most;
                }
            }
            if (most >= 0) {
                found[most] = STAYS;
            }
        }
        return found;
    }

    private static float[] flowsOfBlocks(SumVector sum, double[] flows) {
        float[] found = new float[sum.tiles()];
        for (int block = 0; block < sum.blocks(); block++) {
            int most = sum.firstTile(block);
            double mostFlow = -1;
            for (int e = most; e < sum.firstTile(block + 1); e++) {
                int width = Math.multiplyExact(sum.blockSize(), sum.childBlockSize(e));
                int first = Math.toIntExact(sum.tileStart(e));
                double total = Arrays.stream(flows, first, first + width).sum();
                found[e] = (float) (total / width);
                if (total > mostFlow) {
                    most = e;
                    mostFlow = total;
                }
            }
            found[most] = STAYS;
        }
        return found;
    }

    private static long firstEdge(SumVector sum, int tile, int row) {
        return sum.tileStart(tile) + (long) row * sum.childBlockSize(tile);
    }

    /** Removes as many edges as possible, but leaves at least a share of them. */
    void keep(double share) {
        double least = share * edges;
        int low = 0; // the bits of non-negative floats have the order of the floats
        int high = Float.floatToIntBits(Float.MAX_VALUE) + 1;
        while (high - low > 1) {
            int middle = low + (high - low) / 2;
            if (left(Float.intBitsToFloat(middle), 0) >= least) {
                low = middle;
            } else {
                high = middle;
            }
        }
        long fewest = 0;
        long most = units;
        while (fewest < most) {
            long middle = fewest + (most - fewest + 1) / 2;
            if (left(Float.intBitsToFloat(low), middle) >= least) {
                fewest = middle;
            } else {
                most = middle - 1;
            }
        }
        left(Float.intBitsToFloat(low), fewest);
    }

    /** Sets the bounds, finds the live nodes, and counts their edges; shared ones count once. */
    private long left(float newThreshold, long newTie) {
        threshold = newThreshold;
        tie = newTie;
        for (boolean[] nodes : live) {
            Arrays.fill(nodes, false);
        }
        Arrays.fill(live[circuit.root().id()], true);
        long before;
        long after = 0;
        do {
            before = after;
            after = reach();
        } while (isTied && after != before); // tied nodes are live together
        return after;
    }

    /** Marks live nodes from the root down and counts their edges. */
    private long reach() {
        long count = 0;
        for (int id = live.length - 1; id >= 0; id--) {
            switch (circuit.vectors().get(id)) {
                case SumVector sum -> {
                    long found = reachChildren(sum);
                    count += sum.parameterOwner() == id ? found : 0;
                }
                case ProductVector product -> reachChildren(product);
                default -> {}
            }
        }
        return count;
    }

    private long reachChildren(SumVector sum) {
        long count = 0;
        boolean[] nodes = live[sum.id()];
        for (int e = 0; e < sum.tiles(); e++) {
            boolean[] children = live[sum.childVector(e).id()];
            int firstNode = sum.parentBlock(e) * sum.blockSize();
            int width = sum.childBlockSize(e);
            int firstChild = sum.childBlockInVector(e) * width;
            for (int row = 0; row < sum.blockSize(); row++) {
                long first = firstEdge(sum, e, row);
                for (int i = 0; nodes[firstNode + row] && i < width; i++) {
                    if (stays(sum.parameterOwner(), e, first + i)) {
                        children[firstChild + i] = true;
                        count++;
                    }
                }
            }
        }
        return count;
    }

    private void reachChildren(ProductVector product) {
        boolean[] nodes = live[product.id()];
        int size = product.blockSize();
        for (int i = 0; i < nodes.length; i++) {
            for (int j = 0; nodes[i] && j < product.children().size(); j++) {
                int child = product.childBlock(i / size, j) * size + i % size;
                live[product.children().get(j).id()][child] = true;
            }
        }
    }

    /** Whether an edge stays if its node is live. */
    private boolean stays(int owner, int tile, long edge) {
        int number = unit == Prune.Unit.EDGE ? Math.toIntExact(edge) : tile;
        float found = flow[owner][number];
        if (found != threshold) {
            return found > threshold && hasWeight(owner, edge);
        }
        return firstUnit[owner] + number >= tie && hasWeight(owner, edge);
    }

    private boolean hasWeight(int owner, long edge) {
        return unit == Prune.Unit.EDGE // its own flow decides
                || circuit.parameters()
                                .segment()
                                .getAtIndex(JAVA_FLOAT, circuit.layout().offset(owner) + edge)
                        != 0;
    }

    /**
     * The tiles without an edge of a live node, for each owner. A block without live nodes still
     * keeps one tile.
     */
    boolean[][] emptyBlocks() {
        boolean[][] empty = new boolean[flow.length][];
        for (NodeVector vector : circuit.vectors()) {
            if (flow[vector.id()] != null) {
                empty[vector.id()] = emptyBlocks((SumVector) vector);
            }
        }
        return empty;
    }

    private boolean[] emptyBlocks(SumVector sum) {
        boolean[] empty = new boolean[sum.tiles()];
        for (int block = 0; block < sum.blocks(); block++) {
            boolean all = true;
            for (int e = sum.firstTile(block); e < sum.firstTile(block + 1); e++) {
                empty[e] = !hasLiveEdge(sum, e);
                all &= empty[e];
            }
            empty[sum.firstTile(block)] &= !all;
        }
        return empty;
    }

    private boolean hasLiveEdge(SumVector sum, int tile) {
        int firstNode = sum.parentBlock(tile) * sum.blockSize();
        int width = sum.childBlockSize(tile);
        for (int row = 0; row < sum.blockSize(); row++) {
            long first = firstEdge(sum, tile, row);
            for (int i = 0; live[sum.id()][firstNode + row] && i < width; i++) {
                if (stays(sum.id(), tile, first + i)) {
                    return true;
                }
            }
        }
        return false;
    }

    /**
     * Whether an edge of an owner stays, if its tile does. Nodes that are not live keep all edges
     * there: nothing reads them, but they must be distributions.
     */
    boolean stays(SumVector owner, int tile, int node, long edge) {
        return !live[owner.id()][node] || stays(owner.id(), tile, edge);
    }
}
