package io.sluice.tests;

import io.sluice.circuit.Circuit;
import io.sluice.runtime.Device;
import io.sluice.runtime.Engine;
import io.sluice.runtime.EngineOptions;
import io.sluice.runtime.Precision;

import java.util.Locale;

/** A device with a family of kernels, and how far its answers may be from the exact ones. */
record EngineKind(Device device, Precision precision, boolean usable, String description) {

    private static final int FEW_THREADS = 2;

    Engine compile(Circuit circuit) {
        return compile(circuit, FEW_THREADS);
    }

    Engine compile(Circuit circuit, int threads) {
        return Engine.compile(circuit, device, new EngineOptions(precision, threads));
    }

    /**
     * The largest number of threads up to a given one that makes a difference: a GPU has its own.
     */
    int threadsUpTo(int most) {
        return isCuda() ? FEW_THREADS : most;
    }

    private boolean isFast() {
        return precision == Precision.FAST;
    }

    private boolean isReference() {
        return device instanceof Device.Reference;
    }

    private boolean isCuda() {
        return device instanceof Device.Cuda;
    }

    /** A GPU's fast kernels hold the values of larger blocks in bf16, with 8 significant bits. */
    private boolean hasShortValues() {
        return isCuda() && isFast();
    }

    /** Of log-likelihoods, relative to the larger of one and their size. */
    double logTolerance() {
        if (isCuda()) {
            return isFast() ? 1e-3 : 1e-5;
        }
        return isFast() ? 2e-6 : 1e-9;
    }

    /**
     * Of probabilities. Parameters are float32 numbers, so that a node's sum to one within their
     * rounding only; engines differ in whether they divide by that sum.
     */
    double probabilityTolerance() {
        if (hasShortValues()) {
            return 1e-2;
        }
        return isFast() || isCuda() ? 4e-6 : 2e-7;
    }

    /**
     * Of statistics, relative to the larger of one and their size; kernels hold them in float32.
     */
    double flowTolerance() {
        if (hasShortValues()) {
            return 2e-2;
        }
        return isReference() ? 1e-9 : 1e-5;
    }

    /** Of parameters after an update. Every engine hands them out in float32. */
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
