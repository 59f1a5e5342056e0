package io.sluice.runtime;

import io.sluice.bindings.kernels.Kernels;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

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

    /**
     * The work that computes some rows of the batch again, in log-space; null when flagged rows
     * stay as they are.
     *
     * @param places of the rows in the batch
     */
    default @Nullable Work again(int[] places) {
        return null;
    }

    /** Bytes that the kernels read beside the batch. */
    default long inputBytes() {
        return 0;
    }

    /** Writes what the kernels read beside the batch. */
    default void writeInput(MemorySegment to) {}

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
        public Work again(int[] places) {
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
     * @param add whether the statistics keep what they hold
     */
    record Accumulate(int arithmetic, int stages, boolean add) implements Work {
        @Override
        public void run(KernelLibrary kernels, NativeCall call) {
            kernels.accumulate(call, arithmetic, stages, add);
        }

        /** A single stage is run to measure it: its flagged rows stay. */
        @Override
        public @Nullable Work again(int[] places) {
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
        public Work again(int[] places) {
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

    /** Adds rows that were flagged to the statistics of the others. */
    private static Accumulate addInLogSpace() {
        return new Accumulate(Kernels.SLUICE_LOG(), Kernels.SLUICE_STAGE_ALL(), true);
    }

    /**
     * Distributions of missing cells. The output holds those of one row after the other.
     *
     * @param offsets for each row and variable, where in the output the cell's distribution starts,
     *     counted in float64 numbers; {@link #OBSERVED} where the cell is not missing
     * @param end how many numbers there are
     */
    record Conditional(int arithmetic, int variables, long[] offsets, long end) implements Work {
        /** In place of an offset. */
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
        public Conditional again(int[] places) {
            long[] moved = new long[places.length * variables];
            long next = 0;
            for (int i = 0; i < places.length; i++) {
                long start = start(places[i]);
                for (int v = 0; v < variables; v++) {
                    long offset = offsets[places[i] * variables + v];
                    moved[i * variables + v] =
                            offset == OBSERVED ? OBSERVED : next + offset - start;
                }
                next += start(places[i] + 1) - start;
            }
            return new Conditional(Kernels.SLUICE_LOG(), variables, moved, next);
        }

        /** Where the distributions of a row, and of the rows after it, start. */
        private long start(int place) {
            for (int cell = place * variables; cell < offsets.length; cell++) {
                if (offsets[cell] != OBSERVED) {
                    return offsets[cell];
                }
            }
            return end;
        }

        /** Takes the distributions of rows at some places from the output of other work on them. */
        void takeRows(MemorySegment to, int[] places, Conditional other, MemorySegment from) {
            for (int i = 0; i < places.length; i++) {
                long start = start(places[i]);
                long bytes = (start(places[i] + 1) - start) * Double.BYTES;
                long source = other.start(i) * Double.BYTES;
                MemorySegment.copy(from, source, to, start * Double.BYTES, bytes);
            }
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
