package io.sluice.structure;

import io.sluice.circuit.Scope;

import java.util.List;

/**
 * A node of a {@link RegionGraph}: a set of variables that a circuit models together, and the ways
 * in which it splits them. Compared by identity.
 */
final class Region {

    /**
     * One way to split a region.
     *
     * @param parts two or more regions with disjoint scopes, whose union is the whole
     */
    record Partition(List<Region> parts) {}

    private final int index;
    private final Scope scope;
    private final List<Partition> partitions;

    Region(int index, Scope scope, List<Partition> partitions) {
        this.index = index;
        this.scope = scope;
        this.partitions = List.copyOf(partitions);
    }

    /** Index among the regions of the graph. */
    int index() {
        return index;
    }

    Scope scope() {
        return scope;
    }

    /** All ways in which the region is split, each once, in the order in which they were found. */
    List<Partition> partitions() {
        return partitions;
    }

    /** Whether nothing splits the region. */
    boolean isLeaf() {
        return partitions.isEmpty();
    }
}
