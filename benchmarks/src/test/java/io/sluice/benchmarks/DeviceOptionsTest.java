package io.sluice.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.InvalidArgumentException;
import io.sluice.runtime.Device;
import io.sluice.runtime.Precision;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;

class DeviceOptionsTest {

    @Test
    void options_come_in_pairs_of_name_and_value() {
        DeviceOptions options =
                DeviceOptions.parse(
                        new String[] {
                            "--device", "cpu",
                            "--precision", "precise",
                            "--circuits", "hclt784-8,rat784-8",
                            "--batch", "32",
                            "--check", "5",
                            "--seed", "3",
                            "--peak-tflops", "800.5"
                        });
        assertEquals(Device.cpu(), options.device());
        assertEquals(Precision.PRECISE, options.engine().precision());
        assertEquals(List.of("hclt784-8", "rat784-8"), options.circuits());
        assertEquals(List.of(32), options.batches());
        assertEquals(5, options.checkedRows());
        assertEquals(3, options.seed());
        assertEquals(800.5, options.roofline().teraflops().orElseThrow());
        assertTrue(options.roofline().gigabytes().isEmpty());
    }

    @ParameterizedTest
    @CsvSource({
        "--precision, half",
        "--threads, 0",
        "--batch, 20000",
        "--seconds, 0",
        "--peak-gbytes, fast",
        "--format, csv",
        "--check, none",
        "--circuit, hclt784-8"
    })
    void an_argument_that_cannot_be_used_is_named(String name, String value) {
        InvalidArgumentException e =
                assertThrows(
                        InvalidArgumentException.class,
                        () -> DeviceOptions.parse(new String[] {name, value}));
        assertTrue(e.getMessage().startsWith(name + " is given " + value), e::getMessage);
    }

    @Test
    void an_option_needs_a_value() {
        assertThrows(
                InvalidArgumentException.class,
                () -> DeviceOptions.parse(new String[] {"--device"}));
    }
}
