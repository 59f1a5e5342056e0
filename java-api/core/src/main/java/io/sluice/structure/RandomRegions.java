package io.sluice.structure;

import io.sluice.circuit.Scope;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Region graph of a RAT-SPN (Peharz et al. 2019, algorithm 1): all variables are split at random
 * into pieces of equal size, give or take one, and these again, down to a depth. This is repeated
 * several times.
 */
final class RandomRegions {
    private final RegionGraphBuilder graph = RegionGraph.builder();
    private final SplittableRandom random;
    private final int depth;
    private final int pieces;

    private RandomRegions(int depth, int pieces, long seed) {
        this.random = new SplittableRandom(seed);
        this.depth = depth;
        this.pieces = pieces;
    }

    static RegionGraph graph(int variables, int depth, int repetitions, int pieces, long seed) {
        RandomRegions regions = new RandomRegions(depth, pieces, seed);
        int[] all = IntStream.range(0, variables).toArray();
        for (int repetition = 0; repetition < repetitions; repetition++) {
            regions.split(all, 0);
        }
        return regions.graph.build(Scope.of(all));
    }

    private void split(int[] variables, int splitsAbove) {
        if (splitsAbove == depth || variables.length < pieces) {
            return;
        }
        int[] shuffled = shuffled(variables);
        List<int[]> parts = new ArrayList<>();
        int begin = 0;
        for (int piece = 0; piece < pieces; piece++) {
            boolean longer = piece < variables.length % pieces;
            int end = begin + variables.length / pieces + (longer ? 1 : 0);
            parts.add(IntStream.range(begin, end).map(i -> shuffled[i]).toArray());
            begin = end;
        }
        graph.split(Scope.of(variables), parts.stream().map(Scope::of).toList());
        for (int[] part : parts) {
            split(part, splitsAbove + 1);
        }
    }

    private int[] shuffled(int[] variables) {
        int[] result = variables.clone();
        for (int i = result.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swapped = result[j];
            result[j] = result[i];
            result[i] = swapped;
        }
        return result;
    }
}
