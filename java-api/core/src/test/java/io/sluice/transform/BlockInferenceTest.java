package io.sluice.transform;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ParameterInitializer;
import io.sluice.circuit.ProductVector;
import io.sluice.circuit.Scope;
import io.sluice.circuit.SumVector;
import io.sluice.leaf.Bernoulli;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

class BlockInferenceTest {
    private final CircuitBuilder builder = Circuit.builder();
    private final List<NodeVector> vectors = new ArrayList<>();

    private int kept(NodeVector vector) {
        vectors.add(vector);
        return vectors.size() - 1;
    }

    private int leaves(int nodes) {
        return kept(builder.input(vectors.size(), new Bernoulli(), nodes, 1));
    }

    private int products(int[] children, int[][] edges) {
        List<NodeVector> factors = new ArrayList<>();
        for (int child : children) {
            factors.add(vectors.get(child));
        }
        return kept(builder.product(factors, edges));
    }

    private int mixtures(int nodes, int child, int owner, int[][] edges) {
        List<NodeVector> children = List.of(vectors.get(child));
        if (owner >= 0) {
            return kept(builder.tiedSum((SumVector) vectors.get(owner), children));
        }
        int[] node = new int[edges.length];
        int[] to = new int[edges.length];
        for (int e = 0; e < edges.length; e++) {
            node[e] = edges[e][0];
            to[e] = edges[e][1];
        }
        return kept(builder.sum(children, nodes, 1, node, to));
    }

    private static int[][] shifted(int nodes, int by) {
        int[][] edges = new int[nodes][];
        for (int i = 0; i < nodes; i++) {
            edges[i] = new int[] {(i + by) % nodes};
        }
        return edges;
    }

    private void assertSizes(int... expected) {
        // a sum of one node over each vector that nothing reads completes the circuit
        List<NodeVector> ends = new ArrayList<>(vectors);
        for (NodeVector vector : vectors) {
            switch (vector) {
                case InputVector input -> {}
                case ProductVector product -> ends.removeAll(product.children());
                case SumVector sum -> ends.removeAll(sum.children());
            }
        }
        List<NodeVector> roots = new ArrayList<>();
        Map<Scope, List<NodeVector>> ofScope = new LinkedHashMap<>();
        ends.forEach(end -> ofScope.computeIfAbsent(end.scope(), s -> new ArrayList<>()).add(end));
        ofScope.values().forEach(alike -> roots.add(builder.sum(alike, 1, 1)));
        Circuit circuit =
                builder.build(
                        roots.size() == 1 ? roots.get(0) : builder.product(roots),
                        ParameterInitializer.random(0));
        int[] sizes = BlockInference.blockSizes(circuit);
        assertArrayEquals(expected, Arrays.copyOf(sizes, expected.length));
    }

    @Test
    void an_identity_product_is_one_block() {
        products(new int[] {leaves(12)}, shifted(12, 0));
        assertSizes(12, 12);
    }

    @Test
    void a_rotation_is_aligned_for_the_divisors_of_its_shift() {
        products(new int[] {leaves(12)}, shifted(12, 4));
        assertSizes(4, 4);
    }

    @Test
    void all_products_of_a_group_take_whole_blocks() {
        int leaves = leaves(24);
        products(new int[] {leaves}, shifted(24, 6));
        products(new int[] {leaves}, shifted(24, 8));
        assertSizes(2, 2, 2);
    }

    @Test
    void a_product_that_repeats_nodes_has_blocks_of_one() {
        int a = leaves(2);
        int b = leaves(2);
        products(new int[] {a, b}, new int[][] {{0, 0}, {0, 1}, {1, 0}, {1, 1}});
        assertSizes(1, 1, 1);
    }

    @Test
    void a_product_that_repeats_whole_blocks_keeps_them() {
        products(new int[] {leaves(4)}, new int[][] {{2}, {3}, {0}, {1}, {2}, {3}});
        assertSizes(2, 2);
    }

    @Test
    void sums_bind_no_block_sizes() {
        int leaves = leaves(4);
        int[][] dense = new int[12][];
        for (int i = 0; i < 12; i++) {
            dense[i] = new int[] {i / 4, i % 4};
        }
        mixtures(3, leaves, -1, dense);
        assertSizes(4, 3);
    }

    @Test
    void a_block_diagonal_sum_is_cut_until_its_tiles_are_a_quarter_full() {
        int leaves = leaves(64);
        List<int[]> edges = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            for (int j = 0; j < 2; j++) {
                edges.add(new int[] {i, i / 2 * 2 + j});
            }
        }
        mixtures(64, leaves, -1, edges.toArray(int[][]::new));
        // 64 nodes with 2 edges each: tiles of 8 x 8 are a quarter full.
        assertSizes(8, 8);
    }

    @Test
    void tied_sums_and_their_children_get_the_same_blocks() {
        int first = leaves(4);
        int second = leaves(4);
        int moved = products(new int[] {second}, shifted(4, 2));
        int[][] dense = new int[16][];
        for (int i = 0; i < 16; i++) {
            dense[i] = new int[] {i / 4, i % 4};
        }
        int owner = mixtures(4, first, -1, dense);
        mixtures(4, moved, owner, dense);
        assertSizes(2, 2, 2, 4, 4);
    }
}
