package io.sluice.circuit;

import java.util.Arrays;
import java.util.List;

/**
 * Mixtures: a block-sparse matrix of parameters over the nodes of the children.
 *
 * <p>The blocks of all children are numbered through, child after child (the <em>concatenation</em>
 * of the children). Edge block {@code e} connects block {@code parentBlock(e)} of this vector with
 * block {@code childBlock(e)} of the concatenation, and owns a dense {@code [blockSize][
 * childBlockSize(e)]} tile of parameters. Edge blocks are sorted by parent block, then child block.
 * The parameters of one node, over all its tiles, are non-negative and sum to one; a parameter that
 * is exactly 0 is no edge, and learning keeps it 0.
 *
 * <p>All children have the scope of the sum (smooth). They may have different block sizes.
 */
public final class SumVector implements NodeVector {
    private final int id;
    private final int nodes;
    private final int blockSize;
    private final List<NodeVector> children;
    private final int[]
            childStart; // first block of each child in the concatenation, then the total
    private final int[] edgeStart; // first edge block of each parent block, then the total
    private final int[] childBlock;
    private final TileOffsets tiles;
    private final int parameterOwner;

    /**
     * @param edgeStart first edge block of each block of this vector, then the number of edge
     *     blocks
     * @param childBlock of each edge block, ascending within a parent block
     */
    SumVector(
            int id,
            int nodes,
            int blockSize,
            List<NodeVector> children,
            int[] childStart,
            int[] edgeStart,
            int[] childBlock,
            int parameterOwner) {
        this.id = id;
        this.nodes = nodes;
        this.blockSize = blockSize;
        this.children = children;
        this.childStart = childStart;
        this.edgeStart = edgeStart;
        this.childBlock = childBlock;
        this.parameterOwner = parameterOwner;
        this.tiles = TileOffsets.of(blockSize, children, childStart, childBlock);
    }

    /** The children, at least one, in the order in which they were given; immutable. */
    public List<NodeVector> children() {
        return children;
    }

    /** How many edge blocks the vector has; at least one for each of its blocks. */
    public int edgeBlocks() {
        return childBlock.length;
    }

    /** The block of this vector that an edge block belongs to. */
    public int parentBlock(int edgeBlock) {
        if (childBlock.length == (long) blocks() * childBlocks()) {
            return edgeBlock / childBlocks(); // dense
        }
        int found = Arrays.binarySearch(edgeStart, edgeBlock);
        // Every block has an edge block, so the starts are distinct.
        return found >= 0 ? found : -found - 2;
    }

    /**
     * The first edge block of a parent block; {@code edgeStart(blocks())} is {@link #edgeBlocks}.
     * The edge blocks of block {@code q} are {@code edgeStart(q)} to {@code edgeStart(q + 1) - 1}.
     */
    public int edgeStart(int parentBlock) {
        return edgeStart[parentBlock];
    }

    /**
     * The child block of an edge block, an index into the concatenation of the children's blocks.
     */
    public int childBlock(int edgeBlock) {
        return childBlock[edgeBlock];
    }

    /** Blocks of all children together. */
    public int childBlocks() {
        return childStart[children.size()];
    }

    /** The child that an edge block reads. */
    public NodeVector childVector(int edgeBlock) {
        return children.get(childIndex(edgeBlock));
    }

    /** The child block of an edge block, an index into the blocks of {@link #childVector}. */
    public int childBlockInVector(int edgeBlock) {
        return childBlock[edgeBlock] - childStart[childIndex(edgeBlock)];
    }

    /** Block size of the child that an edge block reads: the width of the tile. */
    public int childBlockSize(int edgeBlock) {
        return childVector(edgeBlock).blockSize();
    }

    private int childIndex(int edgeBlock) {
        return childIndex(childStart, childBlock[edgeBlock]);
    }

    /** The child that a block of the concatenation belongs to; every child has a block. */
    static int childIndex(int[] childStart, int block) {
        if (childStart.length == 2) {
            return 0; // one child
        }
        int found = Arrays.binarySearch(childStart, block);
        return found >= 0 ? found : -found - 2;
    }

    /** Offset of an edge block's tile from the first parameter of the vector, in parameters. */
    public long tileStart(int edgeBlock) {
        return tiles.start(edgeBlock);
    }

    /** How many parameters the vector's tiles hold, hard zeros included. */
    public long parameters() {
        return tiles.end();
    }

    /** The same edge blocks over other children, with the parameters of an owner. */
    SumVector over(int id, List<NodeVector> children, int[] childStart, int parameterOwner) {
        return new SumVector(
                id, nodes, blockSize, children, childStart, edgeStart, childBlock, parameterOwner);
    }

    /** Whether the tiles of two vectors with the same edge blocks have the same widths. */
    boolean hasTilesOf(SumVector other) {
        for (int e = 0; e < childBlock.length; e++) {
            if (childBlockSize(e) != other.childBlockSize(e)) {
                return false;
            }
        }
        return true;
    }

    /** Id of the vector whose parameters this one uses: its own, unless it is tied. */
    public int parameterOwner() {
        return parameterOwner;
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
        return children.get(0).scope();
    }

    /** Kind, id, shape and scope, as messages name the vector. */
    @Override
    public String toString() {
        return VectorRules.name("sum vector", this, "scope " + scope());
    }
}
