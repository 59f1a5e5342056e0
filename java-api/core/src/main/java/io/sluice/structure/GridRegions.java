package io.sluice.structure;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Scope;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Region graph of a Poon-Domingos structure: all boxes of a grid whose sides lie at the grid's ends
 * or at split points, each split in two at every split point inside it.
 *
 * @param shape variables on each axis
 * @param points ascending split points on each axis; a point {@code p} separates the positions
 *     before {@code p} from {@code p} and those after it
 */
record GridRegions(int[] shape, int[][] points) {
    /** Beyond this a graph is a mistake in the split points, and would take minutes to build. */
    private static final long MOST_REGIONS = 50_000;

    /** {@code interval, 2 interval, ...} below the size. */
    static int[] pointsAt(int interval, int size) {
        int[] points = new int[(size - 1) / interval];
        Arrays.setAll(points, i -> (i + 1) * interval);
        return points;
    }

    /**
     * @param depth how many splits may follow each other: boxes that more are needed to cut out do
     *     not exist, and those that need that many are leaves
     */
    RegionGraph graph(int depth) {
        if (boxes(depth) > MOST_REGIONS) {
            throw new InvalidArgumentException(
                    "the split points of a grid of "
                            + Arrays.toString(shape)
                            + " make "
                            + boxes(depth)
                            + " regions, expected at most "
                            + MOST_REGIONS
                            + ": give larger split intervals, fewer split points or a smaller"
                            + " depth");
        }
        RegionGraphBuilder graph = RegionGraph.builder();
        Map<Box, Scope> scopes = new HashMap<>();
        Map<Box, Integer> depths = new HashMap<>();
        Deque<Box> open = new ArrayDeque<>(); // breadth first: a box is met by its fewest splits
        Box whole = Box.whole(shape);
        open.add(whole);
        depths.put(whole, 0);
        while (!open.isEmpty()) {
            Box box = open.remove();
            int below = depths.getOrDefault(box, 0) + 1;
            for (int axis = 0; below <= depth && axis < shape.length; axis++) {
                for (int point : points[axis]) {
                    if (box.from()[axis] < point && point < box.to()[axis]) {
                        List<Box> parts = List.of(box.before(axis, point), box.after(axis, point));
                        for (Box part : parts) {
                            if (depths.putIfAbsent(part, below) == null) {
                                open.add(part);
                            }
                        }
                        graph.split(
                                scope(box, scopes),
                                parts.stream().map(part -> scope(part, scopes)).toList());
                    }
                }
            }
        }
        return graph.build(scope(whole, scopes));
    }

    /** How many boxes a depth allows: each side that is not an end of the grid takes a split. */
    long boxes(int depth) {
        long[] withSplits = {1};
        for (int[] onAxis : points) {
            long p = onAxis.length;
            long[] intervals = {1, 2 * p, p * (p - 1) / 2}; // with none, one or two such ends
            long[] sum = new long[withSplits.length + 2];
            for (int i = 0; i < withSplits.length; i++) {
                for (int j = 0; j < intervals.length; j++) {
                    sum[i + j] += withSplits[i] * intervals[j];
                }
            }
            withSplits = sum;
        }
        return Arrays.stream(withSplits).limit(depth + 1L).sum();
    }

    private Scope scope(Box box, Map<Box, Scope> scopes) {
        return scopes.computeIfAbsent(box, key -> key.scope(shape));
    }
}
