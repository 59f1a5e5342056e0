package io.sluice.reference;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ProductVector;
import io.sluice.circuit.SumVector;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Walks from the root down to one input for each variable, after a forward pass: at a product to
 * all children, at a sum to one of them. The inputs at the ends complete a row's missing cells.
 */
final class ReferenceWalk {
    private final Circuit circuit;
    private final ReferenceParameters parameters;
    private final ReferenceRow row;

    ReferenceWalk(Circuit circuit, ReferenceParameters parameters, ReferenceRow row) {
        this.circuit = circuit;
        this.parameters = parameters;
        this.row = row;
    }

    /**
     * The row with its missing cells drawn given the others, after a forward pass of a possible
     * row. At a sum the child is drawn with probability {@code theta_nc c / n}.
     */
    double[] drawn(RandomGenerator random) {
        return completed(
                (sum, node) -> drawEdge(sum, node, random),
                (input, node) -> parameters.distribution(input, node).draw(random));
    }

    /**
     * The row with its missing cells decoded after {@link ReferenceRow#forwardMaximum}: at a sum
     * the child that attains the maximum, the first of several; at an input its mode.
     */
    double[] decoded() {
        return completed(
                this::largestEdge, (input, node) -> parameters.distribution(input, node).mode());
    }

    private double[] completed(ChildChoice childOf, ValueChoice valueOf) {
        double[] cells = row.cells().clone();
        List<NodeVector> vectors = circuit.vectors();
        // Decomposability: a walk comes to each vector at most once.
        int[] chosen = new int[vectors.size()];
        Arrays.fill(chosen, -1);
        chosen[circuit.root().id()] = 0;
        for (int id = vectors.size() - 1; id >= 0; id--) {
            int node = chosen[id];
            if (node < 0) {
                continue;
            }
            switch (vectors.get(id)) {
                case InputVector input -> {
                    if (Double.isNaN(cells[input.variable()])) {
                        cells[input.variable()] = valueOf.value(input, node);
                    }
                }
                case ProductVector product -> {
                    for (int j = 0; j < product.children().size(); j++) {
                        NodeVector child = product.children().get(j);
                        chosen[child.id()] =
                                row.childOfProduct(product, node, j) - row.start(child);
                    }
                }
                case SumVector sum -> {
                    int position = childOf.position(sum, node);
                    NodeVector child = row.vectorAt(position);
                    chosen[child.id()] = position - row.start(child);
                }
            }
        }
        return cells;
    }

    @FunctionalInterface
    private interface ChildChoice {
        int position(SumVector sum, int node);
    }

    @FunctionalInterface
    private interface ValueChoice {
        double value(InputVector input, int node);
    }

    private int drawEdge(SumVector sum, int node, RandomGenerator random) {
        double left = random.nextDouble();
        double parentLog = row.logValue(sum, node);
        double[] theta = parameters.logsOf(sum.id());
        int last = -1;
        int block = node / sum.blockSize();
        for (int e = sum.firstTile(block); e < sum.firstTile(block + 1); e++) {
            int child = row.firstChild(sum, e);
            int index = ReferenceRow.firstIndex(sum, node, e);
            for (int j = 0; j < sum.childBlockSize(e); j++) {
                double share = Math.exp(theta[index + j] + row.logAt(child + j) - parentLog);
                if (share > 0) {
                    last = child + j;
                    left -= share;
                    if (left < 0) {
                        return last;
                    }
                }
            }
        }
        return last; // the shares sum to one up to rounding
    }

    private int largestEdge(SumVector sum, int node) {
        double[] theta = parameters.logsOf(sum.id());
        int block = node / sum.blockSize();
        int best = row.firstChild(sum, sum.firstTile(block));
        double largest = Double.NEGATIVE_INFINITY;
        for (int e = sum.firstTile(block); e < sum.firstTile(block + 1); e++) {
            int child = row.firstChild(sum, e);
            int index = ReferenceRow.firstIndex(sum, node, e);
            for (int j = 0; j < sum.childBlockSize(e); j++) {
                double value = theta[index + j] + row.logAt(child + j);
                if (value > largest) {
                    largest = value;
                    best = child + j;
                }
            }
        }
        return best;
    }
}
