package io.sluice.cli;

import io.sluice.circuit.Circuit;
import io.sluice.runtime.Device;
import io.sluice.runtime.Engine;
import io.sluice.runtime.EngineOptions;
import io.sluice.runtime.Precision;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The options that every command has. */
final class CommonOptions {
    static final String DEBUG = "--debug";

    @Option(
            names = "--json",
            scope = ScopeType.INHERIT,
            description = "Print one JSON object instead of text.")
    boolean json;

    @Option(
            names = "--quiet",
            scope = ScopeType.INHERIT,
            description = "Print nothing but errors to stderr.")
    boolean quiet;

    @Option(
            names = DEBUG,
            scope = ScopeType.INHERIT,
            description = "Print a stack trace with an error.")
    boolean debug;

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            defaultValue = "auto",
            scope = ScopeType.INHERIT,
            description = "auto, cpu, cuda, cuda:N or reference (default: ${DEFAULT-VALUE}).")
    String device = "auto";

    @Option(
            names = "--precision",
            paramLabel = "PRECISION",
            defaultValue = "fast",
            scope = ScopeType.INHERIT,
            description = "fast or precise (default: ${DEFAULT-VALUE}).")
    Precision precision = Precision.FAST;

    @Option(
            names = "--threads",
            paramLabel = "N",
            scope = ScopeType.INHERIT,
            description = "Threads that compute (default: all processors).")
    @Nullable Integer threads;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "0",
            scope = ScopeType.INHERIT,
            description = "Seed of everything random (default: ${DEFAULT-VALUE}).")
    long seed;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Print this help.")
    boolean help;

    /** Checks the options; wrong ones are {@link io.sluice.InvalidArgumentException}s. */
    void check() {
        if (!device.equalsIgnoreCase("auto")) {
            Device.parse(device); // auto loads libraries, which is work
        }
        engineOptions();
    }

    private EngineOptions engineOptions() {
        EngineOptions options = EngineOptions.defaults().withPrecision(precision);
        return threads == null ? options : options.withThreads(threads);
    }

    /** Compiles a circuit for the device that the user chose. */
    Engine compile(Circuit circuit) {
        return Engine.compile(circuit, Device.parse(device), engineOptions());
    }
}
