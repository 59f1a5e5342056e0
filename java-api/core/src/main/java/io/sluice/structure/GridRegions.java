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
 * Region graph of a Poon-Domingos structure. It has all boxes of a grid whose sides are at the
 * grid's ends or at split points. Each box is split in two at every split point inside it.
 *
 * @param shape variables on each axis
 * @param points ascending split points on each axis; a point {@code p} separates the positions
 *     before {@code p} from {@code p} and those after it
 */
record GridRegions(int[] shape, int[][] points) {
    /** A larger graph suggests a mistake in the split points, and would take minutes to build. */
    private static final long MOST_REGIONS = 50_000;

    /** {@code interval, 2 interval, ...} below the size. */
    static int[] pointsAt(int interval, int size) {
        int[] points = new int[(size - 1) / interval];
        Arrays.setAll(points, i -> (i + 1) * interval);
        return points;
    }

    /**
     * @param depth how many splits may follow each other: boxes that need more splits do not exist,
     *     and those that need exactly this many are leaves
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
        Deque<Box> open =
                new ArrayDeque<>(); // breadth first: the first visit of a box has the fewest splits
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

    /** Number of boxes for a depth: each side that is not an end of the grid needs a split. */
    long boxes(int depth) {
        long[] withSplits = {1};
        for (int[] onAxis : points) {
            long p = onAxis.length;
            long[] intervals = {
                1, 2 * p, p * (p - 1) / 2
            }; // with no, one or two sides of this kind
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
