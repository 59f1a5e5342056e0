package io.sluice.runtime;

import io.sluice.DeviceException;
import io.sluice.SluiceException;
import io.sluice.circuit.Circuit;

import java.util.ArrayList;
import java.util.List;

/** The devices of this machine. */
public final class Devices {
    private Devices() {}

    /**
     * What is known of a device.
     *
     * @param device the device
     * @param usable whether engines can be compiled for it here
     * @param description its kernels and limits; for a device that cannot be used, why
     */
    public record Report(Device device, boolean usable, String description) {}

    private static final String NO_CUDA =
            "this build of Sluice has no CUDA engine: use the device cpu";

    /** Every device that Sluice knows of, usable or not. */
    public static List<Report> all() {
        List<Report> reports = new ArrayList<>();
        reports.add(cpuReport());
        reports.add(new Report(Device.cuda(0), false, NO_CUDA));
        reports.add(
                new Report(
                        Device.reference(),
                        true,
                        "float64 log-space evaluator in Java, for checking"));
        return List.copyOf(reports);
    }

    private static Report cpuReport() {
        try {
            return new Report(
                    Device.cpu(),
                    true,
                    CpuLibrary.get().target()
                            + " kernels, "
                            + Runtime.getRuntime().availableProcessors()
                            + " processors, "
                            + (MachineMemory.bytes() >> 20)
                            + " MiB memory");
        } catch (SluiceException e) {
            return new Report(Device.cpu(), false, e.getMessage());
        }
    }

    static Device best() {
        return Device.cpu();
    }

    static Engine open(Circuit circuit, Device device, EngineOptions options) {
        return switch (device) {
            case Device.Cpu cpu -> NativeEngine.open(circuit, cpu, options, CpuLibrary.get());
            case Device.Cuda cuda -> throw new DeviceException(cuda.name() + ": " + NO_CUDA);
            case Device.Reference reference -> new ReferenceEngine(circuit, options);
        };
    }
}
