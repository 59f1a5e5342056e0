package io.sluice.runtime;

import io.sluice.circuit.Parameters;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/**
 * Runs kernels for a plan on a device and owns the plan's buffers there. Every method returns when
 * its work is done.
 */
interface KernelRunner {

    /** Called before the other methods whenever a thread enters the engine. */
    void enter();

    /**
     * The arithmetic in which rows are computed first; flagged rows are recomputed in log-space.
     */
    int arithmetic();

    /** The largest batch for some work, in rows. */
    int mostRows(Work work);

    /**
     * Runs work on a batch.
     *
     * @param next the batch of the next call, if known: its rows may be fetched meanwhile
     */
    CallResults run(Work work, Batch batch, @Nullable Batch next);

    /** Sets step size and pseudocount of the updates that follow. */
    void setStep(double stepSize, double pseudocount);

    /**
     * EM step from the statistics.
     *
     * @return whether some statistics are not finite; their parameters stay as they are
     */
    boolean update();

    /** Sets all statistics to zero. */
    void clearStatistics();

    /** Sets {@code count} statistics from offset {@code first} on to zero. */
    void clearStatistics(long first, long count);

    /** Replaces the parameters. */
    void load(Parameters parameters);

    /**
     * Writes parameters that have no derived copy: log-densities, and the parameters of families
     * that kernels do not know.
     *
     * @param first offset among the parameters
     * @param from memory outside the heap
     */
    void writeParameters(long first, MemorySegment from);

    /** Copies parameters from offset {@code first} on to host memory outside the heap. */
    void copyParameters(long first, MemorySegment to);

    /** Copies statistics from offset {@code first} on to host memory outside the heap. */
    void copyStatistics(long first, MemorySegment to);

    /** Waits for the device, then frees everything. */
    void close();
}
