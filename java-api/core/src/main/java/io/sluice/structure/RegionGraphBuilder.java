package io.sluice.structure;

import io.sluice.circuit.Scope;
import io.sluice.structure.Region.Partition;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Collects partitions in any order and makes a {@link RegionGraph} of them. */
final class RegionGraphBuilder {
    /** The partitions of each region: as sets, to find repetitions, and as given. */
    private final Map<Scope, Map<Set<Scope>, List<Scope>>> splits = new HashMap<>();

    RegionGraphBuilder() {}

    /**
     * Adds a partition, unless the region has it already.
     *
     * @param parts two or more disjoint scopes whose union is the whole
     */
    RegionGraphBuilder split(Scope whole, List<Scope> parts) {
        Scope union = parts.get(0);
        for (Scope part : parts.subList(1, parts.size())) {
            if (union.intersects(part)) {
                throw new IllegalArgumentException("parts of " + whole + " overlap: " + parts);
            }
            union = union.union(part);
        }
        if (parts.size() < 2 || !union.equals(whole)) {
            throw new IllegalArgumentException(parts + " is no partition of " + whole);
        }
        splits.computeIfAbsent(whole, key -> new LinkedHashMap<>())
                .putIfAbsent(Set.copyOf(parts), List.copyOf(parts));
        return this;
    }

    /** The regions that the partitions reach from the given one; those never split are leaves. */
    RegionGraph build(Scope root) {
        Map<Scope, Region> made = new HashMap<>();
        List<Region> ordered = new ArrayList<>();
        make(root, made, ordered);
        return new RegionGraph(ordered);
    }

    private Region make(Scope scope, Map<Scope, Region> made, List<Region> ordered) {
        Region known = made.get(scope);
        if (known != null) {
            return known;
        }
        List<Partition> partitions = new ArrayList<>();
        for (List<Scope> parts : splits.getOrDefault(scope, Map.of()).values()) {
            partitions.add(
                    new Partition(parts.stream().map(part -> make(part, made, ordered)).toList()));
        }
        Region region = new Region(ordered.size(), scope, partitions);
        made.put(scope, region);
        ordered.add(region);
        return region;
    }
}
