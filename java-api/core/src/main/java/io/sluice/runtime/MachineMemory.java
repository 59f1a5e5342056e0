package io.sluice.runtime;

import java.lang.management.ManagementFactory;

/** The machine's, or the container's, memory. */
final class MachineMemory {
    private MachineMemory() {}

    /** Total memory in bytes; as good as unlimited where the JVM does not tell. */
    static long bytes() {
        return ManagementFactory.getOperatingSystemMXBean()
                        instanceof com.sun.management.OperatingSystemMXBean system
                ? system.getTotalMemorySize()
                : Long.MAX_VALUE;
    }
}
