package io.sluice.benchmarks;

import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * The measurements of a phase on a device.
 *
 * @param circuit its name
 * @param batch rows per batch
 * @param phase of the work
 * @param seconds of a batch, by the machine's clock
 * @param eventSeconds the same by events on the device's stream
 * @param flop floating-point operations of a batch
 * @param bytes least memory traffic of a batch
 * @param computedAgain share of a batch's rows that are recomputed in log-space
 * @param deviceBytes memory of the device that the engine uses
 * @param launches kernels, copies and fills of a batch
 * @param compileSeconds from circuit to engine
 */
record DeviceFigure(
        String circuit,
        int batch,
        Phase phase,
        double seconds,
        OptionalDouble eventSeconds,
        double flop,
        double bytes,
        double computedAgain,
        OptionalLong deviceBytes,
        OptionalLong launches,
        double compileSeconds) {
    private static final double KILO = 1e3;
    private static final double GIGA = 1e9;
    private static final double TERA = 1e12;
    private static final double MEBI = 1 << 20;

    static final String TABLE_HEADER =
            """
            | circuit | batch | | ms | ms, by events | rows/s | TFLOP/s | GB/s, estimate \
            | arithmetic alone, ms | memory alone, ms | of roofline | in log-space | device MiB | launches | compiled in s |
            |---|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\
            """;

    double rowsPerSecond() {
        return batch / seconds;
    }

    /** A row of Markdown under {@link #TABLE_HEADER}; unknown numbers stay blank. */
    String tableRow(Roofline roofline) {
        return String.join(
                " | ",
                "| " + circuit,
                Integer.toString(batch),
                phase.title(),
                fixed(KILO * seconds, 3),
                milliseconds(eventSeconds),
                fixed(rowsPerSecond(), 0),
                fixed(flop / seconds / TERA, 2),
                fixed(bytes / seconds / GIGA, 0),
                milliseconds(roofline.arithmeticSeconds(flop)),
                milliseconds(roofline.memorySeconds(bytes)),
                percent(roofline.share(flop, bytes, seconds)),
                percent(OptionalDouble.of(computedAgain)),
                deviceBytes.isPresent() ? fixed(deviceBytes.getAsLong() / MEBI, 0) : "",
                launches.isPresent() ? Long.toString(launches.getAsLong()) : "",
                fixed(compileSeconds, 2) + " |");
    }

    /** A line of JSON. */
    String json(String device, String precision) {
        StringBuilder line = new StringBuilder();
        line.append(
                String.format(
                        Locale.ROOT,
                        "{\"system\": \"Sluice\", \"device\": \"%s\", \"precision\": \"%s\","
                                + " \"circuit\": \"%s\", \"batch\": %d, \"phase\": \"%s\","
                                + " \"seconds\": %.9f, \"samples_per_s\": %.2f, \"flop\": %.0f,"
                                + " \"bytes\": %.0f, \"computed_again\": %.3f,"
                                + " \"compile_s\": %.3f",
                        device,
                        precision,
                        circuit,
                        batch,
                        phase.id(),
                        seconds,
                        rowsPerSecond(),
                        flop,
                        bytes,
                        computedAgain,
                        compileSeconds));
        eventSeconds.ifPresent(
                value ->
                        line.append(
                                String.format(Locale.ROOT, ", \"event_seconds\": %.9f", value)));
        deviceBytes.ifPresent(value -> line.append(", \"device_bytes\": ").append(value));
        launches.ifPresent(value -> line.append(", \"launches\": ").append(value));
        return line.append('}').toString();
    }

    private static String milliseconds(OptionalDouble seconds) {
        return seconds.isPresent() ? fixed(KILO * seconds.getAsDouble(), 3) : "";
    }

    private static String percent(OptionalDouble share) {
        return share.isPresent() ? fixed(100 * share.getAsDouble(), 0) + "%" : "";
    }

    private static String fixed(double value, int decimals) {
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }
}
