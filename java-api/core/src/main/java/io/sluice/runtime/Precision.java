package io.sluice.runtime;

/** Which arithmetic an engine computes with. */
public enum Precision {
    /**
     * Block-scaled linear values: the values of a block of nodes are float32 numbers with one
     * shared power of two. Rows whose dynamic range does not fit are detected and recomputed by the
     * log-space kernels. Log-likelihoods agree with float64 to 1e-3 relative, in practice to 1e-6.
     */
    FAST,
    /**
     * Log-space values in float64, for every layer. The specification that the fast kernels are
     * tested against; several times slower. Log-likelihoods agree with float64 to 1e-6 relative.
     */
    PRECISE
}
