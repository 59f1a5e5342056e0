package io.sluice.learning;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ParameterLayout;
import io.sluice.circuit.ProductVector;
import io.sluice.circuit.SumVector;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Top-down probabilities: how often a node is visited when rows are drawn from the circuit, which
 * is its flow for a row with all cells missing.
 *
 * <pre>
 * TD(root) = 1,   TD(c) = sum over parents n of TD(n) theta_nc   (1 for the edges of products)
 * </pre>
 */
final class TopDown {
    private TopDown() {}

    /**
     * Probabilities of all nodes.
     *
     * @param circuit with the graph
     * @param parameters in the order of the circuit's layout
     * @return for each vector that owns parameters, by its id, those of its nodes, summed over the
     *     vectors that are tied to it; null for other vectors
     */
    static double[][] probabilities(Circuit circuit, MemorySegment parameters) {
        List<NodeVector> vectors = circuit.vectors();
        double[][] nodes = new double[vectors.size()][];
        double[][] pooled = new double[vectors.size()][];
        for (NodeVector vector : vectors) {
            nodes[vector.id()] = new double[vector.nodes()];
        }
        nodes[circuit.root().id()][0] = 1;
        for (int id = vectors.size() - 1; id >= 0; id--) {
            switch (vectors.get(id)) {
                case SumVector sum -> {
                    pass(sum, circuit.layout(), parameters, nodes);
                    pool(pooled, sum.parameterOwner(), nodes[id]);
                }
                case ProductVector product -> pass(product, nodes);
                case InputVector input -> pool(pooled, input.parameterOwner(), nodes[id]);
            }
        }
        return pooled;
    }

    private static void pool(double[][] pooled, int owner, double[] more) {
        if (pooled[owner] == null) {
            pooled[owner] = more.clone();
        } else {
            for (int node = 0; node < more.length; node++) {
                pooled[owner][node] += more[node];
            }
        }
    }

    private static void pass(
            SumVector sum, ParameterLayout layout, MemorySegment parameters, double[][] nodes) {
        double[] parents = nodes[sum.id()];
        int rows = sum.blockSize();
        for (int block = 0; block < sum.blocks(); block++) {
            for (int e = sum.firstTile(block); e < sum.firstTile(block + 1); e++) {
                int columns = sum.childBlockSize(e);
                double[] children = nodes[sum.childVector(e).id()];
                int first = sum.childBlockInVector(e) * columns;
                long index = layout.tileOffset(sum, e);
                for (int row = 0; row < rows; row++) {
                    double parent = parents[block * rows + row];
                    for (int column = 0; column < columns; column++, index++) {
                        children[first + column] +=
                                parent * parameters.getAtIndex(JAVA_FLOAT, index);
                    }
                }
            }
        }
    }

    private static void pass(ProductVector product, double[][] nodes) {
        double[] parents = nodes[product.id()];
        int size = product.blockSize();
        for (int j = 0; j < product.children().size(); j++) {
            double[] children = nodes[product.children().get(j).id()];
            for (int block = 0; block < product.blocks(); block++) {
                int first = product.childBlock(block, j) * size;
                for (int i = 0; i < size; i++) {
                    children[first + i] += parents[block * size + i];
                }
            }
        }
    }
}
