package io.sluice.runtime;

import io.sluice.bindings.kernels.Kernels;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What the kernels do with a batch, whatever its rows are and wherever its results go: equal work
 * on batches of equal shape runs the same kernels.
 */
sealed interface Work {

    /** Calls the kernels; on a CUDA device this enqueues them. */
    void run(KernelLibrary kernels, NativeCall call);

    /** Arithmetic of the kernels. */
    int arithmetic();

    /** Whether the statistics change. */
    default boolean addsStatistics() {
        return false;
    }

    /** Whether the work adds to the statistics; otherwise it replaces them. */
    default boolean keepsStatistics() {
        return false;
    }

    /** Whether an update follows, with the runner's step size and pseudocount. */
    default boolean updates() {
        return false;
    }

    /** Whether work of this shape is likely to recur. */
    default boolean recurs() {
        return false;
    }

    /**
     * The work that recomputes some rows of the batch in log-space; null if flagged rows stay
     * flagged.
     *
     * @param indices of the rows in the batch
     */
    default @Nullable Work again(int[] indices) {
        return null;
    }

    /** Bytes that the kernels read beside the batch. */
    default long inputBytes() {
        return 0;
    }

    /** Writes what the kernels read beside the batch. */
    default void writeInput(MemorySegment to) {}

    /** Bytes that the kernels write beside the log-likelihoods. */
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
        public Work again(int[] indices) {
            return new Forward(Kernels.SLUICE_LOG());
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
     * @param add whether it adds to the statistics; otherwise it replaces them
     */
    record Accumulate(int arithmetic, int stages, boolean add) implements Work {
        @Override
        public void run(KernelLibrary kernels, NativeCall call) {
            kernels.accumulate(call, arithmetic, stages, add);
        }

        /** A single stage is only measured: its flagged rows stay flagged. */
        @Override
        public @Nullable Work again(int[] indices) {
            return stages == Kernels.SLUICE_STAGE_ALL() ? addInLogSpace() : null;
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
        public Work again(int[] indices) {
            return addInLogSpace();
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

    /** Adds flagged rows to the statistics of the other rows. */
    private static Accumulate addInLogSpace() {
        return new Accumulate(Kernels.SLUICE_LOG(), Kernels.SLUICE_STAGE_ALL(), true);
    }

    /**
     * Distributions of missing cells, row by row.
     *
     * @param offsets for each row and variable, offset of the cell's distribution in the output, in
     *     float64 numbers; {@link #OBSERVED} if the cell is not missing
     * @param end length of the output
     */
    record Conditional(int arithmetic, int variables, long[] offsets, long end) implements Work {
        /** Instead of an offset: there is no distribution. */
        static final long OBSERVED = -1;

        @Override
        public void run(KernelLibrary kernels, NativeCall call) {
            kernels.conditional(call, arithmetic);
        }

        @Override
        public long inputBytes() {
            return (long) offsets.length * Long.BYTES;
        }

        @Override
        public void writeInput(MemorySegment to) {
            MemorySegment.copy(offsets, 0, to, ValueLayout.JAVA_LONG, 0, offsets.length);
        }

        @Override
        public long outputBytes() {
            return end * Double.BYTES;
        }

        @Override
        public Conditional again(int[] indices) {
            long[] moved = new long[indices.length * variables];
            long next = 0;
            for (int i = 0; i < indices.length; i++) {
                long start = start(indices[i]);
                for (int v = 0; v < variables; v++) {
                    long offset = offsets[indices[i] * variables + v];
                    moved[i * variables + v] =
                            offset == OBSERVED ? OBSERVED : next + offset - start;
                }
                next += start(indices[i] + 1) - start;
            }
            return new Conditional(Kernels.SLUICE_LOG(), variables, moved, next);
        }

        /** Offset at which the distributions of a row, or of the rows after it, start. */
        private long start(int index) {
            for (int cell = index * variables; cell < offsets.length; cell++) {
                if (offsets[cell] != OBSERVED) {
                    return offsets[cell];
                }
            }
            return end;
        }

        /** Copies the distributions of some rows from the output of other work on these rows. */
        void takeRows(MemorySegment to, int[] indices, Conditional other, MemorySegment from) {
            for (int i = 0; i < indices.length; i++) {
                long start = start(indices[i]);
                long bytes = (start(indices[i] + 1) - start) * Double.BYTES;
                long source = other.start(i) * Double.BYTES;
                MemorySegment.copy(from, source, to, start * Double.BYTES, bytes);
            }
        }
    }

    /** Draws rows; the output holds their cells. */
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

    /** Max-product values; the output holds the decoded rows. */
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
