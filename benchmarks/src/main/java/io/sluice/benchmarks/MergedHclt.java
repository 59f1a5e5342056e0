package io.sluice.benchmarks;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.InputFamily;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ParameterInitializer;
import io.sluice.structure.ChowLiuTree;

import java.util.ArrayList;
import java.util.List;

/**
 * A hidden Chow-Liu tree whose leaves have no latents of their own: the parent's product reads a
 * leaf's input directly. It has the same distributions with fewer edges. PyJuice builds such trees.
 */
final class MergedHclt {
    private static final int LARGEST_BLOCK = 128;
    private static final long SEED = 0;

    private MergedHclt() {}

    static Circuit build(ChowLiuTree tree, InputFamily family, int latents) {
        int block = Math.min(latents, LARGEST_BLOCK);
        while (latents % block != 0) {
            block--;
        }
        CircuitBuilder circuit = Circuit.builder();
        NodeVector[] tops = new NodeVector[tree.variables()];
        int[] order = tree.order();
        for (int i = order.length - 1; i >= 0; i--) { // leaves first
            int v = order[i];
            NodeVector input = circuit.input(v, family, latents, block);
            List<NodeVector> factors = new ArrayList<>(List.of(input));
            for (int child : tree.children(v)) {
                factors.add(tops[child]);
            }
            if (factors.size() == 1) {
                tops[v] = input;
            } else {
                boolean root = v == tree.root();
                tops[v] =
                        circuit.sum(
                                List.of(circuit.product(factors)),
                                root ? 1 : latents,
                                root ? 1 : block);
            }
        }
        return circuit.build(tops[tree.root()], ParameterInitializer.random(SEED));
    }
}
