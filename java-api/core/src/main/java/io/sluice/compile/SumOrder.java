package io.sluice.compile;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ProductVector;
import io.sluice.circuit.SumVector;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Layers of the sum blocks and, within a layer, partitions of blocks with equally many nodes and a
 * fan-in between the same powers of two. So a launch over a partition has balanced work and pads no
 * block to more than twice its fan-in.
 *
 * @param vector sum vector of each sum block, in order
 * @param block the block within its vector
 * @param number for each vector of the circuit, the indices of its blocks in this order
 */
record SumOrder(SumVector[] vector, int[] block, int[][] number, List<Plan.Partition> partitions) {

    private static final int[] NONE = {};

    static SumOrder of(Circuit circuit) {
        int[] layer = layers(circuit);
        List<SumVector> sums = new ArrayList<>();
        int count = 0;
        for (NodeVector vector : circuit.vectors()) {
            if (vector instanceof SumVector sum) {
                sums.add(sum);
                count = Math.addExact(count, sum.blocks());
            }
        }
        // The high bits of a sort key hold layer, nodes and fan-in class, the low bits the block's
        // index. So one sort of longs orders everything.
        Keys keys = new Keys(count);
        for (SumVector sum : sums) {
            for (int q = 0; q < sum.blocks(); q++) {
                keys.add(layer[sum.id()], sum, q);
            }
        }
        return keys.order(circuit.vectors().size());
    }

    private static int[] layers(Circuit circuit) {
        int[] layer = new int[circuit.vectors().size()];
        for (NodeVector vector : circuit.vectors()) {
            layer[vector.id()] =
                    switch (vector) {
                        case InputVector input -> 0;
                        case ProductVector product -> highest(product.children(), layer);
                        case SumVector sum -> 1 + highest(sum.children(), layer);
                    };
        }
        return layer;
    }

    private static int highest(List<NodeVector> children, int[] layer) {
        int highest = 0;
        for (NodeVector child : children) {
            highest = Math.max(highest, layer[child.id()]);
        }
        return highest;
    }

    private static long fanIn(SumVector sum, int block) {
        int edges = sum.firstTile(block + 1) - sum.firstTile(block);
        if (sum.children().size() == 1) {
            return (long) edges * sum.children().get(0).blockSize();
        }
        long fanIn = 0;
        for (int e = sum.firstTile(block); e < sum.firstTile(block + 1); e++) {
            fanIn += sum.childBlockSize(e);
        }
        return fanIn;
    }

    /** Sum blocks with their sort keys. */
    private static final class Keys {
        private final SumVector[] vector;
        private final int[] block;
        private final int[] layer;
        private final long[] fanIn;
        private int size;

        Keys(int count) {
            vector = new SumVector[count];
            block = new int[count];
            layer = new int[count];
            fanIn = new long[count];
        }

        void add(int layerOfSum, SumVector sum, int q) {
            vector[size] = sum;
            block[size] = q;
            layer[size] = layerOfSum;
            fanIn[size] = fanIn(sum, q);
            size++;
        }

        private static int fanInClass(long fanIn) {
            return Long.SIZE - Long.numberOfLeadingZeros(fanIn - 1);
        }

        private boolean alike(int a, int b) {
            return layer[a] == layer[b]
                    && vector[a].blockSize() == vector[b].blockSize()
                    && fanInClass(fanIn[a]) == fanInClass(fanIn[b]);
        }

        /** Ranks (layer, nodes, fan-in class) densely, so a long holds both rank and index. */
        private long[] sortedKeys() {
            Integer[] kinds = new Integer[size];
            int count = 0;
            for (int i = 0; i < size; i++) {
                // Equal consecutive blocks, the usual case, count once.
                if (i == 0 || !alike(i, i - 1)) {
                    kinds[count++] = i;
                }
            }
            Integer[] distinct = Arrays.copyOf(kinds, count);
            Arrays.sort(
                    distinct,
                    (a, b) -> {
                        int byLayer = Integer.compare(layer[a], layer[b]);
                        int byNodes = Integer.compare(vector[a].blockSize(), vector[b].blockSize());
                        int byFanIn = Integer.compare(fanInClass(fanIn[a]), fanInClass(fanIn[b]));
                        return byLayer != 0 ? byLayer : byNodes != 0 ? byNodes : byFanIn;
                    });
            int[] rankOfRun = new int[size];
            int rank = 0;
            for (int i = 0; i < distinct.length; i++) {
                if (i > 0 && !alike(distinct[i], distinct[i - 1])) {
                    rank++;
                }
                rankOfRun[distinct[i]] = rank;
            }
            long[] keys = new long[size];
            int current = 0;
            for (int i = 0; i < size; i++) {
                if (i == 0 || !alike(i, i - 1)) {
                    current = rankOfRun[i];
                }
                keys[i] = ((long) current << Integer.SIZE) | i;
            }
            Arrays.sort(keys);
            return keys;
        }

        SumOrder order(int vectors) {
            long[] keys = sortedKeys();
            SumVector[] sortedVector = new SumVector[size];
            int[] sortedBlock = new int[size];
            int[][] number = new int[vectors][];
            Arrays.fill(number, NONE);
            List<Plan.Partition> partitions = new ArrayList<>();
            int first = 0;
            long widest = 0;
            for (int s = 0; s < size; s++) {
                int i = (int) keys[s];
                sortedVector[s] = vector[i];
                sortedBlock[s] = block[i];
                int id = vector[i].id();
                if (number[id].length == 0) {
                    number[id] = new int[vector[i].blocks()];
                }
                number[id][block[i]] = s;
                widest = Math.max(widest, fanIn[i]);
                if (s + 1 == size || !alike(i, (int) keys[s + 1])) {
                    partitions.add(
                            new Plan.Partition(layer[i], first, s + 1, Math.toIntExact(widest)));
                    first = s + 1;
                    widest = 0;
                }
            }
            return new SumOrder(sortedVector, sortedBlock, number, List.copyOf(partitions));
        }
    }
}
