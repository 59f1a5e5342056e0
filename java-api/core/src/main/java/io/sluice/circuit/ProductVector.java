package io.sluice.circuit;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * Factorisations: node {@code i} of block {@code q} is the product over the children {@code j} of
 * node {@code i} of block {@code childBlock(q, j)} of child {@code j}. The children's scopes are
 * pairwise disjoint (decomposable), and all children have the block size of the product.
 */
public final class ProductVector implements NodeVector {
    private final int id;
    private final int nodes;
    private final int blockSize;
    private final Scope scope;
    private final List<NodeVector> children;
    private final int @Nullable [] childBlocks; // [block][child]; null if block q takes blocks q

    ProductVector(
            int id,
            int nodes,
            int blockSize,
            Scope scope,
            List<NodeVector> children,
            int @Nullable [] childBlocks) {
        this.id = id;
        this.nodes = nodes;
        this.blockSize = blockSize;
        this.scope = scope;
        this.children = children;
        this.childBlocks = childBlocks;
    }

    /** The children, at least one, in the order in which they were given; immutable. */
    public List<NodeVector> children() {
        return children;
    }

    /**
     * The block of a child that a block of this vector multiplies.
     *
     * @param block block of this vector
     * @param child position in {@link #children}
     * @return index of a block inside that child
     */
    public int childBlock(int block, int child) {
        return childBlocks == null ? block : childBlocks[block * children.size() + child];
    }

    @Override
    public int id() {
        return id;
    }

    @Override
    public int nodes() {
        return nodes;
    }

    @Override
    public int blockSize() {
        return blockSize;
    }

    @Override
    public Scope scope() {
        return scope;
    }

    /** Kind, id, shape and scope, as messages name the vector. */
    @Override
    public String toString() {
        return VectorRules.name("product vector", this, "scope " + scope);
    }
}
