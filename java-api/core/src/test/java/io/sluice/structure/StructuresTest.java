package io.sluice.structure;

import static io.sluice.structure.StructureFixtures.everyRow;
import static io.sluice.structure.StructureFixtures.logLikelihoods;
import static io.sluice.structure.StructureFixtures.randomRows;
import static io.sluice.structure.StructureFixtures.sameParameters;
import static io.sluice.structure.StructureFixtures.totalProbability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.InputFamily;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.SumVector;
import io.sluice.data.Dataset;
import io.sluice.data.Schema;
import io.sluice.data.format.Datasets;
import io.sluice.leaf.Bernoulli;
import io.sluice.leaf.Categorical;
import io.sluice.leaf.Gaussian;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Collections;
import java.util.List;
import java.util.function.Predicate;

class StructuresTest {

    private static <V extends NodeVector> V only(
            Circuit circuit, Class<V> kind, Predicate<V> wanted) {
        List<V> found =
                circuit.vectors().stream()
                        .filter(kind::isInstance)
                        .map(kind::cast)
                        .filter(wanted)
                        .toList();
        assertEquals(1, found.size());
        return found.get(0);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "4, 2", "6, 6"})
    void a_hidden_chow_liu_tree_is_a_distribution(int latents, int blockSize) {
        Circuit circuit =
                Hclt.builder(randomRows(50, 5, 3, 1)).latents(latents).blockSize(blockSize).build();
        assertTrue(circuit.properties().smooth());
        assertTrue(circuit.properties().decomposable());
        assertTrue(circuit.properties().structuredDecomposable());
        assertEquals(1, totalProbability(circuit, 5, 3), 1e-5);
    }

    @Test
    void a_hidden_chow_liu_tree_has_the_parameters_of_its_formula() {
        int variables = 7;
        int latents = 8;
        Circuit circuit = Hclt.builder(randomRows(60, variables, 4, 2)).latents(latents).build();
        long sums = (variables - 1L) * latents * latents + latents;
        long inputs = 4L * variables * latents;
        assertEquals(sums + inputs, circuit.properties().parameters());
        assertEquals(8, circuit.vectors().get(0).blockSize());
    }

    @Test
    void a_hidden_chow_liu_tree_follows_the_tree_it_is_given() {
        ChowLiuTree chain = ChowLiuTree.ofParents(-1, 0, 1, 2);
        List<InputFamily> families = Collections.nCopies(4, new Categorical(2));
        Circuit circuit = Hclt.builder(chain, families).latents(4).seed(3).build();
        assertEquals(4, circuit.variables());
        for (NodeVector vector : circuit.vectors()) {
            if (vector instanceof SumVector) {
                int[] scope = vector.scope().toArray();
                assertEquals(3, scope[scope.length - 1], "sums are over the rest of the chain");
            }
        }
        assertThrows(
                InvalidArgumentException.class, () -> Hclt.builder(chain, families.subList(0, 3)));
    }

    /** Two columns are always equal; random first parameters would not know that. */
    @ParameterizedTest
    @CsvSource({"30, 30, 0.4, 1", "30, 5, 0.4, 1", "2, 2, 0, 0.4"})
    void a_hidden_chow_liu_tree_knows_the_plain_tree_from_the_start_if_it_has_the_states(
            int latents, int blockSize, double least, double most) {
        double[] cells = {0, 0, 1, 1, 2, 2};
        Dataset data = Dataset.ofFloats(floats(cells, 20), 2, Schema.categorical(2, 3));
        Dataset pairs = Dataset.ofFloats(floats(cells, 1), 2, Schema.categorical(2, 3));
        int seeds = 20; // first parameters are mostly noise
        double equal = 0;
        for (int seed = 0; seed < seeds; seed++) {
            Circuit circuit =
                    Hclt.builder(data).latents(latents).blockSize(blockSize).seed(seed).build();
            for (double logLikelihood : logLikelihoods(circuit, pairs)) {
                equal += Math.exp(logLikelihood) / seeds;
            }
        }
        assertTrue(equal >= least && equal <= most, "probability of equal columns " + equal);
    }

    private static float[] floats(double[] cells, int times) {
        float[] all = new float[cells.length * times];
        for (int i = 0; i < all.length; i++) {
            all[i] = (float) cells[i % cells.length];
        }
        return all;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_hidden_markov_model_is_a_distribution(boolean homogeneous) {
        Circuit circuit =
                Hmm.builder(5, new Categorical(3))
                        .states(4)
                        .blockSize(2)
                        .homogeneous(homogeneous)
                        .seed(5)
                        .build();
        assertEquals(1, totalProbability(circuit, 5, 3), 1e-5);
        long transitions = homogeneous ? 16 : 4 * 16;
        long emissions = homogeneous ? 12 : 5 * 12;
        assertEquals(4 + transitions + emissions, circuit.properties().parameters());
    }

    @Test
    void a_homogeneous_model_computes_the_forward_recursion() {
        long states = 3;
        int length = 4;
        Circuit circuit =
                Hmm.builder(length, new Categorical(2)).states((int) states).seed(6).build();
        InputVector emission =
                only(circuit, InputVector.class, input -> input.parameterOwner() == input.id());
        SumVector transition =
                only(
                        circuit,
                        SumVector.class,
                        sum -> sum.nodes() == states && sum.parameterOwner() == sum.id());
        long emissions = circuit.layout().offset(emission.id());
        long transitions = circuit.layout().offset(transition.id());
        long initial = circuit.layout().offset(circuit.root().id());
        Dataset data = everyRow(length, 2);
        double[] logs = logLikelihoods(circuit, data);
        for (int row = 0; row < data.rows(); row++) {
            double[] alpha = new double[(int) states];
            for (int z = 0; z < states; z++) {
                int x = (int) data.value(row, 0);
                alpha[z] =
                        circuit.parameters().get(initial + z)
                                * circuit.parameters().get(emissions + x * states + z);
            }
            for (int t = 1; t < length; t++) {
                double[] next = new double[(int) states];
                int x = (int) data.value(row, t);
                for (int z = 0; z < states; z++) {
                    for (int from = 0; from < states; from++) {
                        next[z] +=
                                alpha[from]
                                        * circuit.parameters().get(transitions + from * states + z);
                    }
                    next[z] *= circuit.parameters().get(emissions + x * states + z);
                }
                alpha = next;
            }
            assertEquals(Math.log(alpha[0] + alpha[1] + alpha[2]), logs[row], 1e-6);
        }
    }

    @Test
    void a_homogeneous_model_needs_columns_of_one_kind() {
        Dataset mixed = Datasets.open("builtin:mixture").train();
        assertThrows(InvalidArgumentException.class, () -> Hmm.builder(mixed).build());
        assertEquals(8, Hmm.builder(mixed).homogeneous(false).states(2).build().variables());
    }

    @Test
    void continuous_columns_start_near_their_mean_and_spread() {
        Dataset mixed = Datasets.open("builtin:mixture").train();
        Circuit circuit = Hclt.builder(mixed).latents(32).build();
        assertInstanceOf(Categorical.class, circuit.family(0));
        assertInstanceOf(Gaussian.class, circuit.family(4));
        InputVector heights = only(circuit, InputVector.class, input -> input.variable() == 4);
        double mean = 0;
        for (int i = 0; i < 32; i++) {
            mean += circuit.parameters().get(circuit.layout().offset(heights.id()) + i) / 32;
        }
        assertTrue(mean > 20 && mean < 110, "heights are about 62: " + mean);
        for (double logLikelihood : logLikelihoods(circuit, mixed.slice(0, 50))) {
            assertTrue(Double.isFinite(logLikelihood));
        }
    }

    @Test
    void the_seed_decides_the_parameters() {
        Dataset data = randomRows(30, 4, 3, 7);
        Circuit first = Hclt.builder(data).latents(4).seed(1).build();
        assertTrue(sameParameters(first, Hclt.builder(data).latents(4).seed(1).build()));
        assertNotEquals(true, sameParameters(first, Hclt.builder(data).latents(4).seed(2).build()));
    }

    @ParameterizedTest
    @CsvSource({"64, 64", "128, 128", "256, 128", "192, 96", "251, 1", "130, 65"})
    void blocks_are_by_default_the_largest_divisor_up_to_128(int states, int blockSize) {
        assertEquals(blockSize, BlockSizes.defaultFor(states));
    }

    @Test
    void impossible_sizes_are_refused() {
        Dataset data = randomRows(5, 2, 2, 8);
        assertThrows(InvalidArgumentException.class, () -> Hclt.builder(data).latents(0));
        assertThrows(
                InvalidArgumentException.class,
                () -> Hclt.builder(data).latents(6).blockSize(4).build());
        assertThrows(InvalidArgumentException.class, () -> Hmm.builder(0, new Categorical(2)));
    }

    @Test
    void another_root_leaves_the_edges_of_a_tree_as_they_are() {
        ChowLiuTree tree = ChowLiuTree.ofParents(-1, 0, 0, 1, 3, 1);
        ChowLiuTree turned = tree.rootedAt(4);
        assertEquals(4, turned.root());
        assertEquals(3, turned.parent(1));
        assertEquals(1, turned.parent(0));
        assertEquals(0, turned.parent(2));
        assertEquals(1, turned.parent(5));
        assertThrows(InvalidArgumentException.class, () -> tree.rootedAt(6));
    }

    @Test
    void roots_of_a_hidden_tree_share_all_below_them() {
        ChowLiuTree tree = ChowLiuTree.ofParents(-1, 0, 0);
        List<InputFamily> families = Collections.nCopies(3, new Categorical(2));
        Circuit one = Hclt.builder(tree, families).latents(4).build();
        Circuit three = Hclt.builder(tree, families).latents(4).roots(3).build();
        assertEquals(one.properties().parameters() + 2 * 4 + 3, three.properties().parameters());
        Circuit tied = Hclt.builder(tree, families).latents(4).tiedInputs(true).build();
        assertEquals(one.properties().parameters() - 2 * 4 * 2, tied.properties().parameters());
        assertThrows(InvalidArgumentException.class, () -> Hclt.builder(tree, families).roots(0));
    }

    @Test
    void a_generalised_hidden_markov_model_shares_transitions_and_emits_any_family() {
        List<InputFamily> families =
                List.of(new Categorical(3), new Gaussian(), new Bernoulli(), new Gaussian());
        Circuit shared = Hmm.builder(families).states(4).build();
        Circuit own = Hmm.builder(families).states(4).homogeneous(false).build();
        int emissions = 4 * (3 + 2 + 2 + 2);
        assertEquals(16 + 4 + emissions, shared.properties().parameters());
        assertEquals(3 * 16 + 4 + emissions, own.properties().parameters());
        assertThrows(
                InvalidArgumentException.class,
                () -> Hmm.builder(families).homogeneous(true).build());
    }

    @Test
    void trees_of_the_smallest_boxes_take_data() {
        assertThrows(
                InvalidArgumentException.class,
                () ->
                        PoonDomingos.builder(List.of(new Bernoulli(), new Bernoulli()), 2)
                                .treeLeaves(true));
    }
}
