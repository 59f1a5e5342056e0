package io.sluice.runtime;

import io.sluice.circuit.Parameters;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/** A runner that forwards every call to another one; a base for runners that change some calls. */
abstract class DelegatingRunner implements KernelRunner {
    private final KernelRunner kernels;

    DelegatingRunner(KernelRunner kernels) {
        this.kernels = kernels;
    }

    /** The runner that this one forwards to. */
    final KernelRunner kernels() {
        return kernels;
    }

    @Override
    public void enter() {
        kernels.enter();
    }

    @Override
    public int arithmetic() {
        return kernels.arithmetic();
    }

    @Override
    public int mostRows(Work work) {
        return kernels.mostRows(work);
    }

    @Override
    public CallResults run(Work work, Batch batch, @Nullable Batch next) {
        return kernels.run(work, batch, next);
    }

    @Override
    public void setStep(double stepSize, double pseudocount) {
        kernels.setStep(stepSize, pseudocount);
    }

    @Override
    public boolean update() {
        return kernels.update();
    }

    @Override
    public void clearStatistics() {
        kernels.clearStatistics();
    }

    @Override
    public void clearStatistics(long first, long count) {
        kernels.clearStatistics(first, count);
    }

    @Override
    public void load(Parameters parameters) {
        kernels.load(parameters);
    }

    @Override
    public void writeParameters(long first, MemorySegment from) {
        kernels.writeParameters(first, from);
    }

    @Override
    public void copyParameters(long first, MemorySegment to) {
        kernels.copyParameters(first, to);
    }

    @Override
    public void copyStatistics(long first, MemorySegment to) {
        kernels.copyStatistics(first, to);
    }

    @Override
    public void close() {
        kernels.close();
    }
}
