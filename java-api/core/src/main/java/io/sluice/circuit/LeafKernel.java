package io.sluice.circuit;

/** How engines with kernels compute the nodes of a family. */
public enum LeafKernel {
    /**
     * The parameters are {@code [category][node]} probabilities of a finite variable that learn as
     * those of {@code io.sluice.leaf.Categorical}: kernels read, count and update them.
     */
    PROBABILITIES,

    /** The parameters and their learning are those of {@code io.sluice.leaf.Gaussian}. */
    GAUSSIAN,

    /**
     * The family's own code. The engine tabulates log-densities for the kernels: those of each
     * category after each update, or those of each row of a batch. It gives the nodes' flows to the
     * family. Any family can be computed this way.
     */
    TABULATED
}
