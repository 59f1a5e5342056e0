package io.sluice.circuit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.InvalidArgumentException;
import io.sluice.leaf.Bernoulli;
import io.sluice.leaf.Categorical;
import io.sluice.leaf.Gaussian;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

import java.util.List;

class CircuitBuilderTest {
    private static final ParameterInitializer RANDOM = ParameterInitializer.random(1);

    private final CircuitBuilder builder = Circuit.builder();
    private final InputVector x = builder.input(0, new Categorical(3), 4, 2);
    private final InputVector y = builder.input(1, new Bernoulli(), 4, 2);

    private static void refused(Executable call, String... parts) {
        String message =
                String.valueOf(assertThrows(InvalidArgumentException.class, call).getMessage());
        for (String part : parts) {
            assertTrue(message.contains(part), () -> "'" + part + "' is not in: " + message);
        }
    }

    @Test
    void a_product_of_overlapping_scopes_is_not_decomposable() {
        InputVector again = builder.input(0, new Categorical(3), 4, 2);
        refused(
                () -> builder.product(List.of(x, y, again)),
                "input vector 0",
                "input vector 2",
                "not decomposable",
                "disjoint");
    }

    @Test
    void a_sum_of_different_scopes_is_not_smooth() {
        refused(
                () -> builder.sum(List.of(x, y), 2, 2),
                "input vector 0",
                "variable 0",
                "input vector 1",
                "variable 1",
                "not smooth");
    }

    @Test
    void children_of_a_product_have_one_block_size_and_as_many_nodes() {
        InputVector wide = builder.input(2, new Bernoulli(), 4, 4);
        InputVector large = builder.input(2, new Bernoulli(), 8, 2);
        refused(() -> builder.product(List.of(x, wide)), "input vector 2", "block sizes");
        refused(() -> builder.product(List.of(x, large)), "input vector 3", "numbers of nodes");
    }

    @Test
    void child_blocks_of_a_product_are_checked() {
        refused(
                () -> builder.product(List.of(x, y), new int[][] {{0, 2}}),
                "block 2 of input vector 1",
                "2 blocks");
        refused(() -> builder.product(List.of(x, y), new int[][] {{0}}), "expected one for each");
        refused(() -> builder.product(List.of(x, y), new int[0][]), "no rows");
    }

    @Test
    void a_product_takes_the_blocks_that_it_is_given() {
        ProductVector product =
                builder.product(List.of(x, y), new int[][] {{1, 0}, {0, 0}, {1, 1}});
        assertEquals(6, product.nodes());
        assertEquals(2, product.blockSize());
        assertEquals(1, product.childBlock(0, 0));
        assertEquals(0, product.childBlock(1, 1));
        assertEquals(Scope.of(0, 1), product.scope());
    }

    @Test
    void an_identity_product_takes_block_q_of_every_child() {
        ProductVector product = builder.product(List.of(x, y));
        assertEquals(4, product.nodes());
        assertEquals(1, product.childBlock(1, 0));
        assertEquals(1, product.childBlock(1, 1));
    }

    @Test
    void a_dense_sum_has_an_tile_for_every_pair_of_blocks() {
        InputVector other = builder.input(0, new Categorical(3), 3, 3);
        SumVector sum = builder.sum(List.of(x, other), 4, 2);
        assertEquals(6, sum.tiles());
        assertEquals(1, sum.parentBlock(3));
        assertEquals(2, sum.childBlock(5));
        assertEquals(other, sum.childVector(5));
        assertEquals(0, sum.childBlockInVector(5));
        assertEquals(3, sum.childBlockSize(5));
        assertEquals(1, sum.childBlockInVector(4));
        assertEquals(3, sum.firstTile(1));
        assertEquals(4 * 7, sum.parameters());
    }

    @Test
    void tiles_are_sorted_by_parent_then_child() {
        SumVector sum =
                builder.sum(List.of(x), 6, 2, new int[] {2, 0, 1, 0}, new int[] {0, 1, 1, 0});
        int[] parents = {0, 0, 1, 2};
        int[] children = {0, 1, 1, 0};
        for (int e = 0; e < 4; e++) {
            assertEquals(parents[e], sum.parentBlock(e));
            assertEquals(children[e], sum.childBlock(e));
        }
    }

    @Test
    void tiles_are_checked() {
        refused(
                () -> builder.sum(List.of(x), 4, 2, new int[] {0, 2}, new int[] {0, 0}),
                "tile 1",
                "parent block 2");
        refused(
                () -> builder.sum(List.of(x), 4, 2, new int[] {0, 1}, new int[] {0, 2}),
                "child block 2");
        refused(
                () -> builder.sum(List.of(x), 4, 2, new int[] {0, 0}, new int[] {0, 1}),
                "block 1",
                "no tile");
        refused(
                () -> builder.sum(List.of(x), 2, 2, new int[] {0, 0}, new int[] {1, 1}),
                "child block 1 twice");
        refused(
                () -> builder.sum(List.of(x), 2, 2, new int[] {0}, new int[] {0, 1}),
                "1 parent blocks and 2 child blocks");
    }

    @Test
    void shapes_are_checked() {
        refused(() -> builder.input(2, new Bernoulli(), 0, 1), "variable 2", "0 nodes");
        refused(() -> builder.input(2, new Bernoulli(), 4, 3), "blocks of 3", "divides");
        refused(() -> builder.sum(List.of(x), 4, 0), "blocks of 0");
        refused(() -> builder.input(-1, new Bernoulli(), 4, 2), "numbered from 0");
        refused(() -> builder.product(List.of()), "without children");
        refused(() -> builder.sum(List.of(), 1, 1), "without children");
        refused(() -> builder.sum(List.of(x, x), 1, 1), "input vector 0", "twice");
        refused(() -> new Categorical(0), "0 categories");
        refused(() -> new Gaussian(0), "minimum standard deviation");
        refused(() -> new Gaussian(Double.NaN), "minimum standard deviation");
    }

    @Test
    void more_parameters_than_any_memory_holds_are_refused_at_once() {
        InputVector huge =
                builder.input(0, new Categorical(3), Integer.MAX_VALUE, Integer.MAX_VALUE);
        refused(
                () -> builder.sum(List.of(huge), Integer.MAX_VALUE, Integer.MAX_VALUE),
                "2^44 parameters");
        InputVector single = builder.input(0, new Categorical(3), 1 << 20, 1);
        refused(() -> builder.sum(List.of(single), 1 << 20, 1), "tiles", "larger blocks");
    }

    @Test
    void a_variable_has_one_family() {
        refused(
                () -> builder.input(0, new Categorical(4), 4, 2),
                "variable 0",
                "categorical of 4",
                "input vector 0",
                "categorical of 3");
    }

    @Test
    void tied_vectors_share_the_first_owner() {
        InputVector z = builder.tiedInput(2, x);
        assertEquals(0, z.parameterOwner());
        assertEquals(0, builder.tiedInput(3, z).parameterOwner());
        assertEquals(x.family(), z.family());
        assertEquals(x.blockSize(), z.blockSize());
        SumVector sum = builder.sum(List.of(x), 4, 2, new int[] {0, 1}, new int[] {1, 0});
        SumVector tied = builder.tiedSum(sum, List.of(z));
        assertEquals(sum.id(), tied.parameterOwner());
        assertEquals(1, tied.childBlock(0));
        assertEquals(Scope.of(2), tied.scope());
    }

    @Test
    void tied_sums_need_children_of_the_same_blocks() {
        SumVector sum = builder.sum(List.of(x), 4, 2);
        InputVector more = builder.input(1, new Bernoulli(), 6, 2);
        InputVector wider = builder.input(1, new Bernoulli(), 8, 4);
        refused(() -> builder.tiedSum(sum, List.of(more)), sum.toString(), "3 blocks");
        refused(() -> builder.tiedSum(sum, List.of(wider)), wider.toString(), "block sizes");
    }

    @Test
    void vectors_of_another_builder_are_refused() {
        InputVector stranger = Circuit.builder().input(0, new Categorical(3), 4, 2);
        refused(() -> builder.product(List.of(stranger)), "another builder");
        refused(() -> builder.tiedInput(1, stranger), "another builder");
        refused(() -> builder.build(stranger, RANDOM), "another builder");
    }

    @Test
    void the_root_has_exactly_one_node() {
        SumVector wide = builder.sum(List.of(builder.product(List.of(x, y))), 2, 2);
        refused(() -> builder.build(wide, RANDOM), "the root is sum vector 3", "1 node");
    }

    @Test
    void every_vector_is_reachable_from_the_root() {
        SumVector root = builder.sum(List.of(builder.product(List.of(x, y))), 1, 1);
        builder.input(0, new Categorical(3), 2, 2);
        refused(() -> builder.build(root, RANDOM), "input vector 4", "cannot be reached");
    }

    @Test
    void variables_are_numbered_without_gaps() {
        CircuitBuilder gap = Circuit.builder();
        NodeVector product =
                gap.product(
                        List.of(
                                gap.input(0, new Bernoulli(), 1, 1),
                                gap.input(2, new Bernoulli(), 1, 1)));
        refused(() -> gap.build(product, RANDOM), "variable 2", "2 variables", "without gaps");
    }

    @Test
    void the_root_may_be_of_any_kind() {
        CircuitBuilder leaf = Circuit.builder();
        InputVector only = leaf.input(0, new Gaussian(), 1, 1);
        assertEquals(only, leaf.build(only, RANDOM).root());
        CircuitBuilder factorised = Circuit.builder();
        ProductVector product =
                factorised.product(
                        List.of(
                                factorised.input(0, new Bernoulli(), 1, 1),
                                factorised.input(1, new Gaussian(), 1, 1)));
        Circuit circuit = factorised.build(product, RANDOM);
        assertEquals(product, circuit.root());
        assertEquals(new Gaussian(), circuit.family(1));
    }

    @Test
    void products_of_products_and_sums_of_inputs_and_sums_are_legal() {
        ProductVector inner = builder.product(List.of(x, y));
        InputVector z = builder.input(2, new Bernoulli(), 4, 2);
        ProductVector outer = builder.product(List.of(inner, z));
        SumVector sum = builder.sum(List.of(outer), 2, 2);
        SumVector root = builder.sum(List.of(sum, outer), 1, 1);
        assertEquals(7, builder.build(root, RANDOM).vectors().size());
    }

    @Test
    void a_builder_that_refused_goes_on_as_if_nothing_had_happened() {
        refused(() -> builder.sum(List.of(x, y), 2, 2));
        SumVector root = builder.sum(List.of(builder.product(List.of(x, y))), 1, 1);
        assertEquals(3, root.id());
        assertEquals(2, builder.build(root, RANDOM).variables());
    }

    @Test
    void a_variable_that_the_circuit_does_not_have_is_refused() {
        Circuit circuit =
                builder.build(builder.sum(List.of(builder.product(List.of(x, y))), 1, 1), RANDOM);
        refused(() -> circuit.family(2), "variable 2", "0 to 1");
    }
}
