package io.sluice.runtime;

import io.sluice.DeviceException;
import io.sluice.SluiceException;
import io.sluice.bindings.cudart.CudaRuntime;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.stream.IntStream;

/** The CUDA devices of this machine, and why they cannot be used. */
final class CudaDevices {
    /** The oldest generation that the kernels are built for. */
    private static final int OLDEST_MAJOR = 8;

    /** More than the runtime's structure of a device's properties takes; the name comes first. */
    private static final long PROPERTIES_BYTES = 16 << 10;

    private CudaDevices() {}

    /** One report for each device, or one that says why there is none. */
    static List<Devices.Report> reports() {
        try {
            return IntStream.range(0, count()).mapToObj(CudaDevices::report).toList();
        } catch (SluiceException e) {
            return List.of(new Devices.Report(Device.cuda(0), false, e.getMessage()));
        }
    }

    private static Devices.Report report(int ordinal) {
        Device device = Device.cuda(ordinal);
        try {
            requireUsable(ordinal);
            return new Devices.Report(device, true, description(ordinal));
        } catch (SluiceException e) {
            return new Devices.Report(device, false, e.getMessage());
        }
    }

    /**
     * @throws SluiceException that says why not
     */
    static void requireUsable(int ordinal) {
        int count = count();
        if (ordinal >= count) {
            throw new DeviceException(
                    "there is no device cuda:"
                            + ordinal
                            + ": this machine has "
                            + (count == 1 ? "one CUDA device, cuda:0" : count + " CUDA devices")
                            + ", counted from 0");
        }
        int major = attribute(ordinal, CudaRuntime.cudaDevAttrComputeCapabilityMajor());
        if (major < OLDEST_MAJOR) {
            throw new DeviceException(
                    name(ordinal)
                            + " has compute capability "
                            + capability(ordinal)
                            + ", and the kernels need "
                            + OLDEST_MAJOR
                            + ".0 or newer: use the device cpu");
        }
    }

    /** How many devices there are, at least one. */
    private static int count() {
        KernelLibraries.cuda();
        int status;
        int count;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment result = arena.allocate(ValueLayout.JAVA_INT);
            status = CudaRuntime.cudaGetDeviceCount(result);
            count = result.get(ValueLayout.JAVA_INT, 0);
        }
        if (status == CudaRuntime.cudaErrorInsufficientDriver()) {
            CudaRuntime.cudaGetLastError();
            throw new DeviceException(driverReason());
        }
        if (status == CudaRuntime.cudaErrorNoDevice() || (status == 0 && count == 0)) {
            CudaRuntime.cudaGetLastError();
            throw new DeviceException(
                    "the NVIDIA driver shows no GPU: check nvidia-smi and CUDA_VISIBLE_DEVICES");
        }
        CudaStatus.check(status, "looking for devices");
        return count;
    }

    private static String driverReason() {
        int driver = version(CudaRuntime::cudaDriverGetVersion);
        int runtime = version(CudaRuntime::cudaRuntimeGetVersion);
        if (driver == 0) {
            return "no NVIDIA driver is installed on this machine";
        }
        return "the NVIDIA driver supports CUDA "
                + versionText(driver)
                + ", and the kernels need CUDA "
                + versionText(runtime)
                + ": update the driver";
    }

    private interface VersionCall {
        int into(MemorySegment result);
    }

    private static int version(VersionCall call) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment result = arena.allocate(ValueLayout.JAVA_INT);
            CudaStatus.check(call.into(result), "asking for a version");
            return result.get(ValueLayout.JAVA_INT, 0);
        }
    }

    /** As CUDA counts: 1000 major + 10 minor. */
    private static String versionText(int version) {
        return version / 1000 + "." + version % 1000 / 10;
    }

    private static String description(int ordinal) {
        CudaStatus.check(CudaRuntime.cudaSetDevice(ordinal), "choosing device " + ordinal);
        DeviceMemory memory = DeviceMemory.current();
        return name(ordinal)
                + ", compute capability "
                + capability(ordinal)
                + ", "
                + attribute(ordinal, CudaRuntime.cudaDevAttrMultiProcessorCount())
                + " multiprocessors, "
                + (memory.free() >> 20)
                + " of "
                + (memory.total() >> 20)
                + " MiB memory free";
    }

    private static String capability(int ordinal) {
        return attribute(ordinal, CudaRuntime.cudaDevAttrComputeCapabilityMajor())
                + "."
                + attribute(ordinal, CudaRuntime.cudaDevAttrComputeCapabilityMinor());
    }

    private static int attribute(int ordinal, int attribute) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment result = arena.allocate(ValueLayout.JAVA_INT);
            CudaStatus.check(
                    CudaRuntime.cudaDeviceGetAttribute(result, attribute, ordinal),
                    "asking for a property of device " + ordinal);
            return result.get(ValueLayout.JAVA_INT, 0);
        }
    }

    private static String name(int ordinal) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment properties = arena.allocate(PROPERTIES_BYTES, Long.BYTES);
            CudaStatus.check(
                    CudaRuntime.cudaGetDeviceProperties(properties, ordinal),
                    "asking for the name of device " + ordinal);
            return properties.getString(0);
        }
    }
}
