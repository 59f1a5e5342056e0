package io.sluice.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.OptionalDouble;
import java.util.OptionalLong;

class DeviceFigureTest {
    private static final Roofline ROOFLINE =
            new Roofline(OptionalDouble.of(100), OptionalDouble.of(1000));
    private static final Roofline UNKNOWN =
            new Roofline(OptionalDouble.empty(), OptionalDouble.empty());

    private static final DeviceFigure FIGURE =
            new DeviceFigure(
                    "hclt784-64",
                    512,
                    Phase.STEP,
                    2e-3,
                    OptionalDouble.of(1.9e-3),
                    20e9,
                    1e9,
                    0.25,
                    OptionalLong.of(3 << 20),
                    OptionalLong.of(70),
                    0.25);

    @Test
    void a_row_of_the_table_has_a_cell_for_every_heading() {
        assertEquals(
                "| hclt784-64 | 512 | training step | 2.000 | 1.900 | 256000 | 10.00 | 500 "
                        + "| 0.200 | 1.000 | 50% | 25% | 3 | 70 | 0.25 |",
                FIGURE.tableRow(ROOFLINE));
        assertEquals(cells(DeviceFigure.TABLE_HEADER), cells(FIGURE.tableRow(UNKNOWN)));
    }

    private static long cells(String text) {
        return text.lines().findFirst().orElseThrow().chars().filter(c -> c == '|').count();
    }

    @Test
    void the_roofline_is_the_longer_of_arithmetic_and_memory() {
        assertEquals(0.5, ROOFLINE.share(20e9, 1e9, 2e-3).orElseThrow(), 1e-12);
        assertEquals(0.5, ROOFLINE.share(100e9, 0.1e9, 2e-3).orElseThrow(), 1e-12);
        assertTrue(UNKNOWN.share(1, 1, 1).isEmpty());
    }

    @Test
    void json_leaves_out_what_is_not_known() {
        String line = FIGURE.json("cuda:0", "fast");
        assertTrue(line.startsWith("{\"system\": \"Sluice\", \"device\": \"cuda:0\""), line);
        assertTrue(line.endsWith("\"device_bytes\": 3145728, \"launches\": 70}"), line);
        DeviceFigure onCpu =
                new DeviceFigure(
                        "hclt784-64",
                        512,
                        Phase.FORWARD,
                        1,
                        OptionalDouble.empty(),
                        1,
                        1,
                        0,
                        OptionalLong.empty(),
                        OptionalLong.empty(),
                        1);
        assertTrue(onCpu.json("cpu", "fast").endsWith("\"compile_s\": 1.000}"));
    }
}
