package io.sluice.structure;

import io.sluice.circuit.Scope;
import io.sluice.structure.Region.Partition;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds regions that are equal, with all regions below them, up to a shift of their variables:
 * boxes of one shape that are split at the same positions.
 */
final class Translates {

    /**
     * @param variables of the region, the first being 0
     * @param partitions of each, the shift and the number of each part's kind
     */
    private record Shape(Scope variables, List<List<Part>> partitions) {}

    private record Part(int shift, int kind) {}

    private Translates() {}

    /** A number for each region of a graph, the same for equal regions. */
    static int[] kinds(RegionGraph graph) {
        int count = graph.regions().size();
        int[] first = new int[count];
        int[] kinds = new int[count];
        Map<Shape, Integer> known = new HashMap<>();
        for (Region region : graph.regions()) {
            int[] variables = region.scope().toArray();
            int start = variables[0];
            first[region.index()] = start;
            List<List<Part>> partitions = new ArrayList<>();
            for (Partition partition : region.partitions()) {
                partitions.add(
                        partition.parts().stream()
                                .map(
                                        part ->
                                                new Part(
                                                        first[part.index()] - start,
                                                        kinds[part.index()]))
                                .toList());
            }
            Scope shifted = Scope.of(Arrays.stream(variables).map(v -> v - start).toArray());
            kinds[region.index()] =
                    known.computeIfAbsent(new Shape(shifted, partitions), key -> known.size());
        }
        return kinds;
    }
}
