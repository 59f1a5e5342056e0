package io.sluice.structure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Scope;
import io.sluice.structure.Region.Partition;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

class RegionGraphTest {

    private static Scope scope(int... variables) {
        return Scope.of(variables);
    }

    private static GridRegions grid(int interval, int... shape) {
        int[][] points = new int[shape.length][];
        Arrays.setAll(points, axis -> GridRegions.pointsAt(interval, shape[axis]));
        return new GridRegions(shape, points);
    }

    private static void assertSound(RegionGraph graph, int variables) {
        Set<Scope> scopes = new HashSet<>();
        for (Region region : graph.regions()) {
            assertSame(region, graph.regions().get(region.index()));
            assertTrue(scopes.add(region.scope()), "one region for each scope");
            for (Partition partition : region.partitions()) {
                int size = 0;
                for (Region part : partition.parts()) {
                    assertTrue(part.index() < region.index(), "parts come before wholes");
                    size += part.scope().size();
                }
                assertEquals(region.scope().size(), size);
            }
        }
        assertEquals(variables, graph.root().scope().size());
    }

    @Test
    void a_region_has_all_partitions_of_its_variables() {
        RegionGraph graph =
                RegionGraph.builder()
                        .split(scope(0, 1, 2), List.of(scope(0), scope(1, 2)))
                        .split(scope(1, 2), List.of(scope(1), scope(2)))
                        .split(scope(0, 1, 2), List.of(scope(0, 1), scope(2)))
                        .split(scope(0, 1, 2), List.of(scope(1, 2), scope(0)))
                        .build(scope(0, 1, 2));
        assertSound(graph, 3);
        assertEquals(6, graph.regions().size());
        assertEquals(2, graph.root().partitions().size(), "the third is the first again");
        Region left = graph.root().partitions().get(1).parts().get(0);
        assertEquals(scope(0, 1), left.scope());
        assertTrue(left.isLeaf());
    }

    @Test
    void regions_that_the_root_does_not_reach_are_left_out() {
        RegionGraph graph =
                RegionGraph.builder()
                        .split(scope(0, 1), List.of(scope(0), scope(1)))
                        .split(scope(2, 3), List.of(scope(2), scope(3)))
                        .build(scope(0, 1));
        assertEquals(3, graph.regions().size());
    }

    @Test
    void what_is_no_partition_is_refused() {
        RegionGraphBuilder builder = RegionGraph.builder();
        Scope whole = scope(0, 1, 2);
        for (List<Scope> parts :
                List.of(
                        List.of(whole),
                        List.of(scope(0), scope(1)),
                        List.of(scope(0, 1), scope(1, 2)))) {
            assertThrows(IllegalArgumentException.class, () -> builder.split(whole, parts));
        }
    }

    @ParameterizedTest
    @CsvSource({"4, 28, 28", "3, 7, 5", "1, 4, 1", "2, 3, 8"})
    void a_grid_has_a_region_for_each_box_between_split_points(
            int interval, int rows, int columns) {
        RegionGraph graph = grid(interval, rows, columns).graph(Integer.MAX_VALUE);
        assertSound(graph, rows * columns);
        int down = Math.ceilDiv(rows, interval);
        int across = Math.ceilDiv(columns, interval);
        assertEquals(down * (down + 1) / 2 * (across * (across + 1) / 2), graph.regions().size());
        assertEquals(down + across - 2, graph.root().partitions().size());
    }

    @Test
    void a_box_of_a_grid_is_what_its_sides_enclose() {
        Box box = Box.whole(new int[] {2, 4, 5}).after(1, 1).before(1, 3).after(2, 4);
        assertEquals(scope(9, 14, 29, 34), box.scope(new int[] {2, 4, 5}));
    }

    @ParameterizedTest
    @CsvSource({
        "1, 13", // the root, and on each axis three ways to cut off one end
        "2, 55", // both ends of one axis, or one of each
        "3, 91", "4, 100", "9, 100"
    })
    void each_side_of_a_box_inside_the_grid_takes_a_split(int depth, int boxes) {
        GridRegions regions = grid(1, 4, 4);
        RegionGraph graph = regions.graph(depth);
        assertSound(graph, 16);
        assertEquals(boxes, graph.regions().size());
        assertEquals(boxes, regions.boxes(depth));
    }

    @Test
    void a_grid_with_too_many_boxes_is_refused() {
        String message =
                assertThrows(
                                InvalidArgumentException.class,
                                () -> grid(1, 64, 64).graph(Integer.MAX_VALUE))
                        .getMessage();
        assertTrue(message.contains("[64, 64]") && message.contains("interval"), message);
    }

    @ParameterizedTest
    @CsvSource({"784, 5, 4, 2, 249", "200, 2, 3, 3, 37", "7, 10, 1, 2, 13", "3, 4, 9, 4, 1"})
    void random_hierarchies_halve_until_the_depth_or_the_variables_end(
            int variables, int depth, int repetitions, int pieces, int regions) {
        RegionGraph graph = RandomRegions.graph(variables, depth, repetitions, pieces, 3);
        assertSound(graph, variables);
        assertEquals(regions, graph.regions().size());
        for (Region region : graph.regions()) {
            for (Partition partition : region.partitions()) {
                int[] sizes =
                        partition.parts().stream().mapToInt(part -> part.scope().size()).toArray();
                assertEquals(pieces, sizes.length);
                Arrays.sort(sizes);
                assertTrue(sizes[pieces - 1] - sizes[0] <= 1, "pieces of equal size");
            }
        }
    }

    @Test
    void a_set_of_variables_that_two_hierarchies_share_is_one_region() {
        RegionGraph graph = RandomRegions.graph(3, 2, 50, 2, 4);
        assertSound(graph, 3);
        assertEquals(7, graph.regions().size(), "every subset");
        assertEquals(3, graph.root().partitions().size(), "every way to split off one");
    }

    @Test
    void boxes_of_one_shape_and_inside_are_translates() {
        RegionGraph graph = grid(2, 4, 6).graph(Integer.MAX_VALUE);
        int[] kinds = Translates.kinds(graph);
        assertEquals(2 * 3, Arrays.stream(kinds).distinct().count(), "heights times widths");
        RegionGraph uneven = new GridRegions(new int[] {6}, new int[][] {{1, 3, 4}}).graph(9);
        // lengths 1 (twice), 2 (twice), 3 (split at 1 twice or at 2), 4, 5, 6 and their like
        int[] ofUneven = Translates.kinds(uneven);
        assertEquals(uneven.regions().size() - 3, Arrays.stream(ofUneven).distinct().count());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void dealt_products_are_distinct_and_none_is_left_over(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int partitions = 2 + random.nextInt(15);
        int most = 1 + random.nextInt(partitions - 1);
        int blocks = 1 + random.nextInt(8);
        ProductChoice choice = ProductChoice.dealt(partitions, blocks, most, random);
        assertEquals(Math.min(partitions, blocks * most), choice.used().length);
        for (int[] block : choice.ofBlock()) {
            assertEquals(most, Arrays.stream(block).distinct().count());
            assertTrue(Arrays.stream(block).allMatch(i -> i < choice.used().length));
        }
    }

    @Test
    void every_product_is_chosen_equally_often() {
        int[] chosen = new int[5];
        int[] ofLastBlock = new int[5];
        for (int seed = 0; seed < 3000; seed++) {
            ProductChoice choice = ProductChoice.dealt(5, 2, 3, new SplittableRandom(seed));
            for (int[] block : choice.ofBlock()) {
                Arrays.stream(block).forEach(i -> chosen[choice.used()[i]]++);
            }
            Arrays.stream(choice.ofBlock()[1]).forEach(i -> ofLastBlock[choice.used()[i]]++);
        }
        for (int p = 0; p < 5; p++) {
            assertEquals(3600, chosen[p], 150);
            assertEquals(1800, ofLastBlock[p], 150);
        }
    }
}
