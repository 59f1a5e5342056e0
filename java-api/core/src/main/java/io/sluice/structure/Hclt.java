package io.sluice.structure;

import io.sluice.circuit.InputFamily;
import io.sluice.data.Dataset;

import java.util.List;

/**
 * Hidden Chow-Liu trees (Liu and Van den Broeck 2021, "Tractable Regularization of Probabilistic
 * Circuits", section 5). Each variable {@code X_v} of a Chow-Liu tree gets a latent variable {@code
 * Z_v} with K states; the latents form the tree, and {@code X_v} depends on {@code Z_v} only:
 *
 * <pre>
 * p(x) = sum_z p(z_root) prod_v p(x_v | z_v) prod_(v not root) p(z_v | z_parent(v))
 * </pre>
 *
 * The circuit has, for each variable, a vector of K inputs {@code p(x_v | z_v)}; a vector of K
 * products of these with the sums of the variable's children; and, unless it is the root, a vector
 * of K sums over those products, dense, one for each state of its parent. The root is one sum. The
 * number of parameters is {@code (V - 1) K K + K} for the sums and K times the sizes of the inputs'
 * distributions.
 */
public final class Hclt {

    private Hclt() {}

    /**
     * Builds on the Chow-Liu tree of a data set, or on another tree. Categorical columns get
     * categorical inputs, continuous ones Gaussians. If a column has no more categories than the
     * latent variable has states, parameters start near those of the plain tree, {@link
     * ChowLiuModel}, with noise. Otherwise inputs start near the marginals of the data, and sums at
     * random.
     */
    public static HcltBuilder builder(Dataset data) {
        return new HcltBuilder(data);
    }

    /**
     * Builds on the Chow-Liu tree of a data set with other families; inputs start near the
     * marginals of the data as their families do.
     *
     * @param families of each variable
     * @throws io.sluice.InvalidArgumentException when data and families are for different numbers
     *     of variables
     */
    public static HcltBuilder builder(Dataset data, List<InputFamily> families) {
        return new HcltBuilder(data, families);
    }

    /**
     * Builds without data; all parameters start at random.
     *
     * @param families of each variable
     * @throws io.sluice.InvalidArgumentException when tree and families are for different numbers
     *     of variables
     */
    public static HcltBuilder builder(ChowLiuTree tree, List<InputFamily> families) {
        return new HcltBuilder(tree, families);
    }
}
