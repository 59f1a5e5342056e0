package io.sluice.structure;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * The partitions of a region that each block of its sums reads.
 *
 * @param used partitions that at least one block reads, ascending
 * @param ofBlock for each block, ascending indices into {@code used}; all of them if the sums are
 *     dense
 */
record ProductChoice(int[] used, int[][] ofBlock) {

    /** Every block reads every partition. */
    static ProductChoice all(int partitions, int blocks) {
        int[] every = IntStream.range(0, partitions).toArray();
        int[][] ofBlock = new int[blocks][];
        Arrays.fill(ofBlock, every);
        return new ProductChoice(every, ofBlock);
    }

    /**
     * Every block reads a random set of partitions; all sets are equally likely. The partitions are
     * dealt like cards from a deck that is shuffled when it runs out: none is left over if the
     * blocks can take all of them.
     *
     * @param most partitions of a block, fewer than there are
     */
    static ProductChoice dealt(int partitions, int blocks, int most, SplittableRandom random) {
        int[] deck = IntStream.range(0, partitions).toArray();
        int next = partitions;
        int[][] dealt = new int[blocks][];
        for (int block = 0; block < blocks; block++) {
            boolean[] inHand = new boolean[partitions];
            for (int card = 0; card < most; card++) {
                if (next == partitions) {
                    shuffle(deck, random);
                    next = 0;
                }
                int found = next;
                while (inHand[deck[found]]) { // dealt before the deck was shuffled
                    found++;
                }
                swap(deck, next, found);
                inHand[deck[next++]] = true;
            }
            dealt[block] = IntStream.range(0, partitions).filter(p -> inHand[p]).toArray();
        }
        int[] used =
                Arrays.stream(dealt).flatMapToInt(Arrays::stream).sorted().distinct().toArray();
        for (int[] hand : dealt) {
            Arrays.setAll(hand, i -> Arrays.binarySearch(used, hand[i]));
        }
        return new ProductChoice(used, dealt);
    }

    /** Whether every block reads all used partitions. */
    boolean isDense() {
        return Arrays.stream(ofBlock).allMatch(block -> block.length == used.length);
    }

    private static void shuffle(int[] deck, SplittableRandom random) {
        for (int i = deck.length - 1; i > 0; i--) {
            swap(deck, i, random.nextInt(i + 1));
        }
    }

    private static void swap(int[] deck, int i, int j) {
        int card = deck[i];
        deck[i] = deck[j];
        deck[j] = card;
    }
}
