package io.sluice.compile;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ParameterLayout;
import io.sluice.circuit.SumVector;

/**
 * The tiles of all sum blocks in order. A root that is not a sum gets one more sum block, with a
 * tile of a constant weight.
 *
 * @param pad offset of that constant weight; -1 if the root is a sum
 */
record Tiles(
        int[] sumNodes,
        int[] tileBegin,
        int[] element,
        int[] sum,
        long[] parameter,
        int[] tileInVector,
        int root,
        long pad) {

    static Tiles of(Circuit circuit, SumOrder order, BlockNumbers blocks, Elements elements) {
        boolean padded = !(circuit.root() instanceof SumVector);
        int sums = order.vector().length + (padded ? 1 : 0);
        int tiles = padded ? 1 : 0;
        for (NodeVector vector : circuit.vectors()) {
            if (vector instanceof SumVector s) {
                tiles = Math.addExact(tiles, s.tiles());
            }
        }
        Tiles table =
                new Tiles(
                        new int[sums],
                        new int[sums + 1],
                        new int[tiles],
                        new int[tiles],
                        new long[tiles],
                        new int[tiles],
                        rootBlock(circuit, blocks, sums),
                        padded ? circuit.layout().size() : -1);
        table.fill(circuit.layout(), order, elements);
        if (padded) {
            table.sumNodes[sums - 1] = 1;
            table.element[tiles - 1] = elements.of(circuit.root(), 0);
            table.sum[tiles - 1] = sums - 1;
            table.parameter[tiles - 1] = table.pad;
            table.tileInVector[tiles - 1] = -1;
            table.tileBegin[sums] = tiles;
        }
        return table;
    }

    private static int rootBlock(Circuit circuit, BlockNumbers blocks, int sums) {
        return circuit.root() instanceof SumVector root
                ? blocks.of(root, 0)
                : blocks.inputs() + sums - 1;
    }

    private void fill(ParameterLayout layout, SumOrder order, Elements elements) {
        int tile = 0;
        for (int s = 0; s < order.vector().length; s++) {
            SumVector vector = order.vector()[s];
            int block = order.block()[s];
            sumNodes[s] = vector.blockSize();
            for (int e = vector.firstTile(block); e < vector.firstTile(block + 1); e++) {
                element[tile] = elements.of(vector.childVector(e), vector.childBlockInVector(e));
                sum[tile] = s;
                parameter[tile] = layout.tileOffset(vector, e);
                tileInVector[tile] = e;
                tile++;
            }
            tileBegin[s + 1] = tile;
        }
    }
}
