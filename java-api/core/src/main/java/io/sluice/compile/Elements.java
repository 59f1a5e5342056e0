package io.sluice.compile;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.LeafKernel;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ProductVector;
import io.sluice.circuit.SumVector;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * Elements, which are what sums read: one for each block of a vector that is a child of a sum.
 * Products of products are flattened into one list of factors. A sum or input that is a child of a
 * sum becomes an element of one factor.
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

    /** The element of a block; the first call makes it. */
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
        addFactors(vector, block);
        factorBegin.add(factors.size());
        return element;
    }

    /** A block that is a factor, or a product of factors. */
    private record Part(NodeVector vector, int block) {}

    /**
     * Adds the factors of a block from left to right. Those that are read in place come before the
     * others; kernels rely on it. Not recursive, because products may be nested very deeply.
     */
    private void addFactors(NodeVector of, int ofBlock) {
        IntList others = new IntList();
        Deque<Part> left = new ArrayDeque<>();
        left.push(new Part(of, ofBlock));
        while (!left.isEmpty()) {
            Part part = left.pop();
            switch (part.vector()) {
                case InputVector input -> {
                    boolean inPlace = input.family().kernel() == LeafKernel.PROBABILITIES;
                    (inPlace ? factors : others).add(blocks.of(input, part.block()));
                }
                case SumVector sum -> others.add(blocks.of(sum, part.block()));
                case ProductVector product -> {
                    for (int j = product.children().size() - 1; j >= 0; j--) {
                        left.push(
                                new Part(
                                        product.children().get(j),
                                        product.childBlock(part.block(), j)));
                    }
                }
            }
        }
        for (int factor : others.toArray()) {
            factors.add(factor);
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
