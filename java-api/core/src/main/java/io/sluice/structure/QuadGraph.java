package io.sluice.structure;

import io.sluice.circuit.InputFamily;
import io.sluice.data.Dataset;
import io.sluice.data.ImageShape;

import java.util.List;

/**
 * Structures for images that split a square into halves both ways, above each other and side by
 * side, and the halves into the quarters of a {@link QuadTree} (Mari, Vessio and Vergari 2023,
 * section 3; Loconte et al. 2024, section 4.1 and appendix). It is between a quad-tree and {@link
 * PoonDomingos}: neighbours across a side meet early in one of the two ways, but the number of
 * parameters still grows only with the number of pixels: about {@code 2 H W} times K x K.
 *
 * <p>A square has a vector of K sums over the products of both ways, a half over those of its
 * quarters. The smallest squares are pixels, which have K inputs; the channels of a pixel are
 * independent given sums over products of their inputs.
 *
 * <p>The circuit is smooth and decomposable, and not structured-decomposable.
 */
public final class QuadGraph {

    private QuadGraph() {}

    /**
     * Builds for images, whose inputs start near the marginals of the pixels.
     *
     * @throws io.sluice.InvalidArgumentException when the rows are no images
     */
    public static QuadBuilder builder(Dataset images) {
        return new QuadBuilder(images, QuadRegions::graph);
    }

    /**
     * Builds without data; all parameters start at random.
     *
     * @param families of each variable
     * @throws io.sluice.InvalidArgumentException when these are not as many as the image's
     *     variables
     */
    public static QuadBuilder builder(ImageShape image, List<InputFamily> families) {
        return new QuadBuilder(image, families, QuadRegions::graph);
    }
}
