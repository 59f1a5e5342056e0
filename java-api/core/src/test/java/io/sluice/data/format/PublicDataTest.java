package io.sluice.data.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.sluice.data.Column;
import io.sluice.data.DataParts;
import io.sluice.data.Dataset;
import io.sluice.testing.SharedFiles;
import io.sluice.testing.Sweep;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Reads public data sets in the formats that they are published in. */
class PublicDataTest {

    private static DataParts open(String name, DataOptions options) {
        return Datasets.open(SharedFiles.find("data").resolve(name).toString(), options);
    }

    private static DataParts open(String name) {
        return open(name, DataOptions.defaults());
    }

    private static long validRows(DataParts parts) {
        Dataset valid = parts.valid();
        return valid == null ? 0 : valid.rows();
    }

    private static long testRows(DataParts parts) {
        Dataset test = parts.test();
        return test == null ? 0 : test.rows();
    }

    static Stream<Arguments> published() {
        return Sweep.over(
                List.of(
                        Arguments.of("DEBD/datasets/nltcs", 16181, 2157, 3236, 16, 2),
                        Arguments.of("fashion-mnist", 60000, 0, 10000, 784, 256),
                        Arguments.of("DEBD/datasets/ad", 2461, 327, 491, 1556, 2),
                        Arguments.of("mnist", 60000, 0, 10000, 784, 256),
                        Arguments.of("binarized_mnist", 50000, 10000, 10000, 784, 2),
                        Arguments.of("tinyimagenet32-subset", 10000, 0, 2000, 3072, 256)));
    }

    @ParameterizedTest
    @MethodSource("published")
    void parts_have_their_published_shape(
            String name, long train, long valid, long test, int variables, int categories) {
        DataParts parts = open(name);
        assertEquals(train, parts.train().rows());
        assertEquals(valid, validRows(parts));
        assertEquals(test, testRows(parts));
        assertEquals(variables, parts.train().variables());
        for (Column column : parts.schema().columns()) {
            assertEquals(categories, column.categories());
        }
    }

    @Test
    void words_are_counted_as_published() {
        DataParts parts = open("wikitext-2", DataOptions.defaults().withTokens(TokenUnit.WORD, 1));
        assertEquals(2_088_628, parts.train().rows());
        assertEquals(217_646, validRows(parts));
        assertEquals(245_569, testRows(parts));
        assertEquals(33_278, parts.schema().column(0).categories());
    }

    @Test
    void strings_and_question_marks_are_understood() {
        Dataset adult = open("uci-csv/adult-train.csv.gz").train();
        assertEquals(32_561, adult.rows());
        assertNotNull(adult.missing());
        assertEquals(8, adult.schema().column(1).categories());
        assertEquals(Column.Kind.CONTINUOUS, adult.schema().column(2).kind());
    }

    @Test
    void mixed_tables_have_missing_cells() {
        DataParts parts = open("abda-mixed/adultPP");
        assertEquals(22_792, parts.train().rows());
        assertNotNull(parts.train().missing());
    }

    @Test
    void a_shorthand_for_mnist_gives_the_same_images() {
        Path folder = SharedFiles.find("data/mnist");
        assertEquals(60_000, Mnist.train(folder).rows());
        assertEquals(-1, Mnist.test(folder).values().mismatch(open("mnist").testOrAll().values()));
    }
}
