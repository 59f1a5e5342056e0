package io.sluice.structure;

import java.util.List;

/**
 * What image and random structures have in common: which sets of variables (regions) a circuit
 * models, and how these are split into smaller ones (partitions), before anything is said of nodes
 * (Dennis and Ventura 2012; Peharz et al. 2019, section 4). There is one region for each set of
 * variables, the root being all of them. {@link RegionCircuit} gives each region a vector of sums
 * and each partition a vector of products.
 *
 * <p>Immutable.
 *
 * @param regions parts before wholes, so that the root is last; every one can be reached from the
 *     root, and has its position as index
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
