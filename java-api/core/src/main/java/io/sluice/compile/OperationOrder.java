package io.sluice.compile;

/**
 * The order of a plan's operations. A depth-first search from the root puts a block shortly before
 * the parents that read it. So the values of a few rows stay in the cache during the forward pass
 * and, in reverse order, during the backward pass. Sum blocks that nothing reads come last; they
 * are computed, too, so every pass writes all buffers.
 */
final class OperationOrder {
    private final int inputs;
    private final Tiles tiles;
    private final Adjacency factors;
    private final boolean[] seenSum;
    private final boolean[] seenElement;
    private final IntList stack = new IntList();
    private final IntList cursor = new IntList();
    private final IntList operations = new IntList();

    private OperationOrder(int inputs, Tiles tiles, Adjacency factors) {
        this.inputs = inputs;
        this.tiles = tiles;
        this.factors = factors;
        seenSum = new boolean[tiles.sumNodes().length];
        seenElement = new boolean[factors.begin().length - 1];
    }

    static int[] of(int inputs, Tiles tiles, Adjacency factors) {
        OperationOrder order = new OperationOrder(inputs, tiles, factors);
        order.search(tiles.root() - inputs);
        for (int sum = 0; sum < order.seenSum.length; sum++) {
            if (!order.seenSum[sum]) {
                order.search(sum);
            }
        }
        return order.operations.toArray();
    }

    private void search(int start) {
        push(start);
        while (stack.size() > 0) {
            int operation = stack.get(stack.size() - 1);
            int next = cursor.get(cursor.size() - 1);
            if (next == end(operation)) {
                operations.add(operation);
                stack.removeLast();
                cursor.removeLast();
                continue;
            }
            cursor.set(cursor.size() - 1, next + 1);
            if (operation >= 0) {
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

    private void push(int operation) {
        if (operation >= 0) {
            seenSum[operation] = true;
            cursor.add(tiles.tileBegin()[operation]);
        } else {
            seenElement[~operation] = true;
            cursor.add(factors.begin()[~operation]);
        }
        stack.add(operation);
    }

    private int end(int operation) {
        return operation >= 0 ? tiles.tileBegin()[operation + 1] : factors.begin()[~operation + 1];
    }
}
