package io.sluice.compile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.InputFamily;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ParameterInitializer;
import io.sluice.circuit.ProductVector;
import io.sluice.circuit.SumVector;
import io.sluice.leaf.Bernoulli;
import io.sluice.leaf.Categorical;
import io.sluice.leaf.Gaussian;
import io.sluice.structure.ChowLiuTree;
import io.sluice.structure.Hclt;
import io.sluice.structure.Hmm;
import io.sluice.structure.PoonDomingos;
import io.sluice.transform.Prune;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

class CompilerTest {

    private static Circuit hclt(int variables, int latents, int blockSize) {
        int[] parents = IntStream.range(0, variables).map(v -> (v - 1) / 2).toArray();
        parents[0] = -1; // a binary tree
        List<InputFamily> families = Collections.nCopies(variables, new Categorical(3));
        return Hclt.builder(ChowLiuTree.ofParents(parents), families)
                .latents(latents)
                .blockSize(blockSize)
                .build();
    }

    /** Two levels of sums of several fan-ins, a product of products, and a Gaussian. */
    private static Circuit irregular() {
        CircuitBuilder b = Circuit.builder();
        InputVector x = b.input(0, new Categorical(2), 8, 4);
        InputVector y = b.input(1, new Gaussian(), 8, 4);
        InputVector z = b.input(2, new Categorical(3), 4, 4);
        ProductVector xy = b.product(List.of(x, y));
        SumVector wide = b.sum(List.of(xy), 4, 4);
        SumVector narrow = b.sum(List.of(xy), 8, 4, new int[] {0, 1}, new int[] {1, 0});
        ProductVector wideZ = b.product(List.of(wide, z));
        ProductVector flat = b.product(List.of(b.product(List.of(z, wide))));
        ProductVector narrowZ = b.product(List.of(narrow, z), new int[][] {{1, 0}});
        SumVector root = b.sum(List.of(wideZ, flat, narrowZ, sumOver(b, x, y, z)), 1, 1);
        return b.build(root, ParameterInitializer.random(1));
    }

    private static NodeVector sumOver(
            CircuitBuilder b, InputVector x, InputVector y, InputVector z) {
        ProductVector all = b.product(List.of(x, y, z), new int[][] {{0, 1, 0}});
        return b.sum(List.of(all), 2, 2);
    }

    @Test
    void circuits_that_lack_edges_are_sparse_and_those_whose_blocks_choose_children_are_not() {
        InputFamily leaf = new Categorical(16);
        List<InputFamily> leaves = Collections.nCopies(64, leaf);
        Circuit dense = hclt(9, 8, 4);
        Circuit image =
                PoonDomingos.builder(leaves, 8, 8)
                        .splitIntervals(2)
                        .productsPerSum(2)
                        .latents(8)
                        .blockSize(4)
                        .build();
        assertFalse(Compiler.compile(dense).sparse());
        assertFalse(Compiler.compile(Hmm.builder(9, leaf).states(8).build()).sparse());
        assertFalse(Compiler.compile(image).sparse());
        for (Prune.Unit unit : Prune.Unit.values()) {
            Circuit pruned = Prune.byFlow(dense, id -> flows(dense, id), 0.4, unit);
            assertTrue(Compiler.compile(pruned).sparse());
        }
    }

    private static double[] flows(Circuit circuit, int id) {
        return new Random(id).doubles(circuit.layout().length(id)).toArray();
    }

    @Test
    void every_sum_and_element_is_computed_once_and_children_come_first() {
        Plan plan = Compiler.compile(irregular());
        int sums = plan.sums().block().length;
        int elements = plan.elements().nodes().length;
        assertEquals(sums + elements, plan.operations().length);
        int inputs = plan.inputs().block().length;
        boolean[] sumDone = new boolean[sums];
        boolean[] elementDone = new boolean[elements];
        Adjacency factors = plan.elements().factors();
        for (int operation : plan.operations()) {
            if (operation >= 0) {
                for (int t = plan.sums().tileBegin()[operation];
                        t < plan.sums().tileBegin()[operation + 1];
                        t++) {
                    assertTrue(elementDone[plan.sums().tileElement()[t]]);
                }
                assertTrue(!sumDone[operation]);
                sumDone[operation] = true;
            } else {
                for (int f = factors.begin()[~operation];
                        f < factors.begin()[~operation + 1];
                        f++) {
                    int block = factors.items()[f];
                    assertTrue(block < inputs || sumDone[block - inputs]);
                }
                assertTrue(!elementDone[~operation]);
                elementDone[~operation] = true;
            }
        }
    }

    @Test
    void a_product_of_products_is_one_element_and_rows_read_in_place_come_first() {
        Plan plan = Compiler.compile(irregular());
        Adjacency factors = plan.elements().factors();
        for (int e = 0; e < plan.elements().nodes().length; e++) {
            boolean stored = false;
            for (int f = factors.begin()[e]; f < factors.begin()[e + 1]; f++) {
                int block = factors.items()[f];
                assertEquals(plan.elements().nodes()[e], plan.blocks().nodes()[block]);
                boolean inPlace = plan.blocks().value()[block] < 0;
                assertTrue(!inPlace || !stored, "element " + e);
                stored |= !inPlace;
            }
        }
    }

    @Test
    void transposed_tables_list_what_the_forward_tables_say() {
        Plan plan = Compiler.compile(irregular());
        Adjacency tiles = plan.elements().tiles();
        int listed = 0;
        for (int e = 0; e < plan.elements().nodes().length; e++) {
            for (int i = tiles.begin()[e]; i < tiles.begin()[e + 1]; i++) {
                assertEquals(e, plan.sums().tileElement()[tiles.items()[i]]);
                listed++;
            }
        }
        assertEquals(plan.sums().tileElement().length, listed);
        Adjacency parents = plan.blocks().elements();
        Adjacency factors = plan.elements().factors();
        assertEquals(factors.items().length, parents.items().length);
        for (int block = 0; block < plan.blocks().nodes().length; block++) {
            for (int i = parents.begin()[block]; i < parents.begin()[block + 1]; i++) {
                int e = parents.items()[i];
                int sought = block;
                assertTrue(
                        Arrays.stream(factors.items(), factors.begin()[e], factors.begin()[e + 1])
                                .anyMatch(factor -> factor == sought));
            }
        }
    }

    @Test
    void partitions_hold_sum_blocks_of_one_layer_and_size_and_of_fan_in_within_a_factor_of_two() {
        Plan plan = Compiler.compile(irregular());
        int next = 0;
        int layer = 0;
        for (Plan.Partition partition : plan.partitions()) {
            assertEquals(next, partition.firstSum());
            assertTrue(partition.layer() >= layer);
            layer = partition.layer();
            int widest = 0;
            for (int s = partition.firstSum(); s < partition.endSum(); s++) {
                assertEquals(
                        plan.blocks().nodes()[plan.sums().block()[partition.firstSum()]],
                        plan.blocks().nodes()[plan.sums().block()[s]]);
                int fanIn = fanIn(plan, s);
                assertTrue(2 * fanIn > partition.fanIn(), "sum " + s);
                widest = Math.max(widest, fanIn);
            }
            assertEquals(partition.fanIn(), widest);
            next = partition.endSum();
        }
        assertEquals(plan.sums().block().length, next);
    }

    private static int fanIn(Plan plan, int sum) {
        return IntStream.range(plan.sums().tileBegin()[sum], plan.sums().tileBegin()[sum + 1])
                .map(t -> plan.elements().nodes()[plan.sums().tileElement()[t]])
                .sum();
    }

    @Test
    void tied_transitions_share_one_weight_that_lists_all_its_tiles() {
        int length = 6;
        Circuit circuit =
                Hmm.builder(length, new Categorical(4)).states(8).homogeneous(true).build();
        Plan plan = Compiler.compile(circuit);
        // The transitions and the initial distribution; one table of emissions.
        assertEquals(2, plan.weights().nodes().length);
        assertEquals(1, plan.tables().nodes().length);
        int[] uses = new int[2];
        for (int w = 0; w < 2; w++) {
            uses[w] = plan.weights().tiles().begin()[w + 1] - plan.weights().tiles().begin()[w];
        }
        Arrays.sort(uses);
        assertArrayEquals(new int[] {1, length - 1}, uses);
    }

    @Test
    void a_root_that_is_no_sum_gets_one_edge_of_constant_weight() {
        CircuitBuilder b = Circuit.builder();
        ProductVector root =
                b.product(
                        List.of(
                                b.input(0, new Categorical(2), 1, 1),
                                b.input(1, new Categorical(2), 1, 1)));
        Circuit circuit = b.build(root, ParameterInitializer.random(1));
        Plan plan = Compiler.compile(circuit);
        assertEquals(circuit.layout().size(), plan.sizes().pad());
        assertEquals(0, plan.weights().nodes().length);
        assertEquals(1, plan.sums().tileElement().length);
    }

    @Test
    void a_plan_grows_with_tiles_and_not_with_edges() {
        long coarse = Compiler.compile(hclt(784, 256, 128)).bytes();
        assertTrue(coarse < 1 << 20, coarse + " bytes");
        assertEquals(coarse, Compiler.compile(hclt(784, 16, 8)).bytes());
    }

    @Test
    void a_chain_of_a_hundred_thousand_products_is_one_element_of_all_its_inputs() {
        int variables = 100_001;
        CircuitBuilder builder = Circuit.builder();
        NodeVector chain = builder.input(0, new Bernoulli(), 1, 1);
        for (int v = 1; v < variables; v++) {
            chain = builder.product(List.of(chain, builder.input(v, new Bernoulli(), 1, 1)));
        }
        Circuit circuit = builder.build(chain, ParameterInitializer.random(1));
        Plan plan = Compiler.compile(circuit);
        int[] factors = plan.elements().factors().items();
        assertArrayEquals(IntStream.range(0, variables).toArray(), factors);
    }
}
