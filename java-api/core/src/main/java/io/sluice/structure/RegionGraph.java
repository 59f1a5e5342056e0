package io.sluice.structure;

import java.util.List;

/**
 * The idea that image and random structures share: the sets of variables (regions) that a circuit
 * models, and how they are split into smaller ones (partitions), without any nodes (Dennis and
 * Ventura 2012; Peharz et al. 2019, section 4). There is one region for each set of variables; the
 * root is the set of all. {@link RegionCircuit} gives each region a vector of sums and each
 * partition a vector of products.
 *
 * <p>Immutable.
 *
 * @param regions parts before wholes, so the root is last; each can be reached from the root, and
 *     its index is its index in this list
 */
record RegionGraph(List<Region> regions) {

    RegionGraph {
        regions = List.copyOf(regions);
    }

    static RegionGraphBuilder builder() {
        return new RegionGraphBuilder();
    }

    /** All variables. */
    Region root() {
        return regions.get(regions.size() - 1);
    }
}
