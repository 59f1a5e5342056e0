package io.sluice.benchmarks;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.InputFamily;
import io.sluice.leaf.Categorical;
import io.sluice.structure.ChowLiuTree;
import io.sluice.structure.Hclt;
import io.sluice.structure.HcltBuilder;
import io.sluice.structure.Hmm;
import io.sluice.structure.PoonDomingos;
import io.sluice.structure.RatSpn;

import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Circuits that devices are compared on, by name, with random parameters: {@code hclt784-64} is a
 * hidden Chow-Liu tree over 28 x 28 pixels with 64 latents, {@code hclt784m-64} the same with
 * merged leaves ({@link MergedHclt}), {@code hclt784-64b8} with blocks of 8 nodes, {@code pd768} a
 * Poon-Domingos circuit over 16 x 16 pixels of three colours, {@code rat784} a RAT-SPN, {@code
 * hmm32-512-v4023} a homogeneous hidden Markov model of 32 words out of 4023 with 512 states.
 */
final class Shapes {
    /** The circuits that are measured by default. */
    static final List<String> DEFAULT =
            List.of(
                    "hclt784-64",
                    "hclt784-256",
                    "hclt784-512",
                    "hclt784-1024",
                    "hclt768-256",
                    "hclt768-512",
                    "pd784-128",
                    "pd768-128",
                    "rat784-256",
                    "hmm32-512-v4023",
                    "hmm32-2048-v4023",
                    "hmm32-512-v33279",
                    "hmm32-2048-v33279");

    private static final int LEVELS = 256;
    private static final int WORDS = 32;
    private static final Pattern IMAGE =
            Pattern.compile("(hclt784m?|hclt768m?|pd784|pd768|rat784)-([1-9]\\d{0,4})");
    private static final Pattern BLOCKS =
            Pattern.compile("hclt784-([1-9]\\d{0,4})b([1-9]\\d{0,4})");
    private static final Pattern SENTENCE =
            Pattern.compile("hmm" + WORDS + "-([1-9]\\d{0,4})-v([1-9]\\d{0,5})");

    private Shapes() {}

    /**
     * @throws InvalidArgumentException when no circuit has the name
     */
    static Circuit circuit(String name) {
        Matcher sentence = SENTENCE.matcher(name);
        if (sentence.matches()) {
            return Hmm.builder(WORDS, new Categorical(Integer.parseInt(sentence.group(2))))
                    .states(Integer.parseInt(sentence.group(1)))
                    .build();
        }
        Matcher blocks = BLOCKS.matcher(name);
        if (blocks.matches()) {
            return hclt(PixelTree.random(28, 28), Integer.parseInt(blocks.group(1)))
                    .blockSize(Integer.parseInt(blocks.group(2)))
                    .build();
        }
        Matcher image = IMAGE.matcher(name);
        if (image.matches()) {
            return image(image.group(1), Integer.parseInt(image.group(2)));
        }
        throw new InvalidArgumentException(
                "there is no circuit " + name + ": give names such as " + DEFAULT);
    }

    private static Circuit image(String structure, int latents) {
        return switch (structure) {
            case "hclt784" -> hclt(PixelTree.random(28, 28), latents).build();
            case "hclt768" -> hclt(PixelTree.random(16, 48), latents).build();
            case "hclt784m" ->
                    MergedHclt.build(PixelTree.random(28, 28), new Categorical(LEVELS), latents);
            case "hclt768m" ->
                    MergedHclt.build(PixelTree.random(16, 48), new Categorical(LEVELS), latents);
            case "pd784" ->
                    PoonDomingos.builder(pixels(28 * 28), 28, 28)
                            .splitIntervals(4)
                            .productsPerSum(4)
                            .latents(latents)
                            .build();
            case "pd768" -> // the three colours stay together
                    PoonDomingos.builder(pixels(3 * 16 * 16), 3, 16, 16)
                            .splitIntervals(3, 2, 2)
                            .productsPerSum(8)
                            .latents(latents)
                            .build();
            case "rat784" ->
                    RatSpn.builder(pixels(28 * 28))
                            .depth(5)
                            .repetitions(4)
                            .latents(latents)
                            .build();
            default -> throw new AssertionError(structure);
        };
    }

    private static HcltBuilder hclt(ChowLiuTree tree, int latents) {
        return Hclt.builder(tree, pixels(tree.variables())).latents(latents);
    }

    private static List<InputFamily> pixels(int count) {
        return Collections.nCopies(count, new Categorical(LEVELS));
    }
}
