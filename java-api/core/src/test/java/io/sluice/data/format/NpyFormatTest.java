package io.sluice.data.format;

import static io.sluice.data.Messages.assertSays;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.FileFormatException;
import io.sluice.InvalidArgumentException;
import io.sluice.data.Bytes;
import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.ImageShape;
import io.sluice.data.Schema;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

class NpyFormatTest {
    @TempDir Path folder;

    private Dataset read(byte[] content, DataOptions options) {
        Path file = Bytes.write(folder.resolve("array.npy"), content);
        return Datasets.open(file.toString(), options).train();
    }

    private Dataset read(byte[] content) {
        return read(content, DataOptions.defaults());
    }

    private static byte[] values(String type, double... values) {
        ByteOrder order = type.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        ByteBuffer buffer = ByteBuffer.allocate(8 * values.length).order(order);
        for (double value : values) {
            switch (type.substring(1)) {
                case "u1" -> buffer.put((byte) value);
                case "i4" -> buffer.putInt((int) value);
                case "i8" -> buffer.putLong((long) value);
                case "f4" -> buffer.putFloat((float) value);
                default -> buffer.putDouble(value);
            }
        }
        byte[] written = new byte[buffer.position()];
        buffer.flip().get(written);
        return written;
    }

    @ParameterizedTest
    @ValueSource(strings = {"|u1", "<i4", ">i4", "<i8", "<f4", ">f4", "<f8"})
    void every_element_type_is_read(String type) {
        Dataset data = read(Bytes.npy(type, "(2, 3)", values(type, 0, 1, 2, 3, 4, 5)));
        assertEquals(2, data.rows());
        assertEquals(3, data.variables());
        assertEquals(5, data.value(1, 2));
        assertEquals(!type.contains("f"), data.schema().column(0).isCategorical());
    }

    @ParameterizedTest
    @CsvSource({"1, 2", "5, 6", "130, 256", "300, 301"})
    void integers_are_as_many_categories_as_the_largest_of_the_array_needs(
            int largest, int categories) {
        Dataset data = read(Bytes.npy("<i4", "(2, 2)", values("<i4", 0, 0, 0, largest)));
        assertEquals(categories, data.schema().column(0).categories());
    }

    @Test
    void negative_integers_are_continuous() {
        Dataset data = read(Bytes.npy("<i8", "(2,)", values("<i8", -1, 4)));
        assertEquals(Column.continuous("x0"), data.schema().column(0));
    }

    @Test
    void not_a_number_is_missing_and_infinity_is_refused() {
        Dataset data = read(Bytes.npy("<f8", "(2, 1)", values("<f8", Double.NaN, 0.5)));
        assertTrue(data.isMissing(0, 0));
        byte[] infinite = Bytes.npy("<f4", "(1, 1)", values("<f4", Double.NEGATIVE_INFINITY));
        assertThrows(InvalidArgumentException.class, () -> read(infinite));
    }

    @Test
    void bytes_in_three_dimensions_are_images() {
        Dataset data = read(Bytes.npy("|u1", "(1, 2, 2)", values("|u1", 0, 1, 2, 255)));
        assertEquals(new ImageShape(2, 2, 1), data.schema().image());
    }

    @Test
    void a_schema_gives_the_codes() {
        Schema schema =
                Schema.of(
                        java.util.List.of(
                                Column.categorical("a", java.util.List.of("7", "9")),
                                Column.continuous("b")));
        Dataset data =
                read(
                        Bytes.npy("<f8", "(1, 2)", values("<f8", 9, 2.5)),
                        DataOptions.defaults().withSchema(schema));
        assertEquals(1, data.value(0, 0));
        InvalidArgumentException error =
                assertThrows(
                        InvalidArgumentException.class,
                        () ->
                                read(
                                        Bytes.npy("<f8", "(1, 2)", values("<f8", 8, 2.5)),
                                        DataOptions.defaults().withSchema(schema)));
        assertSays(error, "row 0, column 0 ('a')");
    }

    @Test
    void later_versions_have_longer_headers() {
        String header = "{'shape': (1, 2), 'fortran_order': False, 'descr': '|u1'}\n";
        ByteBuffer file =
                ByteBuffer.allocate(12 + header.length() + 2).order(ByteOrder.LITTLE_ENDIAN);
        file.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII));
        file.put((byte) 3).put((byte) 0).putInt(header.length());
        file.put(header.getBytes(StandardCharsets.US_ASCII)).put((byte) 1).put((byte) 0);
        assertEquals(1, read(file.array()).value(0, 0));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "<f2; (1, 2); type '<f2'",
                "|O; (1, 2); type '|O'",
                "|u1; (); single number",
                "|u1; (0, 4); 0 rows",
                "|u1; (1, 2000000000); columns",
                "|u1; (1, 65536, 65536); columns",
                "|u1; (99999999999999999999, 2); dimension",
                "|u1; (3, 2); promises 3",
                "|u1; (1, 1); promises",
                "<i4; (2000000000, 1000000); promises"
            })
    void what_cannot_be_read_is_refused_with_its_reason(String type, String shape, String reason) {
        FileFormatException error =
                assertThrows(
                        FileFormatException.class,
                        () -> read(Bytes.npy(type, shape, new byte[] {1, 2})));
        assertSays(error, reason);
    }

    @Test
    void fortran_order_is_refused() {
        byte[] content = Bytes.npy("|u1", "(1, 2)", new byte[2]);
        String text = new String(content, StandardCharsets.ISO_8859_1);
        byte[] fortran = text.replace("False", "True ").getBytes(StandardCharsets.ISO_8859_1);
        assertThrows(FileFormatException.class, () -> read(fortran));
    }
}
