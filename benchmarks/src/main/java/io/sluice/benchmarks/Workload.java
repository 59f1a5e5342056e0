package io.sluice.benchmarks;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.SumVector;
import io.sluice.data.ImageShape;
import io.sluice.leaf.Categorical;
import io.sluice.structure.ChowLiuTree;
import io.sluice.structure.Hclt;
import io.sluice.structure.Hmm;
import io.sluice.structure.QuadGraph;

import java.util.Collections;

/**
 * A circuit to be timed, with the arithmetic and the memory traffic that one row costs.
 *
 * @param circuit with random parameters
 * @param edges of sums between vectors of latents, each used once a row
 * @param inputNodes nodes of all inputs, tied ones counted each time
 * @param sumWeights distinct parameters of sums
 * @param inputParameters distinct parameters of inputs
 */
record Workload(
        Circuit circuit, long edges, long inputNodes, long sumWeights, long inputParameters) {

    /** Pixels along the side of the images of {@link #hclt}. */
    static final int SIDE = 28;

    private static final int GREY_LEVELS = 256;

    /** Rows that share a read of a tile: the kernels' largest row group. */
    private static final int ROW_GROUP = 256;

    /** A hidden Chow-Liu tree with 256 categories a variable. */
    static Workload hclt(ChowLiuTree tree, int latents) {
        return of(
                Hclt.builder(
                                tree,
                                Collections.nCopies(tree.variables(), new Categorical(GREY_LEVELS)))
                        .latents(latents)
                        .build());
    }

    /** A quad-graph over the same pixels. */
    static Workload quadGraph(int latents) {
        int pixels = SIDE * SIDE;
        return of(
                QuadGraph.builder(
                                new ImageShape(SIDE, SIDE, 1),
                                Collections.nCopies(pixels, new Categorical(GREY_LEVELS)))
                        .latents(latents)
                        .build());
    }

    /** A homogeneous hidden Markov model over words. */
    static Workload hmm(int states, int vocabulary, int length) {
        return of(Hmm.builder(length, new Categorical(vocabulary)).states(states).build());
    }

    /** Any circuit. */
    static Workload of(Circuit circuit) {
        long edges = 0;
        long inputNodes = 0;
        long sumWeights = 0;
        long inputParameters = 0;
        for (NodeVector vector : circuit.vectors()) {
            if (vector instanceof SumVector sum) {
                long weights = circuit.layout().length(sum.parameterOwner());
                edges += sum.nodes() == 1 ? 0 : weights; // the root's are too few to count
                sumWeights += sum.parameterOwner() == sum.id() ? weights : 0;
            } else if (vector instanceof InputVector input) {
                inputNodes += input.nodes();
                inputParameters +=
                        input.parameterOwner() == input.id()
                                ? circuit.layout().length(input.id())
                                : 0;
            }
        }
        return new Workload(circuit, edges, inputNodes, sumWeights, inputParameters);
    }

    /**
     * Floating-point operations of one row: a forward pass uses each edge once, a backward pass
     * twice.
     */
    double flop(Phase phase) {
        return 2.0 * edges * (phase == Phase.FORWARD ? 1 : 3);
    }

    /**
     * Estimates the bytes that a core reads and writes for a row, from the design of the kernels.
     * Caches serve part of them. Each input node has one stored value, element, gradient and flow:
     *
     * <pre>
     * forward     table row r, value w r; weights r once a row group
     * backward    element w r, value r, gradient w, flow r w, statistics of tables r w;
     *             weights r and statistics of tiles r w once a row group
     * update      weights r w, transposed w, statistics r w; tables r w, statistics r r w:
     *             once a batch
     * </pre>
     */
    double bytes(Phase phase, int batch) {
        double group = Math.min(batch, ROW_GROUP);
        double floats = 3.0 * inputNodes + edges / group;
        if (phase != Phase.FORWARD) {
            floats += 8.0 * inputNodes + 3 * edges / group;
        }
        if (phase == Phase.STEP) {
            floats += 5.0 * (sumWeights + inputParameters) / batch;
        }
        return Float.BYTES * floats;
    }
}
