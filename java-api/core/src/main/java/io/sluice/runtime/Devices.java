package io.sluice.runtime;

import io.sluice.SluiceException;
import io.sluice.circuit.Circuit;
import io.sluice.data.Schema;

import org.jspecify.annotations.Nullable;

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
     * @param description its kernels and limits, or why it cannot be used
     */
    public record Report(Device device, boolean usable, String description) {}

    /** Every device that Sluice knows of, usable or not. */
    public static List<Report> all() {
        List<Report> reports = new ArrayList<>();
        reports.add(cpuReport());
        reports.addAll(CudaDevices.reports());
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
                    KernelLibraries.cpu().target()
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
        Device first = Device.cuda(0);
        try {
            CudaDevices.requireUsable(0);
            return first;
        } catch (SluiceException e) {
            System.getLogger(Devices.class.getName())
                    .log(
                            System.Logger.Level.DEBUG,
                            "the device cpu is chosen, as {0} cannot be used: {1}",
                            first.name(),
                            e.getMessage());
            return Device.cpu();
        }
    }

    static Engine open(
            Circuit circuit, @Nullable Schema schema, Device device, EngineOptions options) {
        return switch (device) {
            case Device.Cpu cpu -> {
                KernelLibrary kernels = KernelLibraries.cpu();
                yield NativeEngine.open(
                        circuit,
                        schema,
                        cpu,
                        options,
                        plan -> CpuRunner.open(plan, options, kernels));
            }
            case Device.Cuda cuda -> {
                CudaDevices.requireUsable(cuda.ordinal());
                KernelLibrary kernels = KernelLibraries.cuda();
                yield NativeEngine.open(
                        circuit,
                        schema,
                        cuda,
                        options,
                        plan -> CudaRunner.open(plan, cuda, options, kernels));
            }
            case Device.Reference reference -> new ReferenceEngine(circuit, schema, options);
        };
    }
}
