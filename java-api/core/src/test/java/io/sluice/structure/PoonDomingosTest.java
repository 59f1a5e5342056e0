package io.sluice.structure;

import static io.sluice.structure.StructureFixtures.randomRows;
import static io.sluice.structure.StructureFixtures.sumEdges;
import static io.sluice.structure.StructureFixtures.sums;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.InputFamily;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.SumVector;
import io.sluice.data.DataParts;
import io.sluice.data.Dataset;
import io.sluice.data.ImageShape;
import io.sluice.data.Schema;
import io.sluice.data.format.Datasets;
import io.sluice.leaf.Categorical;
import io.sluice.leaf.Gaussian;
import io.sluice.testing.Sweep;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

class PoonDomingosTest {

    private static List<InputFamily> bits(int variables) {
        return Collections.nCopies(variables, new Categorical(2));
    }

    private static PoonDomingosBuilder grid(int... shape) {
        return PoonDomingos.builder(bits(IntStream.of(shape).reduce(1, (a, b) -> a * b)), shape);
    }

    private static long vectorsOfSums(Circuit circuit) {
        return sums(circuit).count();
    }

    static Stream<Arguments> published() {
        return Sweep.over(
                List.of(
                        Arguments.of(28, 28, 4, 64, 4, 9_751_296L, 784),
                        Arguments.of(28, 28, 4, 128, 4, 38_802_944L, 784),
                        Arguments.of(16, 16, 2, 128, 8, 95_094_528L, 1296)));
    }

    /**
     * Edges of published configurations: the grid's boxes times K times K times the products that
     * each reads, K times the block size for the smallest boxes, and the root's.
     */
    @ParameterizedTest
    @MethodSource("published")
    void edges_are_those_of_the_formula(
            int rows, int columns, int interval, int latents, int products, long edges, int boxes) {
        Circuit circuit =
                grid(rows, columns)
                        .splitIntervals(interval)
                        .latents(latents)
                        .productsPerSum(products)
                        .build();
        assertEquals(edges, sumEdges(circuit));
        assertEquals(boxes, vectorsOfSums(circuit));
    }

    @Test
    void channels_that_are_not_split_change_inputs_only() {
        Circuit grey = grid(6, 6).splitIntervals(2).latents(8).build();
        Circuit colours = grid(3, 6, 6).splitIntervals(3, 2, 2).latents(8).build();
        assertEquals(sumEdges(grey), sumEdges(colours));
        assertEquals(108, colours.variables());
    }

    @Test
    void blocks_of_sums_choose_their_products_by_the_seed() {
        PoonDomingosBuilder builder =
                grid(8).splitIntervals(1).latents(8).blockSize(2).productsPerSum(2);
        Circuit circuit = builder.seed(1).build();
        SumVector last = sums(circuit).filter(sum -> sum.scope().size() == 7).findFirst().get();
        assertEquals(6, last.children().size(), "four blocks take two of six products each");
        for (int block = 0; block < 4; block++) {
            assertEquals(2 * 4, last.firstTile(block + 1) - last.firstTile(block));
        }
        assertTrue(sameEdges(circuit, builder.seed(1).build()));
        assertFalse(sameEdges(circuit, builder.seed(2).build()));
    }

    private static boolean sameEdges(Circuit first, Circuit second) {
        return edges(first).equals(edges(second));
    }

    private static List<List<Integer>> edges(Circuit circuit) {
        return sums(circuit)
                .map(sum -> IntStream.range(0, sum.tiles()).map(sum::childBlock).boxed())
                .map(stream -> stream.toList())
                .toList();
    }

    @Test
    void what_no_block_chooses_is_not_built() {
        // one block takes one of the splits of each box, so most boxes have no parent
        Circuit circuit =
                grid(9).splitIntervals(1).latents(4).blockSize(4).productsPerSum(1).build();
        assertTrue(vectorsOfSums(circuit) < 45);
        assertEquals(8, circuit.properties().variables() - 1);
    }

    @Test
    void sums_of_their_own_for_each_split_read_the_same_products() {
        PoonDomingosBuilder builder = grid(4, 6).splitIntervals(2).latents(16).blockSize(16);
        Circuit shared = builder.build();
        Circuit own = builder.sharedSums(false).build();
        assertEquals(18, vectorsOfSums(shared));
        assertEquals(5424, sumEdges(shared));
        assertEquals(37, vectorsOfSums(own), "two for each of 18 splits, and the root");
        assertEquals(10288, sumEdges(own));
    }

    @Test
    void homogeneous_boxes_of_one_shape_share_their_sums() {
        Circuit circuit =
                grid(4, 6).splitIntervals(2).latents(16).blockSize(16).homogeneous(true).build();
        assertEquals(5424, sumEdges(circuit));
        // five shapes below the root: two smallest boxes, and boxes of two or three of these
        assertEquals(1840 + 2 * 16, circuit.properties().parameters());
        Set<Integer> owners =
                circuit.vectors().stream()
                        .filter(InputVector.class::isInstance)
                        .map(vector -> ((InputVector) vector).parameterOwner())
                        .collect(Collectors.toSet());
        assertEquals(1, owners.size());
    }

    @Test
    void a_depth_leaves_boxes_whole() {
        Circuit circuit = grid(8).splitIntervals(1).latents(2).depth(1).build();
        // seven splits of the root into two leaves of independent inputs
        assertEquals(15, vectorsOfSums(circuit));
        assertEquals(8 * 7, inputs(circuit), "each box has inputs of its own");
    }

    private static long inputs(Circuit circuit) {
        return circuit.vectors().stream().filter(InputVector.class::isInstance).count();
    }

    @Test
    void split_points_may_be_anywhere() {
        Circuit circuit = grid(5, 4).splitPoints(new int[] {1, 4}, new int[] {}).latents(2).build();
        assertEquals(6, vectorsOfSums(circuit));
        Set<Integer> sizes =
                sums(circuit).map(sum -> sum.scope().size()).collect(Collectors.toSet());
        assertEquals(Set.of(4, 12, 16, 20), sizes);
    }

    @Test
    void images_are_cut_into_at_most_eight_parts_along_each_side() {
        DataParts digits = Datasets.open("builtin:digits");
        Circuit circuit = PoonDomingos.builder(digits.train()).latents(2).build();
        assertEquals(784, vectorsOfSums(circuit), "a side of 28 pixels has seven parts");
    }

    @Test
    void colours_and_tables_have_a_grid_too() {
        Schema schema = Schema.image(new ImageShape(2, 2, 3), 2);
        Dataset colours = Dataset.ofBytes(new byte[24], 12, schema);
        Circuit circuit = PoonDomingos.builder(colours).latents(2).build();
        assertEquals(9, vectorsOfSums(circuit), "channels are not split by default");
        Dataset table = randomRows(10, 5, 3, 1);
        assertEquals(15, vectorsOfSums(PoonDomingos.builder(table).latents(2).build()));
    }

    @Test
    void what_cannot_be_split_is_a_mixture() {
        Circuit circuit = grid(3).splitIntervals(3).latents(4).build();
        assertEquals(1, vectorsOfSums(circuit));
        assertEquals(4, sumEdges(circuit));
    }

    @ParameterizedTest
    @CsvSource({"128, 32", "64, 32", "32, 16", "6, 3", "7, 1", "1, 1"})
    void blocks_are_small_enough_to_choose_differently(int latents, int blockSize) {
        Circuit circuit = grid(2).splitIntervals(1).latents(latents).build();
        assertEquals(blockSize, circuit.vectors().get(0).blockSize());
    }

    private static void refused(String part, Executable settings) {
        String message = assertThrows(InvalidArgumentException.class, settings).getMessage();
        assertTrue(message.contains(part), message);
    }

    @Test
    void impossible_settings_are_refused() {
        refused("[4, 4] for 15 variables", () -> PoonDomingos.builder(bits(15), 4, 4));
        refused("[]", () -> PoonDomingos.builder(bits(1)));
        refused("[0, 4]", () -> PoonDomingos.builder(bits(4), 0, 4));
        refused("no families", () -> PoonDomingos.builder(List.of(), 1));
        refused("[1, 2, 3]", () -> grid(4, 4).splitIntervals(1, 2, 3));
        refused("interval of 0", () -> grid(4, 4).splitIntervals(0));
        refused("[4] of axis 1", () -> grid(4, 4).splitPoints(new int[] {}, new int[] {4}));
        refused("[2, 2] of axis 0", () -> grid(4, 4).splitPoints(new int[] {2, 2}, new int[] {}));
        refused("for 1 axes", () -> grid(4, 4).splitPoints(new int[] {1}));
        refused("depth of 0", () -> grid(4).depth(0));
        refused("0 products", () -> grid(4).productsPerSum(0));
        refused("0 latent", () -> grid(4).latents(0));
        refused("blocks of 3", () -> grid(4).latents(8).blockSize(3).build());
        refused("sharedSums", () -> grid(4).homogeneous(true).sharedSums(false).build());
        refused(
                "differ",
                () ->
                        PoonDomingos.builder(List.of(new Categorical(2), new Gaussian()), 2)
                                .homogeneous(true)
                                .build());
        Dataset mixed = Datasets.open("builtin:mixture").train();
        refused("differ", () -> PoonDomingos.builder(mixed).homogeneous(true).build());
    }
}
