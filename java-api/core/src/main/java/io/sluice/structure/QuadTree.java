package io.sluice.structure;

import io.sluice.circuit.InputFamily;
import io.sluice.data.Dataset;
import io.sluice.data.ImageShape;

import java.util.List;

/**
 * Structures for images that split a square into its four quarters, and these again, down to pixels
 * (Mari, Vessio and Vergari 2023, "Unifying and Understanding Overparameterized Circuit
 * Representations via Low-Rank Tensor Decompositions", section 3; Loconte et al. 2024, "What is the
 * Relationship between Tensor Factorizations and Circuits (and How Can We Exploit It)?", section
 * 4.1). Squares have sides of a power of two; those at the image's ends are cut off.
 *
 * <p>A square has a vector of K sums over the products, node by node, of its quarters' (the CP-T
 * layer of the latter paper). The smallest squares are pixels, which have K inputs; the channels of
 * a pixel are independent given sums over products of their inputs.
 *
 * <p>There is one split of each square. So the circuit is structured-decomposable and as small as a
 * circuit of images can be: about {@code H W / 3} times K x K parameters. {@link QuadGraph} has
 * several splits.
 */
public final class QuadTree {

    private QuadTree() {}

    /**
     * Builds for images, whose inputs start near the marginals of the pixels.
     *
     * @throws io.sluice.InvalidArgumentException when the rows are no images
     */
    public static QuadBuilder builder(Dataset images) {
        return new QuadBuilder(images, QuadRegions::tree);
    }

    /**
     * Builds without data; all parameters start at random.
     *
     * @param families of each variable
     * @throws io.sluice.InvalidArgumentException when these are not as many as the image's
     *     variables
     */
    public static QuadBuilder builder(ImageShape image, List<InputFamily> families) {
        return new QuadBuilder(image, families, QuadRegions::tree);
    }
}
