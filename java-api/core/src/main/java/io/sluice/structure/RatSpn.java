package io.sluice.structure;

import io.sluice.circuit.InputFamily;
import io.sluice.data.Dataset;

import java.util.List;

/**
 * Random and tensorised sum-product networks (Peharz et al. 2019, "Random Sum-Product Networks: A
 * Simple and Effective Approach to Probabilistic Deep Learning", section 4): the variables are
 * split at random into pieces of equal size, and these again, down to a depth; the circuit is a
 * mixture over several such hierarchies. No order or neighbourhood of the variables is assumed.
 *
 * <p>A piece has a vector of K sums over the products of its own pieces' sums, node by node (the
 * paper multiplies all pairs). A piece that is not split has sums over products of the inputs of
 * its variables, which are independent given the product. The root is one sum over the products of
 * all hierarchies.
 *
 * <p>The circuit is smooth and decomposable; it is structured-decomposable with one repetition.
 */
public final class RatSpn {

    private RatSpn() {}

    /** Builds for the rows of a data set, whose inputs start near its marginals. */
    public static RatSpnBuilder builder(Dataset data) {
        return new RatSpnBuilder(new LeafSource.Data(data));
    }

    /**
     * Builds without data; all parameters start at random.
     *
     * @param families of each variable
     */
    public static RatSpnBuilder builder(List<InputFamily> families) {
        return new RatSpnBuilder(new LeafSource.Families(families));
    }
}
