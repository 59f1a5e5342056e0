package io.sluice.circuit;

/** How engines with kernels compute the nodes of a family. */
public enum LeafKernel {
    /**
     * The parameters are {@code [category][node]} probabilities that learn as those of {@link
     * Categorical} do: kernels read, count and update them.
     */
    PROBABILITIES,

    /** The parameters are those of {@link Gaussian}, and so is learning. */
    GAUSSIAN,

    /**
     * The family's own code: the engine tabulates log-densities for the kernels, of each category
     * after each update or else of each row of a batch, and hands the nodes' flows to the family.
     * Any family can be computed like this.
     */
    TABULATED
}
