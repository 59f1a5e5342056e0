package io.sluice.tests;

import io.sluice.circuit.Circuit;
import io.sluice.runtime.Device;
import io.sluice.runtime.Engine;
import io.sluice.runtime.EngineOptions;
import io.sluice.runtime.Precision;
import io.sluice.testing.Sweep;

import java.util.Locale;

/** A device and a precision, with the largest errors that its answers may have. */
record EngineKind(Device device, Precision precision, boolean usable, String description) {

    private static final int FEW_THREADS = 2;

    Engine compile(Circuit circuit) {
        return compile(circuit, FEW_THREADS);
    }

    Engine compile(Circuit circuit, int threads) {
        return Engine.compile(circuit, device, new EngineOptions(precision, threads));
    }

    /** The largest number of threads to test, at most the given one. A GPU ignores the number. */
    int threadsUpTo(int most) {
        return isCuda() ? FEW_THREADS : most;
    }

    /** CUDA kernels that run on the host, many times slower than on a GPU. */
    boolean isEmulated() {
        return isCuda() && description.contains("host emulation");
    }

    /** A size of a test that takes long: the smaller one by default and on the emulation. */
    int size(int smaller, int larger) {
        return isEmulated() ? smaller : Sweep.size(smaller, larger);
    }

    private boolean isFast() {
        return precision == Precision.FAST;
    }

    private boolean isReference() {
        return device instanceof Device.Reference;
    }

    boolean isCuda() {
        return device instanceof Device.Cuda;
    }

    /** Fast kernels of a GPU store values of large blocks in bfloat16, with 8 significant bits. */
    private boolean hasShortValues() {
        return isCuda() && isFast();
    }

    /** Largest error of log-likelihoods, relative to max(1, |value|). */
    double logTolerance() {
        if (isCuda()) {
            return isFast() ? 1e-3 : 1e-5;
        }
        return isFast() ? 2e-6 : 1e-9;
    }

    /**
     * Largest error of probabilities. Parameters are float32 numbers, so those of a node sum to one
     * only within rounding, and some engines divide by that sum.
     */
    double probabilityTolerance() {
        if (hasShortValues()) {
            return 1e-2;
        }
        return isFast() || isCuda() ? 4e-6 : 2e-7;
    }

    /** Largest error of statistics, relative to max(1, |value|). Kernels hold them in float32. */
    double flowTolerance() {
        if (hasShortValues()) {
            return 2e-2;
        }
        return isReference() ? 1e-9 : 1e-5;
    }

    /** Largest error of parameters after an update. Every engine returns float32 numbers. */
    double parameterTolerance() {
        if (hasShortValues()) {
            return 2e-2;
        }
        return isReference() ? 1e-7 : 1e-5;
    }

    @Override
    public String toString() {
        return isReference()
                ? device.name()
                : device.name() + " " + precision.name().toLowerCase(Locale.ROOT);
    }
}
