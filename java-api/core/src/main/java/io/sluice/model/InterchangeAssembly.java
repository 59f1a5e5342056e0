package io.sluice.model;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.SumVector;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Builds a circuit from checked vectors and their block sizes; ids stay those of the file. */
final class InterchangeAssembly {
    private final List<FlatVector> vectors;
    private final int[] blockSizes;
    private final CircuitBuilder builder = Circuit.builder();
    private final List<NodeVector> built = new ArrayList<>();

    InterchangeAssembly(List<FlatVector> vectors, int[] blockSizes) {
        this.vectors = vectors;
        this.blockSizes = blockSizes;
    }

    Circuit circuit() {
        for (FlatVector vector : vectors) {
            built.add(
                    switch (vector) {
                        case FlatVector.Leaves leaves -> leaves(leaves);
                        case FlatVector.Products products -> products(products);
                        case FlatVector.Mixtures mixtures -> mixtures(mixtures);
                    });
        }
        return builder.build(built.get(built.size() - 1), this::fill);
    }

    private NodeVector leaves(FlatVector.Leaves leaves) {
        return leaves.owner() == leaves.id()
                ? builder.input(
                        leaves.variable(), leaves.family(), leaves.nodes(), blockSizes[leaves.id()])
                : builder.tiedInput(leaves.variable(), (InputVector) built.get(leaves.owner()));
    }

    private NodeVector products(FlatVector.Products products) {
        int size = blockSizes[products.id()];
        int width = products.children().length;
        int[][] childBlocks = new int[products.nodes() / size][width];
        for (int block = 0; block < childBlocks.length; block++) {
            for (int j = 0; j < width; j++) {
                childBlocks[block][j] = products.edges()[block * size * width + j] / size;
            }
        }
        return builder.product(children(products), childBlocks);
    }

    private NodeVector mixtures(FlatVector.Mixtures mixtures) {
        if (mixtures.owner() != mixtures.id()) {
            return builder.tiedSum((SumVector) built.get(mixtures.owner()), children(mixtures));
        }
        SumTiles tiles = tiles(mixtures);
        int[] parentBlocks = new int[tiles.count()];
        int[] childBlocks = new int[tiles.count()];
        Arrays.setAll(parentBlocks, tiles::parentBlock);
        Arrays.setAll(childBlocks, tiles::childBlock);
        return builder.sum(
                children(mixtures),
                mixtures.nodes(),
                blockSizes[mixtures.id()],
                parentBlocks,
                childBlocks);
    }

    private List<NodeVector> children(FlatVector vector) {
        return Arrays.stream(vector.children()).mapToObj(built::get).toList();
    }

    private SumTiles tiles(FlatVector.Mixtures mixtures) {
        return new SumTiles(mixtures, vectors, id -> blockSizes[id]);
    }

    private void fill(NodeVector vector, MemorySegment slice) {
        switch (vectors.get(vector.id())) {
            case FlatVector.Leaves leaves ->
                    MemorySegment.copy(
                            leaves.values(),
                            0,
                            slice,
                            ValueLayout.JAVA_FLOAT,
                            0,
                            leaves.values().length);
            case FlatVector.Mixtures mixtures -> {
                SumTiles tiles = tiles(mixtures);
                for (int edge = 0; edge < mixtures.weight().length; edge++) {
                    slice.setAtIndex(
                            ValueLayout.JAVA_FLOAT, tiles.position(edge), mixtures.weight()[edge]);
                }
            }
            case FlatVector.Products products -> {}
        }
    }
}
