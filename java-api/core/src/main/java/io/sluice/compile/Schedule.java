package io.sluice.compile;

/**
 * Bottom-up order of sum blocks and elements by depth-first search from the root: a block is
 * followed closely by the parent that reads it, so that a few samples' values stay in the cache on
 * their way up, and down again in the reverse order. Sum blocks that nothing reads follow, so that
 * every buffer is written in every pass.
 */
final class Schedule {
    private final int inputs;
    private final TileTable tiles;
    private final Adjacency factors;
    private final boolean[] seenSum;
    private final boolean[] seenElement;
    private final IntList stack = new IntList();
    private final IntList cursor = new IntList();
    private final IntList steps = new IntList();

    private Schedule(int inputs, TileTable tiles, Adjacency factors) {
        this.inputs = inputs;
        this.tiles = tiles;
        this.factors = factors;
        seenSum = new boolean[tiles.sumNodes().length];
        seenElement = new boolean[factors.begin().length - 1];
    }

    static int[] of(int inputs, TileTable tiles, Adjacency factors) {
        Schedule schedule = new Schedule(inputs, tiles, factors);
        schedule.search(tiles.root() - inputs);
        for (int sum = 0; sum < schedule.seenSum.length; sum++) {
            if (!schedule.seenSum[sum]) {
                schedule.search(sum);
            }
        }
        return schedule.steps.toArray();
    }

    private void search(int start) {
        push(start);
        while (stack.size() > 0) {
            int step = stack.get(stack.size() - 1);
            int next = cursor.get(cursor.size() - 1);
            if (next == end(step)) {
                steps.add(step);
                stack.removeLast();
                cursor.removeLast();
                continue;
            }
            cursor.set(cursor.size() - 1, next + 1);
            if (step >= 0) {
                int element = tiles.element()[next];
                if (!seenElement[element]) {
                    push(~element);
                }
            } else {
                int sum = factors.items()[next] - inputs;
                if (sum >= 0 && !seenSum[sum]) {
                    push(sum);
                }
            }
        }
    }

    private void push(int step) {
        if (step >= 0) {
            seenSum[step] = true;
            cursor.add(tiles.tileBegin()[step]);
        } else {
            seenElement[~step] = true;
            cursor.add(factors.begin()[~step]);
        }
        stack.add(step);
    }

    private int end(int step) {
        return step >= 0 ? tiles.tileBegin()[step + 1] : factors.begin()[~step + 1];
    }
}
