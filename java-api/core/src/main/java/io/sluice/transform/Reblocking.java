package io.sluice.transform;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ProductVector;
import io.sluice.circuit.SumVector;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Rebuilds a circuit with blocks of given sizes; ids stay the same. */
final class Reblocking {
    private final Circuit source;
    private final int[] sizes;
    private final Assembly assembly = new Assembly();
    private final CircuitBuilder builder = assembly.builder();
    private final List<NodeVector> made = new ArrayList<>();

    private Reblocking(Circuit source, int[] sizes) {
        this.source = source;
        this.sizes = sizes;
    }

    /**
     * @param sizes of each vector; products take whole blocks of these sizes
     */
    static Circuit of(Circuit source, int[] sizes) {
        Reblocking reblocking = new Reblocking(source, sizes);
        for (NodeVector vector : source.vectors()) {
            reblocking.made.add(
                    switch (vector) {
                        case InputVector input -> reblocking.input(input);
                        case ProductVector product -> reblocking.product(product);
                        case SumVector sum -> reblocking.sum(sum);
                    });
        }
        return reblocking.assembly.build(reblocking.made.get(source.root().id()));
    }

    private NodeVector input(InputVector input) {
        if (input.parameterOwner() != input.id()) {
            return builder.tiedInput(
                    input.variable(), (InputVector) made.get(input.parameterOwner()));
        }
        // parameter tables of inputs do not depend on blocks
        MemorySegment table =
                source.parameters()
                        .segment()
                        .asSlice(
                                source.layout().offset(input.id()) * Float.BYTES,
                                source.layout().length(input.id()) * Float.BYTES);
        return assembly.filled(
                builder.input(input.variable(), input.family(), input.nodes(), sizes[input.id()]),
                slice -> slice.copyFrom(table));
    }

    private NodeVector product(ProductVector product) {
        int size = sizes[product.id()];
        int old = product.blockSize();
        int width = product.children().size();
        int[][] childBlocks = new int[product.nodes() / size][width];
        for (int q = 0; q < childBlocks.length; q++) {
            int node = q * size;
            for (int j = 0; j < width; j++) {
                childBlocks[q][j] = (product.childBlock(node / old, j) * old + node % old) / size;
            }
        }
        return builder.product(children(product.children()), childBlocks);
    }

    private NodeVector sum(SumVector sum) {
        List<NodeVector> children = children(sum.children());
        if (sum.parameterOwner() != sum.id()) {
            return builder.tiedSum((SumVector) made.get(sum.parameterOwner()), children);
        }
        int[] childSizes = children.stream().mapToInt(NodeVector::blockSize).toArray();
        SumEdges edges = new SumEdges(source, sum);
        Tiling tiling = new Tiling(sum, edges, sizes[sum.id()], childSizes);
        int[][] read = new int[tiling.blocks()][];
        Arrays.setAll(read, tiling::childBlocks);
        int count = Arrays.stream(read).mapToInt(blocks -> blocks.length).reduce(0, Math::addExact);
        int[] parents = new int[count];
        int[] childBlocks = new int[count];
        int e = 0;
        for (int q = 0; q < read.length; q++) {
            for (int child : read[q]) {
                parents[e] = q;
                childBlocks[e++] = child;
            }
        }
        SumVector sums = builder.sum(children, sum.nodes(), sizes[sum.id()], parents, childBlocks);
        return assembly.filled(sums, slice -> fill(sums, edges, tiling, childSizes, slice));
    }

    private static void fill(
            SumVector sums, SumEdges edges, Tiling tiling, int[] childSizes, MemorySegment slice) {
        int[] tile =
                new int[sums.childBlocks()]; // of each child block, in the current parent block
        int size = sums.blockSize();
        for (int q = 0; q < sums.blocks(); q++) {
            for (int e = sums.firstTile(q); e < sums.firstTile(q + 1); e++) {
                tile[sums.childBlock(e)] = e;
            }
            for (int row = 0; row < size; row++) {
                long inTile = row;
                edges.eachOf(
                        q * size + row,
                        (child, node, weight) -> {
                            int width = childSizes[child];
                            long start = sums.tileStart(tile[tiling.childBlock(child, node)]);
                            slice.setAtIndex(
                                    JAVA_FLOAT, start + inTile * width + node % width, weight);
                        });
            }
        }
    }

    private List<NodeVector> children(List<NodeVector> children) {
        return children.stream().map(child -> made.get(child.id())).toList();
    }
}
