package io.sluice.transform;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.SumVector;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Removes the edges of sums that data hardly use (Dang, Liu and Van den Broeck 2022, "Sparse
 * Probabilistic Circuits via Pruning and Growing", section 3: the log-likelihood falls by at most
 * about the flow that is lost).
 *
 * <p>What is pruned are whole edge blocks, so that what remains is as fast as before. With blocks
 * of one node these are single edges, as in the paper; the larger the blocks, the more of the edges
 * that share a block with a used one are kept. A circuit whose sums have one edge block for each
 * parent block has nothing to prune: build it with smaller blocks.
 *
 * <p>The edge blocks with the least flow for each edge go first, over all sum vectors together, but
 * every parent block keeps the one with the most. Nodes that nothing reads any more go as well, in
 * whole blocks, and the weights that remain are normalised. Tied vectors lose the same edge blocks,
 * and stay tied.
 */
public final class Prune {
    private Prune() {}

    /** An edge block of a vector that owns its parameters. */
    private record Candidate(SumVector sum, int edgeBlock, double flow, long edges) {}

    /**
     * The circuit without the least used edge blocks.
     *
     * @param flows of the edges of a sum vector by its id, in parameter order, added up over data:
     *     {@code engine::flows} after {@code engine.accumulate(data)}
     * @param share of the edges to prune, at least 0, below 1; fewer are pruned when so many cannot
     *     be, as every block keeps an edge block
     * @throws InvalidArgumentException when the share is out of range
     */
    public static Circuit byFlow(Circuit circuit, IntFunction<double[]> flows, double share) {
        if (!(share >= 0 && share < 1)) {
            throw new InvalidArgumentException(
                    "pruning a share of " + share + ": give a number from 0, below 1");
        }
        boolean[][] pruned = new boolean[circuit.vectors().size()][];
        List<Candidate> candidates = new ArrayList<>();
        long edges = 0;
        for (NodeVector vector : circuit.vectors()) {
            if (vector instanceof SumVector sum && sum.parameterOwner() == sum.id()) {
                pruned[sum.id()] = new boolean[sum.edgeBlocks()];
                edges += sum.parameters();
                addCandidates(sum, flows.apply(sum.id()), candidates);
            }
        }
        candidates.sort(
                Comparator.<Candidate>comparingDouble(c -> c.flow() / c.edges())
                        .thenComparingInt(c -> c.sum().id())
                        .thenComparingInt(Candidate::edgeBlock));
        long left = (long) (share * edges);
        for (Candidate candidate : candidates) {
            left -= candidate.edges();
            if (left < 0) {
                break;
            }
            pruned[candidate.sum().id()][candidate.edgeBlock()] = true;
        }
        return new PrunedCopy(circuit, pruned).build();
    }

    /** All edge blocks but the most used one of each parent block. */
    private static void addCandidates(SumVector sum, double[] flows, List<Candidate> candidates) {
        for (int block = 0; block < sum.blocks(); block++) {
            int kept = sum.edgeStart(block);
            List<Candidate> all = new ArrayList<>();
            for (int e = kept; e < sum.edgeStart(block + 1); e++) {
                long edges = (long) sum.blockSize() * sum.childBlockSize(e);
                int first = Math.toIntExact(sum.tileStart(e));
                double flow = 0;
                for (int i = 0; i < edges; i++) {
                    flow += flows[first + i];
                }
                all.add(new Candidate(sum, e, flow, edges));
                if (flow > all.get(kept - sum.edgeStart(block)).flow()) {
                    kept = e;
                }
            }
            all.remove(kept - sum.edgeStart(block));
            candidates.addAll(all);
        }
    }
}
