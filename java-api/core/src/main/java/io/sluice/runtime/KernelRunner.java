package io.sluice.runtime;

import io.sluice.circuit.Parameters;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/**
 * A plan with its buffers on one device: where they live, and how the kernels' calls reach it.
 * Every method returns when its work is done.
 */
interface KernelRunner {

    /** Comes before the other methods whenever a thread enters the engine. */
    void enter();

    /** The arithmetic that computes rows first. */
    int arithmetic();

    /** Most rows of a batch for some work. */
    int mostRows(Work work);

    /**
     * Runs work on a batch.
     *
     * @param next the batch of the next call, if it is known: its rows may be fetched meanwhile
     */
    CallResults run(Work work, Batch batch, @Nullable Batch next);

    /** Sets the step of the updates that follow. */
    void setStep(double stepSize, double pseudocount);

    /**
     * EM step from the statistics.
     *
     * @return whether some of them are not finite, so that their parameters stayed
     */
    boolean update();

    /** Sets all statistics to zero. */
    void clearStatistics();

    /** Sets some statistics, from one of them on, to zero. */
    void clearStatistics(long first, long count);

    /** Replaces the parameters. */
    void load(Parameters parameters);

    /**
     * Replaces what kernels read as it is, or not at all: log-densities, and the parameters that
     * they come from.
     *
     * @param first of the numbers among the parameters
     * @param from memory outside the heap
     */
    void writeParameters(long first, MemorySegment from);

    /** Copies parameters, from one of them on, to host memory outside the heap. */
    void copyParameters(long first, MemorySegment to);

    /** Copies statistics, from one of them on, to host memory outside the heap. */
    void copyStatistics(long first, MemorySegment to);

    /** Waits for the device, then frees everything. */
    void close();
}
