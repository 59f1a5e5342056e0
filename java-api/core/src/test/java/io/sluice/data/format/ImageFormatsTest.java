package io.sluice.data.format;

import static io.sluice.data.Messages.assertSays;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sluice.FileFormatException;
import io.sluice.InvalidArgumentException;
import io.sluice.data.Bytes;
import io.sluice.data.DataParts;
import io.sluice.data.Dataset;
import io.sluice.data.ImageShape;
import io.sluice.data.Schema;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.util.Arrays;

class ImageFormatsTest {
    private static final int CIFAR_RECORD = 3073;

    @TempDir Path folder;

    private Dataset read(String name, byte[] content) {
        return Datasets.open(Bytes.write(folder.resolve(name), content).toString()).train();
    }

    @Test
    void idx_with_three_dimensions_is_grey_images() {
        Dataset data = read("a-ubyte", Bytes.idx(new int[] {2, 1, 2}, 1, 2, 3, 255));
        assertEquals(new ImageShape(1, 2, 1), data.schema().image());
        assertEquals(2, data.rows());
        assertEquals(255, data.value(1, 1));
        assertEquals(256, data.schema().column(0).categories());
    }

    @Test
    void idx_is_known_by_its_first_bytes_and_may_be_compressed() {
        byte[] content = Bytes.gzip(Bytes.idx(new int[] {3}, 7, 8, 9));
        Dataset data = read("labels", content);
        assertEquals(3, data.rows());
        assertEquals(1, data.variables());
    }

    @Test
    void idx_that_promises_more_or_less_than_it_holds_is_refused() {
        assertThrows(
                FileFormatException.class,
                () -> read("a-ubyte", Bytes.idx(new int[] {2, 2}, 1, 2, 3)));
        assertThrows(
                FileFormatException.class,
                () -> read("a-ubyte", Bytes.idx(new int[] {2, 2}, 1, 2, 3, 4, 5)));
        FileFormatException huge =
                assertThrows(
                        FileFormatException.class,
                        () ->
                                read(
                                        "a-ubyte",
                                        Bytes.idx(new int[] {Integer.MAX_VALUE, 1000, 1000}, 1)));
        assertSays(huge, "promises");
        assertThrows(
                FileFormatException.class,
                () -> read("a-ubyte", Bytes.idx(new int[] {-1, -1, -1, -1}, 1)));
        assertThrows(FileFormatException.class, () -> read("a-ubyte", Bytes.idx(new int[] {0, 4})));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 4, 7, 11, 15, 16, 18})
    void idx_cut_off_anywhere_is_refused(int length) {
        byte[] whole = Bytes.idx(new int[] {1, 2, 2}, 1, 2, 3, 4);
        assertThrows(
                FileFormatException.class, () -> read("a-ubyte", Arrays.copyOf(whole, length)));
    }

    @Test
    void idx_of_another_type_is_refused() {
        byte[] floats = Bytes.idx(new int[] {1}, 0, 0, 0, 0);
        floats[2] = 0x0D;
        FileFormatException error =
                assertThrows(FileFormatException.class, () -> read("a-ubyte", floats));
        assertSays(error, "type 13");
    }

    @Test
    void cut_off_gzip_is_refused() {
        byte[] whole = Bytes.gzip(Bytes.idx(new int[] {1, 4}, 1, 2, 3, 4));
        for (int length = 2; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThrows(FileFormatException.class, () -> read("a-ubyte.gz", cut));
        }
    }

    @Test
    void cifar_records_are_colour_images_without_their_label() {
        byte[] records = new byte[2 * CIFAR_RECORD];
        records[0] = 9;
        records[1] = 10; // red, first pixel
        records[CIFAR_RECORD + 1 + 1024] = 20; // green, first pixel of the second image
        Dataset data = read("batch.bin", records);
        ImageShape shape = data.schema().image();
        assertNotNull(shape);
        assertEquals(new ImageShape(32, 32, 3), shape);
        assertEquals(2, data.rows());
        assertEquals(10, data.value(0, shape.variable(0, 0, 0)));
        assertEquals(20, data.value(1, shape.variable(1, 0, 0)));
    }

    @Test
    void incomplete_cifar_records_are_refused() {
        assertThrows(FileFormatException.class, () -> read("b.bin", new byte[CIFAR_RECORD + 5]));
        assertThrows(FileFormatException.class, () -> read("b.bin", new byte[0]));
    }

    @Test
    void a_folder_with_the_mnist_names_has_two_parts() {
        Bytes.write(
                folder.resolve("train-images-idx3-ubyte"),
                Bytes.idx(new int[] {2, 1, 2}, 1, 2, 3, 4));
        assertThrows(InvalidArgumentException.class, () -> Mnist.test(folder));
        Bytes.write(
                folder.resolve("t10k-images-idx3-ubyte.gz"),
                Bytes.gzip(Bytes.idx(new int[] {1, 1, 2}, 5, 6)));
        DataParts parts = Datasets.open(folder.toString());
        assertEquals(2, parts.train().rows());
        assertEquals(6, parts.testOrAll().value(0, 1));
        assertEquals(2, Mnist.train(folder).rows());
        assertEquals(1, Mnist.test(folder).rows());
    }

    @Test
    void images_may_be_read_under_another_models_schema() {
        Path file = Bytes.write(folder.resolve("a-ubyte"), Bytes.idx(new int[] {1, 1, 2}, 0, 1));
        DataOptions binary =
                DataOptions.defaults().withSchema(Schema.image(new ImageShape(1, 2, 1), 2));
        Dataset data = Datasets.open(file.toString(), binary).train();
        assertEquals(2, data.schema().column(0).categories());
        Bytes.write(file, Bytes.idx(new int[] {1, 1, 2}, 0, 9));
        InvalidArgumentException error =
                assertThrows(
                        InvalidArgumentException.class,
                        () -> Datasets.open(file.toString(), binary));
        assertSays(error, "row 0, column 1");
        DataOptions wrong = DataOptions.defaults().withSchema(Schema.categorical(3, 256));
        assertThrows(InvalidArgumentException.class, () -> Datasets.open(file.toString(), wrong));
    }
}
