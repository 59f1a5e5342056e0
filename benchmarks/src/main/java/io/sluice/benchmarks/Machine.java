package io.sluice.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * Describes the machine, for quoting with figures. Leaves out facts that the system does not
 * provide.
 */
final class Machine {
    private static final Path PROCESSORS = Path.of("/proc/cpuinfo");
    private static final Path OWN_STATUS = Path.of("/proc/self/status");

    private Machine() {}

    /** Processor, cores, system and JVM in one line. */
    static String describe() {
        return "%s, %d cores, %s %s, JVM %s"
                .formatted(
                        value(PROCESSORS, "model name").orElse("unknown processor"),
                        Runtime.getRuntime().availableProcessors(),
                        System.getProperty("os.name"),
                        System.getProperty("os.arch"),
                        System.getProperty("java.vm.version"));
    }

    /** Processes that ran or waited to run in the last minute, on average; negative: unknown. */
    static double load() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    /** Largest resident size of this process so far, in MiB. */
    static OptionalLong peakMebibytes() {
        return value(OWN_STATUS, "VmHWM").stream()
                .mapToLong(size -> Long.parseLong(size.replace("kB", "").strip()) / 1024)
                .findFirst();
    }

    private static Optional<String> value(Path file, String key) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith(key))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
