package io.sluice.structure;

import io.sluice.circuit.InputFamily;
import io.sluice.data.Dataset;

import java.util.List;

/**
 * Structures for images and other grids (Poon and Domingos 2011, "Sum-Product Networks: A New Deep
 * Architecture", section 4): every box of the grid with sides at split points is modelled, and is
 * split in two at each split point inside it, along every axis.
 *
 * <p>A box has a vector of K sums; a split has a vector of K products of the sums of its halves. A
 * box that is not split has products of the inputs of its variables, which are independent given
 * the product, and sums over these products, block by block. If a block of sums could read more
 * products than {@link PoonDomingosBuilder#productsPerSum}, it chooses splits at random, with
 * {@link PoonDomingosBuilder#seed}. The root reads all.
 *
 * <p>The number of boxes grows with the square of the number of split points on each axis: a grid
 * of 28 x 28 split every 4 has 784. The circuit is smooth and decomposable, but not
 * structured-decomposable, because a box is split in several ways.
 */
public final class PoonDomingos {

    private PoonDomingos() {}

    /**
     * Builds for the rows of a data set, whose inputs start near its marginals. The grid is that of
     * its images: {@code [height][width]}, with {@code [channels]} before these when there are
     * several. Rows that are no images are a grid of one axis.
     */
    public static PoonDomingosBuilder builder(Dataset data) {
        return new PoonDomingosBuilder(data);
    }

    /**
     * Builds without data; all parameters start at random.
     *
     * @param families of each variable
     * @param shape number of variables along each axis, the last axis varying fastest; {@code 28,
     *     28}, or {@code 3, 32, 32} with channels first
     * @throws io.sluice.InvalidArgumentException when the shape is not that of as many variables as
     *     there are families
     */
    public static PoonDomingosBuilder builder(List<InputFamily> families, int... shape) {
        return new PoonDomingosBuilder(families, shape);
    }
}
