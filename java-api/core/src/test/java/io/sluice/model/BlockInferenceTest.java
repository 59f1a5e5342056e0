package io.sluice.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.sluice.circuit.Bernoulli;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

class BlockInferenceTest {
    private final List<FlatVector> vectors = new ArrayList<>();

    private int leaves(int nodes) {
        int id = vectors.size();
        vectors.add(
                new FlatVector.Leaves(id, id, new Bernoulli(), nodes, id, new float[2 * nodes]));
        return id;
    }

    private int products(int[] children, int[][] edges) {
        int[] flat = new int[edges.length * children.length];
        for (int i = 0; i < flat.length; i++) {
            flat[i] = edges[i / children.length][i % children.length];
        }
        vectors.add(new FlatVector.Products(vectors.size(), edges.length, children, flat));
        return vectors.size() - 1;
    }

    private int mixtures(int nodes, int child, int owner, int[][] edges) {
        int[] node = new int[edges.length];
        int[] to = new int[edges.length];
        for (int e = 0; e < edges.length; e++) {
            node[e] = edges[e][0];
            to[e] = edges[e][1];
        }
        int id = vectors.size();
        vectors.add(
                new FlatVector.Mixtures(
                        id,
                        nodes,
                        new int[] {child},
                        vectors.get(child).nodes(),
                        owner < 0 ? id : owner,
                        node,
                        to,
                        new float[edges.length]));
        return id;
    }

    private static int[][] shifted(int nodes, int by) {
        int[][] edges = new int[nodes][];
        for (int i = 0; i < nodes; i++) {
            edges[i] = new int[] {(i + by) % nodes};
        }
        return edges;
    }

    private void assertSizes(int... expected) {
        assertArrayEquals(expected, BlockInference.blockSizes(vectors));
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
