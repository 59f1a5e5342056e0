package io.sluice.runtime;

import io.sluice.InvalidArgumentException;

import java.util.Locale;

/** Where an engine computes. */
public sealed interface Device {

    /** The name that {@link #parse} accepts. */
    String name();

    /** This machine's processors, through the native CPU kernels. */
    record Cpu() implements Device {
        @Override
        public String name() {
            return "cpu";
        }
    }

    /**
     * An NVIDIA GPU.
     *
     * @param ordinal number of the device as the CUDA runtime counts, from 0
     */
    record Cuda(int ordinal) implements Device {
        /** Checks the range. */
        public Cuda {
            if (ordinal < 0) {
                throw new InvalidArgumentException(
                        "CUDA device " + ordinal + " cannot exist: devices are numbered from 0");
            }
        }

        @Override
        public String name() {
            return "cuda:" + ordinal;
        }
    }

    /**
     * The float64 log-space evaluator in plain Java: small, slow, and the oracle for the other
     * devices.
     */
    record Reference() implements Device {
        @Override
        public String name() {
            return "reference";
        }
    }

    /** The fastest device that can be used here. {@link Devices#all} says why others cannot. */
    static Device auto() {
        return Devices.best();
    }

    /** This machine's processors. */
    static Device cpu() {
        return new Cpu();
    }

    /** The CUDA device with this number. */
    static Device cuda(int ordinal) {
        return new Cuda(ordinal);
    }

    /** The float64 evaluator in Java. */
    static Device reference() {
        return new Reference();
    }

    /**
     * Reads a device's name.
     *
     * @param text one of {@code auto}, {@code cpu}, {@code cuda}, {@code cuda:N}, {@code reference}
     * @throws InvalidArgumentException for anything else
     */
    static Device parse(String text) {
        String name = text.toLowerCase(Locale.ROOT);
        if (name.matches("cuda:\\d{1,4}")) {
            return new Cuda(Integer.parseInt(name.substring("cuda:".length())));
        }
        return switch (name) {
            case "auto" -> auto();
            case "cpu" -> cpu();
            case "cuda" -> cuda(0);
            case "reference" -> reference();
            default ->
                    throw new InvalidArgumentException(
                            "'"
                                    + text
                                    + "' is no device: give auto, cpu, cuda, cuda:N or reference");
        };
    }
}
