package io.sluice.transform;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.Parameters;
import io.sluice.circuit.ProductVector;
import io.sluice.circuit.SumVector;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A copy of a circuit without some edges and without the blocks that only they read. */
final class PrunedCopy {
    private final Circuit old;
    private final EdgeChoice choice;
    private final boolean[][] pruned; // [vector][tile], of vectors that own their parameters
    private final boolean[][] kept; // [vector][block]; tied vectors share an array
    private final boolean[][]
            keptChildBlocks; // [owner][child block]: what tied sums have in common
    private final boolean[] reached; // [vector]: a tied vector may go while its owner stays
    private final NodeVector[] copies; // of each vector; null if nothing of it is left
    private final NodeVector[] ownerCopies; // [owner]: the first copy of those tied to it
    private final List<Integer> originals = new ArrayList<>(); // of each vector of the copy

    /**
     * @param choice which edges stay
     */
    PrunedCopy(Circuit old, EdgeChoice choice) {
        this.old = old;
        this.choice = choice;
        pruned = choice.emptyBlocks();
        int vectors = old.vectors().size();
        kept = new boolean[vectors][];
        keptChildBlocks = new boolean[vectors][];
        reached = new boolean[vectors];
        copies = new NodeVector[vectors];
        ownerCopies = new NodeVector[vectors];
        for (NodeVector vector : old.vectors()) {
            int owner = owner(vector);
            if (owner != vector.id()) {
                kept[vector.id()] = kept[owner];
                continue;
            }
            kept[owner] = new boolean[vector.blocks()];
            if (vector instanceof SumVector sum) {
                keptChildBlocks[owner] = new boolean[sum.childBlocks()];
            }
        }
        kept[old.root().id()][0] = true;
        reached[old.root().id()] = true;
        keepWhatIsRead();
    }

    private static int owner(NodeVector vector) {
        return switch (vector) {
            case SumVector sum -> sum.parameterOwner();
            case InputVector input -> input.parameterOwner();
            case ProductVector product -> product.id();
        };
    }

    /** Tied sums keep the same child blocks, so a kept child block of one keeps another's. */
    private void keepWhatIsRead() {
        boolean grown = true;
        while (grown) {
            grown = false;
            for (int id = kept.length - 1; id >= 0; id--) {
                NodeVector vector = old.vectors().get(id);
                if (reached[id] && vector instanceof SumVector sum) {
                    grown |= keepChildren(sum);
                } else if (reached[id] && vector instanceof ProductVector product) {
                    grown |= keepChildren(product);
                }
            }
        }
    }

    /** Whether something is kept that was not before. */
    private boolean keepChildren(SumVector sum) {
        boolean[] childBlocks = keptChildBlocks[sum.parameterOwner()];
        boolean grown = false;
        for (int e = 0; e < sum.tiles(); e++) {
            grown |= isKept(sum, e) && set(childBlocks, sum.childBlock(e));
        }
        int index = 0;
        for (NodeVector child : sum.children()) {
            boolean[] blocks = kept[child.id()];
            for (int block = 0; block < blocks.length; block++, index++) {
                grown |= childBlocks[index] && set(reached, child.id());
                grown |= childBlocks[index] && set(blocks, block);
                // others may read it
                grown |= reached[child.id()] && blocks[block] && set(childBlocks, index);
            }
        }
        return grown;
    }

    private boolean keepChildren(ProductVector product) {
        boolean grown = false;
        for (int block = 0; block < product.blocks(); block++) {
            for (int j = 0; kept[product.id()][block] && j < product.children().size(); j++) {
                int child = product.children().get(j).id();
                grown |= set(reached, child);
                grown |= set(kept[child], product.childBlock(block, j));
            }
        }
        return grown;
    }

    /** Sets a flag; returns whether it was not set before. */
    private static boolean set(boolean[] flags, int index) {
        boolean changed = !flags[index];
        flags[index] = true;
        return changed;
    }

    private boolean isKept(SumVector sum, int tile) {
        return kept[sum.id()][sum.parentBlock(tile)] && !pruned[sum.parameterOwner()][tile];
    }

    /** Number of set flags before each one, then their total: the new index of each set one. */
    private static int[] numbers(boolean[] flags) {
        int[] numbers = new int[flags.length + 1];
        for (int i = 0; i < flags.length; i++) {
            numbers[i + 1] = numbers[i] + (flags[i] ? 1 : 0);
        }
        return numbers;
    }

    private int keptNodes(NodeVector vector) {
        return numbers(kept[vector.id()])[vector.blocks()] * vector.blockSize();
    }

    Circuit build() {
        CircuitBuilder builder = Circuit.builder();
        for (NodeVector vector : old.vectors()) {
            if (reached[vector.id()]) {
                NodeVector copy =
                        switch (vector) {
                            case InputVector input -> copy(builder, input);
                            case ProductVector product -> copy(builder, product);
                            case SumVector sum -> copy(builder, sum);
                        };
                copies[vector.id()] = copy;
                if (ownerCopies[owner(vector)] == null) {
                    ownerCopies[owner(vector)] = copy;
                }
                originals.add(vector.id());
            }
        }
        return builder.build(copies[old.root().id()], this::fill);
    }

    private NodeVector copy(CircuitBuilder builder, InputVector input) {
        if (ownerCopies[input.parameterOwner()] instanceof InputVector owner) {
            return builder.tiedInput(input.variable(), owner);
        }
        return builder.input(input.variable(), input.family(), keptNodes(input), input.blockSize());
    }

    private NodeVector copy(CircuitBuilder builder, ProductVector product) {
        List<NodeVector> children = new ArrayList<>();
        List<int[]> numbers = new ArrayList<>();
        for (NodeVector child : product.children()) {
            children.add(copies[child.id()]);
            numbers.add(numbers(kept[child.id()]));
        }
        List<int[]> rows = new ArrayList<>();
        for (int block = 0; block < product.blocks(); block++) {
            if (kept[product.id()][block]) {
                int[] row = new int[children.size()];
                for (int j = 0; j < row.length; j++) {
                    row[j] = numbers.get(j)[product.childBlock(block, j)];
                }
                rows.add(row);
            }
        }
        return builder.product(children, rows.toArray(new int[0][]));
    }

    private NodeVector copy(CircuitBuilder builder, SumVector sum) {
        List<NodeVector> children = new ArrayList<>();
        for (NodeVector child : sum.children()) {
            if (copies[child.id()] != null) {
                children.add(copies[child.id()]);
            }
        }
        if (ownerCopies[sum.parameterOwner()] instanceof SumVector owner) {
            return builder.tiedSum(owner, children);
        }
        int[] parentNumbers = numbers(kept[sum.id()]);
        int[] childNumbers = numbers(keptChildBlocks[sum.parameterOwner()]);
        int[] parents = new int[sum.tiles()];
        int[] childBlocks = new int[sum.tiles()];
        int filled = 0;
        for (int e = 0; e < sum.tiles(); e++) {
            if (isKept(sum, e)) {
                parents[filled] = parentNumbers[sum.parentBlock(e)];
                childBlocks[filled++] = childNumbers[sum.childBlock(e)];
            }
        }
        return builder.sum(
                children,
                keptNodes(sum),
                sum.blockSize(),
                Arrays.copyOf(parents, filled),
                Arrays.copyOf(childBlocks, filled));
    }

    private void fill(NodeVector vector, MemorySegment slice) {
        NodeVector original = old.vectors().get(originals.get(vector.id()));
        switch (original) {
            case SumVector sum -> fillSum(sum, slice);
            case InputVector input -> fillInput(input, slice);
            case ProductVector product -> {}
        }
    }

    private void fillSum(SumVector sum, MemorySegment slice) {
        double[] totals = new double[sum.nodes()];
        eachWeight(sum, (node, to, weight) -> totals[node] += weight);
        int[] fanIn = new int[sum.nodes()];
        eachWeight(sum, (node, to, weight) -> fanIn[node]++);
        eachWeight(
                sum,
                (node, to, weight) ->
                        slice.setAtIndex(
                                JAVA_FLOAT,
                                to,
                                totals[node] > 0
                                        ? Parameters.nearestWeight(weight / totals[node])
                                        : 1f / fanIn[node]));
    }

    @FunctionalInterface
    private interface WeightTask {
        void run(int node, long to, double weight);
    }

    private void eachWeight(SumVector sum, WeightTask task) {
        MemorySegment parameters = old.parameters().segment();
        SumVector owner = (SumVector) old.vectors().get(sum.parameterOwner());
        long to = 0;
        for (int e = 0; e < sum.tiles(); e++) {
            if (!isKept(sum, e)) {
                continue;
            }
            long offset = old.layout().tileOffset(sum, e);
            long first = sum.tileStart(e);
            int columns = sum.childBlockSize(e);
            int edges = Math.multiplyExact(sum.blockSize(), columns);
            for (int i = 0; i < edges; i++) {
                int node = sum.parentBlock(e) * sum.blockSize() + i / columns;
                float weight = parameters.getAtIndex(JAVA_FLOAT, offset + i);
                boolean stays = choice.stays(owner, e, node, first + i);
                task.run(node, to++, stays ? weight : 0);
            }
        }
    }

    /** The columns of the nodes that are kept, of a table {@code [row][node]}. */
    private void fillInput(InputVector input, MemorySegment slice) {
        MemorySegment parameters = old.parameters().segment();
        long offset = old.layout().offset(input.id());
        long to = 0;
        for (int row = 0; row < input.family().parameterRows(); row++) {
            for (int node = 0; node < input.nodes(); node++) {
                if (kept[input.id()][node / input.blockSize()]) {
                    long from = offset + (long) row * input.nodes() + node;
                    slice.setAtIndex(JAVA_FLOAT, to++, parameters.getAtIndex(JAVA_FLOAT, from));
                }
            }
        }
    }
}
