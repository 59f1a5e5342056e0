package io.sluice.transform;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;

import java.util.function.IntFunction;

/**
 * Removes the edges of sums that the data hardly use (Dang, Liu and Van den Broeck 2022, "Sparse
 * Probabilistic Circuits via Pruning and Growing", section 3: the log-likelihood falls by at most
 * about the flow that is lost).
 *
 * <p>Edges with the least flow are removed first, over all sum vectors together, but every node
 * keeps its edge with the most flow. Nodes that nothing reads any more are removed, too, in whole
 * blocks. The remaining weights are normalised. Tied vectors lose the same edges, and stay tied.
 */
public final class Prune {
    private Prune() {}

    /** What is pruned at once. */
    public enum Unit {
        /**
         * Single edges, as in the paper. They become hard zeros, and tiles of hard zeros alone are
         * removed. The circuit is about as fast as before.
         */
        EDGE,
        /**
         * Whole tiles, those with the least flow per edge first, which makes a circuit of small
         * blocks faster. The larger the blocks, the more unused edges stay because they share a
         * tile with a used one. Every parent block keeps its most used tile, so a circuit whose
         * sums have one tile for each parent block has nothing to prune.
         */
        TILE
    }

    /** The circuit without its least used edges: {@link Unit#EDGE}. */
    public static Circuit byFlow(Circuit circuit, IntFunction<double[]> flows, double share) {
        return byFlow(circuit, flows, share, Unit.EDGE);
    }

    /**
     * The circuit without its least used edges.
     *
     * @param flows of the edges of a sum vector by its id, in parameter order, added up over data:
     *     {@code engine::flows} after {@code engine.accumulate(data)}
     * @param share of the edges that are removed at most, including those of nodes that nothing
     *     reads any more: at least 0, below 1; fewer are removed if every node has a single edge
     *     left
     * @param unit what is pruned at once
     * @throws InvalidArgumentException when the share is out of range
     */
    public static Circuit byFlow(
            Circuit circuit, IntFunction<double[]> flows, double share, Unit unit) {
        if (!(share >= 0 && share < 1)) {
            throw new InvalidArgumentException(
                    "pruning a share of " + share + ": give a number from 0, below 1");
        }
        EdgeChoice choice = new EdgeChoice(circuit, flows, unit);
        choice.keep(1 - share);
        return new PrunedCopy(circuit, choice).build();
    }
}
