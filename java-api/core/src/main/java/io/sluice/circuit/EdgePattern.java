package io.sluice.circuit;

import io.sluice.InvalidArgumentException;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Which child blocks each block of a sum vector reads, for {@link
 * CircuitBuilder#sum(java.util.List, int, int, EdgePattern)}. Patterns are immutable and depend on
 * the numbers of blocks alone. Child blocks are numbered through all children.
 */
public sealed interface EdgePattern {

    /** Every block reads every child block. */
    static EdgePattern dense() {
        return new Dense();
    }

    /** Block {@code q} reads child block {@code q}; there are equally many of both. */
    static EdgePattern blockDiagonal() {
        return new BlockDiagonal();
    }

    /**
     * Each block reads some child blocks that are drawn at random. If the blocks together read at
     * least as many as there are, none is left out.
     *
     * @param childrenPerBlock how many child blocks a block reads, at least 1, at most all
     */
    static EdgePattern randomBlocks(int childrenPerBlock, long seed) {
        return new RandomBlocks(childrenPerBlock, seed);
    }

    /**
     * A Monarch matrix (Zhang et al. 2025, "Scaling Probabilistic Circuits via Monarch Matrices",
     * arXiv 2506.12383): instead of all pairs of blocks, a product of two block-sparse matrices
     * with a transposition of blocks between them, so that every node still depends on every child
     * node. For n blocks over n it takes about {@code 2 n sqrt(n)} tiles.
     *
     * <p>The child blocks are divided into about {@code sqrt} of their number of groups. A lower
     * vector of sums mixes each group by itself; each block of the upper vector reads one block of
     * each group. With blocks of one node these are the matrices of the paper; with larger blocks
     * each entry is a tile.
     */
    static EdgePattern monarch() {
        return new Monarch();
    }

    /**
     * Edges between single nodes; all other pairs are hard zeros. Blocks without an edge between
     * them get no tile, and the other pairs of a tile get the parameter 0, which learning keeps.
     *
     * @param edges {@code [nodes][nodes of all children]}, whether there is an edge
     * @throws InvalidArgumentException when a node has no edge, or rows differ in length
     */
    static EdgePattern mask(boolean[][] edges) {
        return new Mask(edges);
    }

    /** See {@link #dense}. */
    record Dense() implements EdgePattern {}

    /** See {@link #blockDiagonal}. */
    record BlockDiagonal() implements EdgePattern {

        static int[] diagonal(int blocks, int childBlocks) {
            if (blocks != childBlocks) {
                throw new InvalidArgumentException(
                        "a block-diagonal sum vector of "
                                + blocks
                                + " blocks over "
                                + childBlocks
                                + " child blocks: give equally many of both");
            }
            int[] diagonal = new int[blocks];
            Arrays.setAll(diagonal, q -> q);
            return diagonal;
        }
    }

    /**
     * See {@link #randomBlocks}.
     *
     * @param childrenPerBlock how many child blocks a block reads
     * @param seed of the choice
     */
    record RandomBlocks(int childrenPerBlock, long seed) implements EdgePattern {

        /** Checks the number. */
        public RandomBlocks {
            if (childrenPerBlock < 1) {
                throw new InvalidArgumentException(
                        childrenPerBlock + " child blocks for each block: give at least 1");
            }
        }

        /** For each block its child blocks, dealt from shuffled packs of all of them. */
        int[][] choose(int blocks, int childBlocks) {
            if (childrenPerBlock > childBlocks) {
                throw new InvalidArgumentException(
                        childrenPerBlock
                                + " child blocks for each block of a sum vector whose children"
                                + " have "
                                + childBlocks
                                + ": give at most as many");
            }
            SplittableRandom random = new SplittableRandom(seed);
            Deque<Integer> pack = new ArrayDeque<>();
            int[][] chosen = new int[blocks][childrenPerBlock];
            for (int[] ofBlock : chosen) {
                List<Integer> putBack = new ArrayList<>();
                int count = 0;
                while (count < ofBlock.length) {
                    if (pack.isEmpty()) {
                        pack.addAll(shuffled(childBlocks, random));
                    }
                    int next = pack.remove();
                    if (contains(ofBlock, count, next)) {
                        putBack.add(next);
                    } else {
                        ofBlock[count++] = next;
                    }
                }
                for (int i = putBack.size() - 1; i >= 0; i--) {
                    pack.addFirst(putBack.get(i));
                }
            }
            return chosen;
        }

        private static boolean contains(int[] values, int count, int value) {
            for (int i = 0; i < count; i++) {
                if (values[i] == value) {
                    return true;
                }
            }
            return false;
        }

        private static List<Integer> shuffled(int count, SplittableRandom random) {
            List<Integer> pack = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                pack.add(i);
            }
            for (int i = count - 1; i > 0; i--) {
                int j = random.nextInt(i + 1);
                pack.set(j, pack.set(i, pack.get(j)));
            }
            return pack;
        }
    }

    /** See {@link #monarch}. */
    record Monarch() implements EdgePattern {

        /** The divisor of a number of blocks that is nearest to its square root, from below. */
        static int groups(int blocks) {
            int groups = (int) Math.sqrt(blocks);
            while (blocks % groups != 0) {
                groups--;
            }
            return groups;
        }
    }

    /** See {@link #mask}. */
    final class Mask implements EdgePattern {
        private final boolean[][] edges;

        private Mask(boolean[][] given) {
            if (given.length == 0) {
                throw new InvalidArgumentException("a mask of no nodes: give a row for each");
            }
            edges = new boolean[given.length][];
            for (int node = 0; node < given.length; node++) {
                edges[node] = given[node].clone();
                boolean some = false;
                for (boolean edge : edges[node]) {
                    some |= edge;
                }
                if (!some || edges[node].length != edges[0].length) {
                    throw new InvalidArgumentException(
                            "a mask whose row "
                                    + node
                                    + " has "
                                    + edges[node].length
                                    + " child nodes and "
                                    + (some ? "some" : "no")
                                    + " edge: give every node one, and rows of one length ("
                                    + edges[0].length
                                    + ")");
                }
            }
        }

        int nodes() {
            return edges.length;
        }

        int childNodes() {
            return edges[0].length;
        }

        /** Whether a node has an edge to a child node, which is numbered through all children. */
        boolean hasEdge(int node, int childNode) {
            return edges[node][childNode];
        }
    }
}
