package io.sluice.runtime;

import java.lang.management.ManagementFactory;

/** The machine's, or the container's, memory. */
final class MachineMemory {
    private MachineMemory() {}

    /** Total memory in bytes; practically unlimited if the JVM does not know it. */
    static long bytes() {
        return ManagementFactory.getOperatingSystemMXBean()
                        instanceof com.sun.management.OperatingSystemMXBean system
                ? system.getTotalMemorySize()
                : Long.MAX_VALUE;
    }
}
