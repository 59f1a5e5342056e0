package io.sluice.tests;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.InputFamily;
import io.sluice.data.ImageShape;
import io.sluice.leaf.Bernoulli;
import io.sluice.leaf.Categorical;
import io.sluice.leaf.Gaussian;
import io.sluice.structure.ChowLiuTree;
import io.sluice.structure.Hclt;
import io.sluice.structure.Hmm;
import io.sluice.structure.PoonDomingos;
import io.sluice.structure.QuadGraph;
import io.sluice.structure.QuadTree;
import io.sluice.structure.RatSpn;

import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Circuits of the library's structures with random settings, over a small image. */
final class RandomStructure {
    private static final int[][] LATENTS_AND_BLOCKS = {{1, 1}, {6, 3}, {16, 8}, {32, 32}, {64, 16}};
    static final long KINDS = 7;

    private RandomStructure() {}

    /** Consecutive seeds give every kind in turn. */
    static Circuit of(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        ImageShape image = new ImageShape(1 + random.nextInt(4), 1 + random.nextInt(4), 1);
        int variables = image.variables();
        InputFamily[] palette = {new Bernoulli(), new Categorical(5), new Gaussian()};
        List<InputFamily> mixed =
                IntStream.range(0, variables).mapToObj(v -> palette[random.nextInt(3)]).toList();
        InputFamily one = palette[random.nextInt(3)];
        int[] sizes = LATENTS_AND_BLOCKS[random.nextInt(LATENTS_AND_BLOCKS.length)];
        int latents = sizes[0];
        int block = sizes[1];
        return switch ((int) (seed % KINDS)) {
            case 0 ->
                    Hclt.builder(tree(variables, random), mixed)
                            .latents(latents)
                            .blockSize(block)
                            .seed(seed)
                            .build();
            case 1 ->
                    Hmm.builder(variables, one)
                            .states(latents)
                            .blockSize(block)
                            .homogeneous(random.nextBoolean())
                            .seed(seed)
                            .build();
            case 2 ->
                    PoonDomingos.builder(mixed, image.height(), image.width())
                            .splitIntervals(1 + random.nextInt(2))
                            .productsPerSum(1 + random.nextInt(3))
                            .depth(2 + random.nextInt(3))
                            .sharedSums(random.nextBoolean())
                            .latents(latents)
                            .blockSize(block)
                            .seed(seed)
                            .build();
            case 3 ->
                    PoonDomingos.builder(
                                    Collections.nCopies(variables, one),
                                    image.height(),
                                    image.width())
                            .splitIntervals(1)
                            .homogeneous(true)
                            .latents(latents)
                            .blockSize(block)
                            .seed(seed)
                            .build();
            case 4 ->
                    RatSpn.builder(mixed)
                            .depth(1 + random.nextInt(4))
                            .repetitions(1 + random.nextInt(4))
                            .pieces(2 + random.nextInt(2))
                            .sharedInputs(random.nextBoolean())
                            .latents(latents)
                            .blockSize(block)
                            .seed(seed)
                            .build();
            case 5 ->
                    QuadTree.builder(image, mixed)
                            .latents(latents)
                            .blockSize(block)
                            .seed(seed)
                            .build();
            default ->
                    QuadGraph.builder(image, mixed)
                            .latents(latents)
                            .blockSize(block)
                            .seed(seed)
                            .build();
        };
    }

    private static ChowLiuTree tree(int variables, SplittableRandom random) {
        int[] parents = new int[variables];
        parents[0] = ChowLiuTree.NO_PARENT;
        for (int v = 1; v < variables; v++) {
            parents[v] = random.nextInt(v);
        }
        return ChowLiuTree.ofParents(parents);
    }
}
