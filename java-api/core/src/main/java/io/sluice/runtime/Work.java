package io.sluice.runtime;

import io.sluice.bindings.kernels.Kernels;

/**
 * What the kernels do with a batch, apart from where its rows and results lie: two calls of equal
 * work on batches of equal shape run the same kernels.
 */
sealed interface Work {

    /** Calls the kernels, which on a device means to enqueue them. */
    void run(KernelLibrary kernels, NativeCall call);

    /** Arithmetic of the kernels. */
    int arithmetic();

    /** Whether the statistics change. */
    default boolean addsStatistics() {
        return false;
    }

    /** Whether the statistics keep what they hold when they change. */
    default boolean keepsStatistics() {
        return false;
    }

    /** Whether an update follows, with the step that the runner was given. */
    default boolean updates() {
        return false;
    }

    /** Whether the same shape is likely to come again and again. */
    default boolean recurs() {
        return false;
    }

    /** Bytes that the kernels read beside the batch. */
    default long inputBytes() {
        return 0;
    }

    /** Bytes that they write beside the log-likelihoods. */
    default long outputBytes() {
        return 0;
    }

    /** Log-likelihoods. */
    record Forward(int arithmetic) implements Work {
        @Override
        public void run(KernelLibrary kernels, NativeCall call) {
            kernels.forward(call, arithmetic);
        }

        @Override
        public boolean recurs() {
            return arithmetic == Kernels.SLUICE_LINEAR();
        }
    }

    /**
     * Log-likelihoods and statistics.
     *
     * @param stages which stages run, as in {@code sluice_stage}
     * @param add whether the statistics keep what they hold
     */
    record Accumulate(int arithmetic, int stages, boolean add) implements Work {
        @Override
        public void run(KernelLibrary kernels, NativeCall call) {
            kernels.accumulate(call, arithmetic, stages, add);
        }

        @Override
        public boolean addsStatistics() {
            return true;
        }

        @Override
        public boolean keepsStatistics() {
            return add;
        }

        @Override
        public boolean recurs() {
            return arithmetic == Kernels.SLUICE_LINEAR();
        }
    }

    /** Log-likelihoods, statistics, and an update unless rows were flagged. */
    record Step(int arithmetic, boolean add) implements Work {
        @Override
        public void run(KernelLibrary kernels, NativeCall call) {
            kernels.accumulate(call, arithmetic, Kernels.SLUICE_STAGE_ALL(), add);
            kernels.update(call, call.flaggedRows());
        }

        @Override
        public boolean addsStatistics() {
            return true;
        }

        @Override
        public boolean keepsStatistics() {
            return add;
        }

        @Override
        public boolean updates() {
            return true;
        }

        @Override
        public boolean recurs() {
            return true;
        }
    }

    /** Distributions of cells; the input are their offsets in the output. */
    record Conditional(int arithmetic, long inputBytes, long outputBytes) implements Work {
        @Override
        public void run(KernelLibrary kernels, NativeCall call) {
            kernels.conditional(call, arithmetic);
        }
    }

    /** Draws; the output are their cells. */
    record Sample(int perRow, long seed, long firstDraw, long outputBytes) implements Work {
        @Override
        public void run(KernelLibrary kernels, NativeCall call) {
            kernels.sample(call, perRow, seed, firstDraw);
        }

        @Override
        public int arithmetic() {
            return Kernels.SLUICE_LOG();
        }
    }

    /** Max-product values; the output are the decoded rows. */
    record MaxProduct(long outputBytes) implements Work {
        @Override
        public void run(KernelLibrary kernels, NativeCall call) {
            kernels.maxProduct(call);
        }

        @Override
        public int arithmetic() {
            return Kernels.SLUICE_LOG();
        }
    }
}
