package io.sluice.structure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.data.Column;
import io.sluice.data.DataParts;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.data.ImageShape;
import io.sluice.data.Schema;
import io.sluice.data.format.Datasets;
import io.sluice.runtime.Device;
import io.sluice.runtime.Engine;
import io.sluice.runtime.LogLikelihoods;
import io.sluice.testing.SharedFiles;
import io.sluice.testing.Sweep;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

class FactorizedTest {

    private static LogLikelihoods logLikelihoods(Dataset train, Dataset test) {
        try (Engine engine = Engine.compile(Factorized.of(train), Device.reference())) {
            return engine.logLikelihood(test);
        }
    }

    @Test
    void categories_have_laplace_estimates() {
        Dataset data =
                Dataset.ofFloats(new float[] {0, 2, 2, Float.NaN}, 1, Schema.categorical(1, 3));
        Circuit circuit = Factorized.of(data);
        assertEquals(2 / 6.0, circuit.parameters().get(0), 1e-7);
        assertEquals(1 / 6.0, circuit.parameters().get(1), 1e-7);
        assertEquals(3 / 6.0, circuit.parameters().get(2), 1e-7);
        assertThrows(InvalidArgumentException.class, () -> Factorized.of(data, 0));
    }

    @Test
    void real_numbers_have_their_mean_and_deviation() {
        Dataset data =
                Dataset.ofFloats(new float[] {1001, 1003, Float.NaN}, 1, Schema.continuous(1));
        Circuit circuit = Factorized.of(data);
        assertEquals(1002, circuit.parameters().get(0));
        assertEquals(1, circuit.parameters().get(1));
    }

    @Test
    void a_column_without_spread_has_the_least_deviation_and_one_never_observed_has_one() {
        float none = Float.NaN;
        for (float constant : new float[] {7.25f, 0, -3e-4f, 1e6f}) {
            Dataset data =
                    Dataset.ofFloats(
                            new float[] {constant, none, constant}, 1, Schema.continuous(1));
            assertEquals(0.01, Factorized.of(data).parameters().get(1), 1e-8);
            assertEquals(3.686, logLikelihoods(data, data).values()[0], 5e-4);
        }
        Dataset unknown = Dataset.ofFloats(new float[] {none, none}, 1, Schema.continuous(1));
        assertEquals(1, Factorized.of(unknown).parameters().get(1));
    }

    static Stream<Arguments> images() {
        return Stream.of(
                        Arguments.of("mnist", 1.6897),
                        Arguments.of("fashion-mnist", 4.5875),
                        Arguments.of("tinyimagenet32-subset", 7.9226))
                .limit(Sweep.size(1, 3));
    }

    @ParameterizedTest
    @MethodSource("images")
    void images_take_the_published_bits(String name, double bitsPerDimension) {
        DataParts parts = Datasets.open(SharedFiles.find("data").resolve(name).toString());
        assertEquals(
                bitsPerDimension,
                logLikelihoods(parts.train(), parts.testOrAll()).bitsPerDimension(),
                5e-5);
    }

    static Stream<Arguments> binarySets() {
        return Sweep.over(
                List.of(
                        Arguments.of("nltcs", -9.2336),
                        Arguments.of("plants", -31.2662),
                        Arguments.of("kosarek", -13.3286),
                        Arguments.of("ad", -63.8168)));
    }

    @ParameterizedTest
    @MethodSource("binarySets")
    void density_estimation_sets_have_the_published_likelihood(String name, double expected) {
        DataParts parts =
                Datasets.open(SharedFiles.find("data/DEBD/datasets").resolve(name).toString());
        assertEquals(expected, logLikelihoods(parts.train(), parts.testOrAll()).mean(), 5e-5);
    }

    @Test
    void colours_take_fewer_bits_after_the_lossless_ycocg_transform() {
        String source = SharedFiles.find("data/tinyimagenet32-subset").toString();
        DataParts parts = Datasets.open(source);
        LogLikelihoods test = logLikelihoods(yCoCg(parts.train()), yCoCg(parts.testOrAll()));
        assertEquals(7.0732, test.bitsPerDimension(), 5e-5);
    }

    /** YCoCg-R (Malvar and Sullivan 2003): one byte and two differences, shifted to start at 0. */
    private static Dataset yCoCg(Dataset colours) {
        ImageShape shape = new ImageShape(32, 32, 3);
        int pixels = shape.height() * shape.width();
        List<Column> columns = new ArrayList<>();
        for (int v = 0; v < shape.variables(); v++) {
            columns.add(Column.categorical("x" + v, v < pixels ? 256 : 512));
        }
        DatasetBuilder builder = Dataset.builder(Schema.of(columns));
        double[] row = new double[shape.variables()];
        for (long r = 0; r < colours.rows(); r++) {
            for (int p = 0; p < pixels; p++) {
                int red = (int) colours.value(r, p);
                int green = (int) colours.value(r, pixels + p);
                int blue = (int) colours.value(r, 2 * pixels + p);
                int orange = red - blue;
                int middle = blue + (orange >> 1);
                int lime = green - middle;
                row[p] = middle + (lime >> 1);
                row[pixels + p] = orange + 255;
                row[2 * pixels + p] = lime + 255;
            }
            builder.add(row);
        }
        return builder.build();
    }
}
