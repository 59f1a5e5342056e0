package io.sluice.cli;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.model.Model;
import io.sluice.runtime.Device;
import io.sluice.runtime.Devices;
import io.sluice.runtime.Engine;
import io.sluice.runtime.EngineOptions;
import io.sluice.runtime.Precision;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

import java.util.List;

/** The options that every command has. */
final class CommonOptions {
    static final String DEBUG = "--debug";
    static final String JSON = "--json";
    static final String QUIET = "--quiet";
    private static final String AUTO = "auto";

    @Option(
            names = JSON,
            scope = ScopeType.INHERIT,
            description = "Print one JSON object, for errors too.")
    boolean json;

    @Rare
    @Option(
            names = QUIET,
            scope = ScopeType.INHERIT,
            description = "Print nothing but errors to stderr.")
    boolean quiet;

    @Rare
    @Option(
            names = DEBUG,
            scope = ScopeType.INHERIT,
            description = "Print a stack trace with an error.")
    boolean debug;

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            defaultValue = AUTO,
            scope = ScopeType.INHERIT,
            description = {
                "What computes (default: ${DEFAULT-VALUE}).",
                "auto, cpu, cuda, cuda:N or reference; 'sluice devices' lists them."
            })
    String device = AUTO;

    @Rare
    @Option(
            names = "--precision",
            paramLabel = "PRECISION",
            defaultValue = "fast",
            scope = ScopeType.INHERIT,
            description = "fast or precise (default: ${DEFAULT-VALUE}).")
    Precision precision = Precision.FAST;

    @Rare
    @Option(
            names = "--threads",
            paramLabel = "N",
            scope = ScopeType.INHERIT,
            description = "Threads to compute with (default: all processors).")
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
        if (!device.equalsIgnoreCase(AUTO)) { // which loads libraries: work
            requireUsable(parsed());
        }
        engineOptions();
    }

    private Device parsed() {
        try {
            return Device.parse(device);
        } catch (InvalidArgumentException e) {
            List<String> names = List.of(AUTO, "cpu", "cuda", "reference");
            throw new UsageException(
                    "--device: '"
                            + device
                            + "' is no device"
                            + NearestWord.hint(device, names)
                            + "give auto, cpu, cuda, cuda:N or reference",
                    e);
        }
    }

    private void requireUsable(Device chosen) {
        String reason = "this machine has no such device";
        for (Devices.Report report : Devices.all()) {
            boolean same = report.device().equals(chosen);
            if (same && report.usable()) {
                return;
            }
            if (same || (report.device() instanceof Device.Cuda && !report.usable())) {
                reason = report.description();
            }
        }
        throw new UsageException(
                "--device "
                        + device
                        + " cannot be used ("
                        + reason
                        + "): leave it out, or choose one that 'sluice devices' lists");
    }

    private EngineOptions engineOptions() {
        EngineOptions options = EngineOptions.defaults().withPrecision(precision);
        return threads == null ? options : options.withThreads(threads);
    }

    /** Compiles a circuit for the device that the user chose. */
    Engine compile(Circuit circuit) {
        return Engine.compile(circuit, Device.parse(device), engineOptions());
    }

    /** Compiles a model for the device that the user chose. */
    Engine compile(Model model) {
        return Engine.compile(
                model.circuit(), model.schema(), Device.parse(device), engineOptions());
    }
}
