package io.sluice.structure;

import io.sluice.circuit.InputFamily;
import io.sluice.data.Dataset;

import java.util.List;

/**
 * Hidden Markov models over sequences of fixed length (Rabiner 1989): a chain of latent states,
 * each of which emits one variable.
 *
 * <pre>
 * p(x) = sum_z p(z_0) prod_t p(x_t | z_t) prod_(t over 0) p(z_t | z_(t-1))
 * </pre>
 *
 * In a homogeneous model all steps share one transition matrix and one emission distribution: the
 * sum vectors are tied, and so are the input vectors. The root is the sum over the initial
 * distribution.
 */
public final class Hmm {

    private Hmm() {}

    /**
     * Builds without data; all parameters start at random.
     *
     * @param length number of variables, at least 1
     * @param family of the emissions
     */
    public static HmmBuilder builder(int length, InputFamily family) {
        return new HmmBuilder(length, family);
    }

    /**
     * Builds without data for steps that emit variables of different kinds. Steps share
     * transitions, and share emissions only if {@link HmmBuilder#homogeneous} says so. All
     * parameters start at random.
     *
     * @param families of the variables, in the order of the steps
     */
    public static HmmBuilder builder(List<InputFamily> families) {
        return new HmmBuilder(families).tiedEmissions(false);
    }

    /**
     * Builds for the rows of a data set; emissions start near its marginals. In a homogeneous model
     * these are the marginals of all columns together.
     */
    public static HmmBuilder builder(Dataset data) {
        return new HmmBuilder(data);
    }
}
