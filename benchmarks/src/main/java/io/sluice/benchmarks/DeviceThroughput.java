package io.sluice.benchmarks;

import io.sluice.InvalidArgumentException;
import io.sluice.OutOfMemoryException;
import io.sluice.SluiceException;
import io.sluice.circuit.Circuit;
import io.sluice.data.Dataset;
import io.sluice.runtime.Device;
import io.sluice.runtime.Engine;
import io.sluice.runtime.EngineProbe;
import io.sluice.runtime.Precision;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * Measures a device on circuits of many shapes: log-likelihoods, statistics and training steps, the
 * memory that they take, and compares them with the device's roofline. With {@code --check} it
 * compares log-likelihoods with float64 instead. {@link DeviceOptions#USAGE} lists the options.
 */
public final class DeviceThroughput {
    private static final long SEED = 7;
    private static final double NANO = 1e-9;

    /** Enough to capture and replay the graph of every shape, for both buffers of batches. */
    private static final int WARM_UP = 6;

    /** From this block size on, a CUDA device computes on its matrix units, in bfloat16. */
    private static final int MATRIX_UNIT_BLOCK = 16;

    private final DeviceOptions options;

    private DeviceThroughput(DeviceOptions options) {
        this.options = options;
    }

    /** Runs the measurements. */
    public static void main(String[] arguments) {
        try {
            DeviceThroughput run = new DeviceThroughput(DeviceOptions.parse(arguments));
            if (!(run.options.checkedRows() == 0 ? run.measureAll() : run.checkAll())) {
                System.exit(1);
            }
        } catch (InvalidArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
        }
    }

    /** Does something for each circuit; false when one of them failed. */
    private boolean forEachCircuit(CircuitAction action) {
        boolean good = true;
        for (String name : options.circuits()) {
            try {
                good &= action.run(name, Shapes.circuit(name));
            } catch (OutOfMemoryException e) {
                System.err.println(name + " is left out: " + e.getMessage());
            } catch (InvalidArgumentException e) {
                throw e;
            } catch (SluiceException e) {
                System.err.println(name + " failed: " + e.getMessage());
                good = false;
            }
        }
        return good;
    }

    private interface CircuitAction {
        boolean run(String name, Circuit circuit);
    }

    private String precision() {
        return options.engine().precision().name().toLowerCase(Locale.ROOT);
    }

    private boolean checkAll() {
        System.out.printf(
                Locale.ROOT,
                "%s, %s, beside float64 on the CPU; %d rows, seed %d%n%n",
                options.device().name(),
                precision(),
                options.checkedRows(),
                options.seed());
        System.out.println("| circuit | largest relative error | after three training steps | |");
        System.out.println("|---|--:|--:|---|");
        return forEachCircuit(
                (name, circuit) -> {
                    Accuracy accuracy =
                            Accuracy.of(
                                    circuit,
                                    options.device(),
                                    options.engine(),
                                    options.checkedRows(),
                                    options.seed());
                    boolean holds = accuracy.holds(options.engine().precision());
                    System.out.printf(
                            Locale.ROOT,
                            "| %s | %.1e | %.1e | %s |%n",
                            name,
                            accuracy.before(),
                            accuracy.after(),
                            holds ? "good" : "**too far**");
                    return holds;
                });
    }

    private boolean measureAll() {
        if (!options.json()) {
            System.out.printf(
                    Locale.ROOT,
                    "%s, %s; %s; load %.1f%n%n",
                    options.device().name(),
                    precision(),
                    Machine.describe(),
                    Machine.load());
            System.out.println(DeviceFigure.TABLE_HEADER);
        }
        return forEachCircuit(
                (name, circuit) -> {
                    for (int batch : options.batches()) {
                        measure(name, circuit, batch).forEach(this::print);
                    }
                    return true;
                });
    }

    private void print(DeviceFigure figure) {
        System.out.println(
                options.json()
                        ? figure.json(options.device().name(), precision())
                        : figure.tableRow(options.roofline()));
    }

    private List<DeviceFigure> measure(String name, Circuit circuit, int batch) {
        Dataset data = AlikeRows.draw(circuit, RandomRows.ROWS, SEED);
        Workload workload = Workload.of(circuit);
        DeviceTraffic traffic = DeviceTraffic.of(circuit, data.type().bytes(), valueBytes(circuit));
        OptionalLong free = EngineProbe.freeBytes(options.device());
        long start = System.nanoTime();
        Engine engine = Engine.compile(circuit, options.device(), options.engine());
        double compileSeconds = (System.nanoTime() - start) * NANO;
        List<DeviceFigure> figures = new ArrayList<>();
        try (BenchmarkEngine runs = new BenchmarkEngine(engine, new RandomRows(data, batch))) {
            EngineProbe probe = EngineProbe.of(engine);
            double computedAgain = runs.shareComputedAgain();
            for (Phase phase : Phase.values()) {
                for (int i = 0; i < WARM_UP; i++) {
                    phase.run(runs);
                }
                Stopwatch.Medians medians =
                        Stopwatch.medians(options.seconds(), () -> phase.run(runs), probe::seconds);
                figures.add(
                        new DeviceFigure(
                                name,
                                batch,
                                phase,
                                medians.seconds(),
                                medians.otherSeconds(),
                                batch * workload.flop(phase),
                                traffic.bytes(phase, batch),
                                computedAgain,
                                used(free),
                                probe.launches(),
                                compileSeconds));
            }
        }
        return figures;
    }

    private OptionalLong used(OptionalLong freeBefore) {
        return freeBefore.isPresent()
                ? OptionalLong.of(
                        freeBefore.getAsLong()
                                - EngineProbe.freeBytes(options.device()).getAsLong())
                : OptionalLong.empty();
    }

    private int valueBytes(Circuit circuit) {
        boolean fast = options.engine().precision() == Precision.FAST;
        if (options.device() instanceof Device.Cuda) {
            int largest =
                    circuit.vectors().stream().mapToInt(v -> v.blockSize()).max().orElseThrow();
            return fast && largest >= MATRIX_UNIT_BLOCK ? DeviceTraffic.BFLOAT16 : Float.BYTES;
        }
        return fast ? Float.BYTES : Double.BYTES;
    }
}
