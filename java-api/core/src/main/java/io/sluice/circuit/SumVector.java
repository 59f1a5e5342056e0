package io.sluice.circuit;

import java.util.Arrays;
import java.util.List;

/**
 * Mixtures: a block-sparse matrix of parameters over the nodes of the children.
 *
 * <p>The blocks of all children have consecutive indices, child after child: the
 * <em>concatenation</em> of the children. Tile {@code t} connects block {@code parentBlock(t)} of
 * this vector with block {@code childBlock(t)} of the concatenation. It is a dense {@code
 * [blockSize][childBlockSize(t)]} matrix of parameters. Tiles are sorted by parent block, then
 * child block. The parameters of a node, over all its tiles, are non-negative and sum to one. A
 * parameter that is exactly 0 is no edge, and learning keeps it 0.
 *
 * <p>All children have the scope of the sum (smooth). They may have different block sizes.
 */
public final class SumVector implements NodeVector {
    private final int id;
    private final int nodes;
    private final int blockSize;
    private final List<NodeVector> children;
    private final int[]
            childStart; // first block of each child in the concatenation; then the total
    private final int[] firstTile; // of each parent block; then the number of tiles
    private final int[] childBlock;
    private final TileOffsets offsets;
    private final int parameterOwner;

    /**
     * @param firstTile of each block of this vector; then the number of tiles
     * @param childBlock of each tile, ascending within a parent block
     */
    SumVector(
            int id,
            int nodes,
            int blockSize,
            List<NodeVector> children,
            int[] childStart,
            int[] firstTile,
            int[] childBlock,
            int parameterOwner) {
        this.id = id;
        this.nodes = nodes;
        this.blockSize = blockSize;
        this.children = children;
        this.childStart = childStart;
        this.firstTile = firstTile;
        this.childBlock = childBlock;
        this.parameterOwner = parameterOwner;
        this.offsets = TileOffsets.of(blockSize, children, childStart, childBlock);
    }

    /** The children, at least one, in the order in which they were given; immutable. */
    public List<NodeVector> children() {
        return children;
    }

    /** Number of tiles, at least one for each block of the vector. */
    public int tiles() {
        return childBlock.length;
    }

    /** The block of this vector that a tile belongs to. */
    public int parentBlock(int tile) {
        if (childBlock.length == (long) blocks() * childBlocks()) {
            return tile / childBlocks(); // dense
        }
        int found = Arrays.binarySearch(firstTile, tile);
        // Every block has a tile, so the first tiles are distinct.
        return found >= 0 ? found : -found - 2;
    }

    /**
     * The first tile of a parent block. The tiles of block {@code q} are {@code firstTile(q)} to
     * {@code firstTile(q + 1) - 1}; {@code firstTile(blocks())} is {@link #tiles}.
     */
    public int firstTile(int parentBlock) {
        return firstTile[parentBlock];
    }

    /** The child block of a tile, an index into the concatenation of the children's blocks. */
    public int childBlock(int tile) {
        return childBlock[tile];
    }

    /** Blocks of all children together. */
    public int childBlocks() {
        return childStart[children.size()];
    }

    /** The child that a tile reads. */
    public NodeVector childVector(int tile) {
        return children.get(childIndex(tile));
    }

    /** The child block of a tile, an index into the blocks of {@link #childVector}. */
    public int childBlockInVector(int tile) {
        return childBlock[tile] - childStart[childIndex(tile)];
    }

    /** Block size of the child that a tile reads, which is the width of the tile. */
    public int childBlockSize(int tile) {
        return childVector(tile).blockSize();
    }

    private int childIndex(int tile) {
        return childIndex(childStart, childBlock[tile]);
    }

    /** The child that a block of the concatenation belongs to; every child has a block. */
    static int childIndex(int[] childStart, int block) {
        if (childStart.length == 2) {
            return 0; // one child
        }
        int found = Arrays.binarySearch(childStart, block);
        return found >= 0 ? found : -found - 2;
    }

    /** Offset of a tile from the first parameter of the vector, in parameters. */
    public long tileStart(int tile) {
        return offsets.start(tile);
    }

    /** Number of parameters in the vector's tiles, hard zeros included. */
    public long parameters() {
        return offsets.end();
    }

    /** A vector with the same tiles over other children, which uses the parameters of an owner. */
    SumVector over(int id, List<NodeVector> children, int[] childStart, int parameterOwner) {
        return new SumVector(
                id, nodes, blockSize, children, childStart, firstTile, childBlock, parameterOwner);
    }

    /** Whether the tiles of two vectors with the same pattern of tiles have the same widths. */
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
