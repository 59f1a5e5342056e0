package io.sluice.compile;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.LeafKernel;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ProductVector;
import io.sluice.circuit.SumVector;

import java.util.Arrays;

/**
 * Elements: what sums read. One for each block of a vector that is a child of a sum; products of
 * products are flattened into one list of factors, and a sum or input that feeds a sum directly is
 * an element of one factor.
 */
final class Elements {
    private static final int[] NONE = {};

    private final BlockNumbers blocks;
    private final int[][] elementOf;
    private final IntList nodes = new IntList();
    private final IntList factorBegin = new IntList();
    private final IntList factors = new IntList();

    Elements(Circuit circuit, BlockNumbers blocks) {
        this.blocks = blocks;
        elementOf = new int[circuit.vectors().size()][];
        Arrays.fill(elementOf, NONE);
        factorBegin.add(0);
    }

    /** The element of a block, made when first asked for. */
    int of(NodeVector vector, int block) {
        if (elementOf[vector.id()].length == 0) {
            elementOf[vector.id()] = new int[vector.blocks()];
            Arrays.fill(elementOf[vector.id()], -1);
        }
        int known = elementOf[vector.id()][block];
        if (known >= 0) {
            return known;
        }
        int element = nodes.size();
        elementOf[vector.id()][block] = element;
        nodes.add(vector.blockSize());
        // Factors that are read in place come first: kernels rely on it.
        addFactors(vector, block, true);
        addFactors(vector, block, false);
        factorBegin.add(factors.size());
        return element;
    }

    private void addFactors(NodeVector vector, int block, boolean inPlace) {
        switch (vector) {
            case InputVector input -> {
                if ((input.family().kernel() == LeafKernel.PROBABILITIES) == inPlace) {
                    factors.add(blocks.of(input, block));
                }
            }
            case SumVector sum -> {
                if (!inPlace) {
                    factors.add(blocks.of(sum, block));
                }
            }
            case ProductVector product -> {
                for (int j = 0; j < product.children().size(); j++) {
                    addFactors(product.children().get(j), product.childBlock(block, j), inPlace);
                }
            }
        }
    }

    int count() {
        return nodes.size();
    }

    int[] nodes() {
        return nodes.toArray();
    }

    Adjacency factors() {
        return new Adjacency(factorBegin.toArray(), factors.toArray());
    }
}
