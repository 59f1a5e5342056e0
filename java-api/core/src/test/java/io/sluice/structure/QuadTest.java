package io.sluice.structure;

import static io.sluice.structure.StructureFixtures.sumEdges;
import static io.sluice.structure.StructureFixtures.sums;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.InputFamily;
import io.sluice.circuit.Scope;
import io.sluice.data.ImageShape;
import io.sluice.data.format.Datasets;
import io.sluice.leaf.Categorical;
import io.sluice.structure.Region.Partition;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

class QuadTest {

    private static List<InputFamily> bits(ImageShape image) {
        return Collections.nCopies(image.variables(), new Categorical(2));
    }

    private static Set<Set<Scope>> splits(Region region) {
        return region.partitions().stream().map(QuadTest::scopes).collect(Collectors.toSet());
    }

    private static Set<Scope> scopes(Partition partition) {
        return partition.parts().stream().map(Region::scope).collect(Collectors.toSet());
    }

    /**
     * A tree has a region for each pixel and each square of side 2, 4, ..., unless the part of a
     * square inside the image is a smaller square. A graph also has two halves in each direction.
     */
    @ParameterizedTest
    @CsvSource({
        "1, 1, 1, 1",
        "2, 2, 5, 9",
        "4, 4, 21, 41",
        "28, 28, 1049, 2085",
        "3, 2, 9, 13",
        "1, 5, 9, 9",
        "2, 8, 23, 39"
    })
    void regions_are_the_squares_and_in_graphs_their_halves(
            int height, int width, int inTree, int inGraph) {
        ImageShape image = new ImageShape(height, width, 1);
        RegionGraph tree = QuadRegions.tree(image);
        RegionGraph graph = QuadRegions.graph(image);
        assertEquals(inTree, tree.regions().size());
        assertEquals(inGraph, graph.regions().size());
        assertEquals(image.variables(), leaves(tree));
        assertEquals(image.variables(), leaves(graph));
    }

    private static long leaves(RegionGraph graph) {
        return graph.regions().stream().filter(Region::isLeaf).count();
    }

    @Test
    void a_tree_splits_a_square_into_quarters() {
        Region root = QuadRegions.tree(new ImageShape(3, 3, 1)).root();
        assertEquals(
                Set.of(Set.of(Scope.of(0, 1, 3, 4), Scope.of(2, 5), Scope.of(6, 7), Scope.of(8))),
                splits(root));
    }

    @Test
    void a_graph_splits_a_square_both_ways() {
        Region root = QuadRegions.graph(new ImageShape(2, 2, 1)).root();
        assertEquals(
                Set.of(
                        Set.of(Scope.of(0, 1), Scope.of(2, 3)),
                        Set.of(Scope.of(0, 2), Scope.of(1, 3))),
                splits(root));
        for (Partition partition : root.partitions()) {
            for (Region half : partition.parts()) {
                assertEquals(1, half.partitions().size());
            }
        }
    }

    @Test
    void the_channels_of_a_pixel_stay_together() {
        ImageShape image = new ImageShape(2, 1, 3);
        RegionGraph tree = QuadRegions.tree(image);
        assertEquals(Set.of(Set.of(Scope.of(0, 2, 4), Scope.of(1, 3, 5))), splits(tree.root()));
        Circuit circuit = QuadTree.builder(image, bits(image)).latents(4).build();
        assertEquals(3, sums(circuit).count(), "two pixels and the root");
        assertEquals(16 + 16 + 4, sumEdges(circuit));
        assertTrue(circuit.properties().structuredDecomposable());
    }

    @Test
    void pixels_of_one_channel_need_no_sums() {
        ImageShape image = new ImageShape(4, 4, 1);
        Circuit tree = QuadTree.builder(image, bits(image)).latents(4).build();
        assertEquals(4 * 16 + 4, sumEdges(tree));
        Circuit graph = QuadGraph.builder(image, bits(image)).latents(4).build();
        // of each of four squares four halves and a sum of two products; four halves, the root
        assertEquals(4 * (4 * 16 + 32) + 4 * 16 + 2 * 4, sumEdges(graph));
    }

    private static void refused(String part, Executable settings) {
        String message = assertThrows(InvalidArgumentException.class, settings).getMessage();
        assertTrue(message.contains(part), message);
    }

    @Test
    void impossible_settings_are_refused() {
        ImageShape image = new ImageShape(2, 2, 1);
        refused(
                "images of 4 variables and 1",
                () -> QuadTree.builder(image, bits(image).subList(0, 1)));
        refused("8 columns", () -> QuadGraph.builder(Datasets.open("builtin:mixture").train()));
        refused("0 latent", () -> QuadGraph.builder(image, bits(image)).latents(0));
        refused("blocks of -1", () -> QuadTree.builder(image, bits(image)).blockSize(-1));
        refused(
                "blocks of 3",
                () -> QuadTree.builder(image, bits(image)).latents(8).blockSize(3).build());
    }
}
