package io.sluice.structure;

import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.EdgePattern;
import io.sluice.circuit.NodeVector;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * A latent variable for each variable of a tree, as {@link Hclt} has them: node {@code i} of a
 * variable's vector is the distribution of that variable and all below it, given that its latent
 * variable has the state {@code i}.
 *
 * @param latents states of each latent variable
 * @param blockSize nodes in a block, a divisor of the latents
 * @param edges which states of a child a state of its parent leads to
 */
record LatentTree(int latents, int blockSize, EdgePattern edges) {

    /**
     * Adds the vectors.
     *
     * @param tree over the variables that {@code inputs} takes
     * @param inputs adds the inputs of a variable
     * @return the vector of the tree's root: products, or inputs where there is one variable only
     */
    NodeVector add(CircuitBuilder circuit, ChowLiuTree tree, IntFunction<NodeVector> inputs) {
        NodeVector[] sums = new NodeVector[tree.variables()];
        int[] order = tree.order();
        for (int i = order.length - 1; i > 0; i--) { // leaves first
            int v = order[i];
            NodeVector product = product(circuit, tree, inputs, v, sums);
            sums[v] = circuit.sum(List.of(product), latents, blockSize, edges);
        }
        return product(circuit, tree, inputs, tree.root(), sums);
    }

    /** The input of a variable times the sums of its children; a leaf's input alone. */
    private static NodeVector product(
            CircuitBuilder circuit,
            ChowLiuTree tree,
            IntFunction<NodeVector> inputs,
            int variable,
            NodeVector[] sums) {
        List<NodeVector> factors = new ArrayList<>();
        factors.add(inputs.apply(variable));
        for (int child : tree.children(variable)) {
            factors.add(sums[child]);
        }
        return factors.size() == 1 ? factors.get(0) : circuit.product(factors);
    }
}
