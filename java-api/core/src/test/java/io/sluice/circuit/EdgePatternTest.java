package io.sluice.circuit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.InvalidArgumentException;
import io.sluice.leaf.Bernoulli;
import io.sluice.leaf.Categorical;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

class EdgePatternTest {
    private static final ParameterInitializer RANDOM = ParameterInitializer.random(1);

    private final CircuitBuilder builder = Circuit.builder();

    private InputVector leaves(int nodes, int blockSize) {
        return builder.input(0, new Categorical(3), nodes, blockSize);
    }

    private static List<Integer> read(SumVector sum, int block) {
        List<Integer> read = new ArrayList<>();
        for (int e = sum.firstTile(block); e < sum.firstTile(block + 1); e++) {
            read.add(sum.childBlock(e));
        }
        return read;
    }

    private static void refused(Executable call, String part) {
        String message =
                String.valueOf(assertThrows(InvalidArgumentException.class, call).getMessage());
        assertTrue(message.contains(part), message);
    }

    @Test
    void a_dense_pattern_is_the_default() {
        SumVector plain = builder.sum(List.of(leaves(6, 2)), 4, 2);
        SumVector dense = builder.sum(List.of(leaves(6, 2)), 4, 2, EdgePattern.dense());
        assertEquals(plain.tiles(), dense.tiles());
        assertEquals(List.of(0, 1, 2), read(dense, 1));
    }

    @Test
    void a_block_diagonal_sum_reads_the_block_of_its_number() {
        SumVector sum =
                builder.sum(List.of(leaves(4, 2), leaves(2, 2)), 6, 2, EdgePattern.blockDiagonal());
        for (int q = 0; q < 3; q++) {
            assertEquals(List.of(q), read(sum, q));
        }
        refused(
                () -> builder.sum(List.of(leaves(4, 2)), 6, 2, EdgePattern.blockDiagonal()),
                "3 blocks over 2 child blocks");
    }

    @Test
    void random_blocks_leave_no_child_block_out_and_none_twice() {
        InputVector leaves = leaves(14, 2);
        for (long seed = 0; seed < 50; seed++) {
            SumVector sum = builder.sum(List.of(leaves), 6, 2, EdgePattern.randomBlocks(3, seed));
            BitSet read = new BitSet();
            for (int q = 0; q < 3; q++) {
                assertEquals(3, read(sum, q).size());
                read(sum, q).forEach(read::set);
            }
            assertEquals(7, read.cardinality());
        }
        refused(
                () -> builder.sum(List.of(leaves), 4, 2, EdgePattern.randomBlocks(8, 0)),
                "8 child blocks");
        refused(() -> EdgePattern.randomBlocks(0, 0), "at least 1");
    }

    @Test
    void every_node_of_a_monarch_sum_depends_on_every_child_node_by_one_path() {
        int[][] shapes = {{16, 16}, {12, 12}, {6, 20}, {7, 4}, {1, 9}};
        for (int[] shape : shapes) {
            SumVector upper =
                    builder.sum(
                            List.of(leaves(2 * shape[1], 2)),
                            2 * shape[0],
                            2,
                            EdgePattern.monarch());
            SumVector lower = (SumVector) upper.children().get(0);
            for (int q = 0; q < shape[0]; q++) {
                List<Integer> reached = new ArrayList<>();
                read(upper, q).forEach(block -> reached.addAll(read(lower, block)));
                assertEquals(shape[1], reached.size());
                assertEquals(shape[1], reached.stream().distinct().count());
            }
        }
    }

    @Test
    void a_monarch_sum_of_n_over_n_blocks_has_two_n_roots_of_n_tiles() {
        SumVector upper = builder.sum(List.of(leaves(64, 1)), 64, 1, EdgePattern.monarch());
        SumVector lower = (SumVector) upper.children().get(0);
        assertEquals(2 * 64 * 8, upper.parameters() + lower.parameters());
    }

    @Test
    void a_mask_makes_tiles_where_it_has_edges_and_hard_zeros_in_them() {
        boolean[][] mask = new boolean[4][6];
        mask[0][1] = true;
        mask[1][0] = true;
        mask[1][1] = true;
        mask[2][5] = true;
        mask[3][0] = true;
        mask[3][4] = true;
        SumVector sum = builder.sum(List.of(leaves(6, 2)), 4, 2, EdgePattern.mask(mask));
        assertEquals(List.of(0), read(sum, 0));
        assertEquals(List.of(0, 2), read(sum, 1));
        Circuit circuit = builder.build(builder.sum(1, sum), RANDOM);
        float[] weights = new float[12];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = circuit.parameters().get(circuit.layout().offset(sum.id()) + i);
        }
        // tiles (0,0), (1,0), (1,2), row by row
        boolean[] edges = {
            false, true, true, true, false, false, true, false, false, true, true, false
        };
        for (int i = 0; i < weights.length; i++) {
            assertEquals(edges[i], weights[i] > 0, "weight " + i);
        }
        assertEquals(6, circuit.properties().edges() - 4);
    }

    @Test
    void masks_that_do_not_fit_are_refused() {
        refused(() -> EdgePattern.mask(new boolean[0][]), "no nodes");
        refused(() -> EdgePattern.mask(new boolean[2][2]), "row 0");
        EdgePattern all = EdgePattern.mask(new boolean[][] {{true, true}, {true, true}});
        refused(() -> builder.sum(List.of(leaves(3, 1)), 2, 1, all), "2 nodes over 2 child nodes");
    }

    @Test
    void blocks_are_the_largest_divisor_up_to_128_unless_asked_for() {
        assertEquals(128, builder.input(0, new Categorical(3), 512).blockSize());
        assertEquals(100, builder.input(0, new Categorical(3), 300).blockSize());
        assertEquals(7, builder.sum(7, leaves(4, 2)).blockSize());
        refused(() -> builder.input(0, new Categorical(3), 0), "0 nodes");
    }

    @Test
    void a_duplicate_is_the_same_over_other_variables() {
        InputVector x = builder.input(0, new Categorical(3), 4, 2);
        InputVector y = builder.input(1, new Categorical(3), 4, 2);
        ProductVector xy = builder.product(List.of(x, y), new int[][] {{1, 0}, {0, 1}, {1, 1}});
        SumVector sum = builder.sum(List.of(xy), 4, 2, EdgePattern.randomBlocks(2, 7));
        SumVector own = builder.duplicate(sum, v -> v + 2);
        SumVector tied = builder.tiedDuplicate(sum, v -> v + 4);
        assertEquals(Scope.of(2, 3), own.scope());
        assertEquals(own.id(), own.parameterOwner());
        assertEquals(sum.id(), tied.parameterOwner());
        for (SumVector copy : List.of(own, tied)) {
            for (int q = 0; q < 2; q++) {
                assertEquals(read(sum, q), read(copy, q));
            }
            ProductVector below = (ProductVector) copy.children().get(0);
            assertArrayEquals(
                    new int[] {1, 0, 1},
                    new int[] {
                        below.childBlock(0, 0), below.childBlock(0, 1), below.childBlock(2, 1)
                    });
        }
        Circuit circuit = builder.build(builder.sum(1, builder.product(sum, own, tied)), RANDOM);
        assertEquals(6, circuit.variables());
    }

    @Test
    void a_duplicate_keeps_the_hard_zeros_of_a_mask() {
        InputVector x = builder.input(0, new Categorical(3), 2, 2);
        SumVector sum =
                builder.sum(
                        List.of(x),
                        2,
                        2,
                        EdgePattern.mask(new boolean[][] {{true, false}, {true, true}}));
        SumVector copy = builder.duplicate(sum, v -> 1);
        Circuit circuit = builder.build(builder.sum(1, builder.product(sum, copy)), RANDOM);
        long offset = circuit.layout().offset(copy.id());
        assertEquals(1, circuit.parameters().get(offset));
        assertEquals(0, circuit.parameters().get(offset + 1));
    }

    @Test
    void a_duplicate_that_is_refused_leaves_nothing_behind() {
        InputVector x = builder.input(0, new Categorical(3), 2, 2);
        InputVector y = builder.input(1, new Categorical(3), 2, 2);
        ProductVector xy = builder.product(x, y);
        refused(() -> builder.duplicate(xy, v -> 2), "not decomposable");
        InputVector z = builder.input(2, new Bernoulli(), 2, 2);
        assertEquals(3, z.id());
        assertSame(
                z, builder.build(builder.sum(1, builder.product(xy, z)), RANDOM).vectors().get(3));
        assertFalse(z.scope().intersects(xy.scope()));
    }

    @Test
    void vectors_of_different_depth_are_multiplied_without_parameters_of_their_own() {
        SumVector deep = builder.sum(4, builder.sum(4, builder.input(0, new Bernoulli(), 4)));
        InputVector shallow = builder.input(1, new Bernoulli(), 4);
        Circuit circuit = builder.build(builder.sum(1, builder.product(deep, shallow)), RANDOM);
        assertEquals(4 * 4 + 4 * 4 + 4 + 2 * 8, circuit.properties().parameters());
        assertEquals(4, circuit.properties().depth());
    }
}
