package io.sluice.tables.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.data.Quantity;
import io.sluice.data.ScaledNumbers;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PlainCodingTest {

    @ParameterizedTest
    @CsvSource({
        "0.01, 0, 99999.99, 19.99",
        "1, -5, 1000000, 999999",
        "1, 1700000000, 1700003600, 1700001801",
        "0.001, 1000000000, 1000000010, 1000000003.217",
    })
    void numbers_come_back_exactly(double resolution, double minimum, double maximum, double x) {
        ScaledNumbers coding =
                PlainCoding.of(
                        new Quantity(Quantity.Kind.REAL, resolution, minimum, maximum, null));
        float cell = (float) coding.cell(x);
        assertEquals(x, coding.number(cell), 1e-9 * Math.abs(x));
        assertEquals(
                Math.rint((x - minimum) / resolution),
                Math.rint((coding.number(cell) - minimum) / resolution));
    }
}
