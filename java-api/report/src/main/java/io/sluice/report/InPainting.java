package io.sluice.report;

import io.sluice.InvalidArgumentException;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.data.ImageShape;
import io.sluice.runtime.Engine;

import org.jspecify.annotations.Nullable;

import java.util.stream.IntStream;

/** Images whose lower half is hidden and drawn anew by a model. */
public final class InPainting {
    private static final int MOST = 12; // three times as many fill a sheet of six by six

    private InPainting() {}

    /**
     * Completes images.
     *
     * @param images rows under the schema of the engine's model; the first twelve that are possible
     *     are used
     * @return for each image itself, what was shown of it, and its completion; null when no image
     *     is possible
     * @throws InvalidArgumentException when the rows are no images
     */
    public static @Nullable Dataset of(Engine engine, Dataset images, long seed) {
        ImageShape shape = images.schema().image();
        if (shape == null) {
            throw new InvalidArgumentException(
                    "rows without an image shape: give images to complete");
        }
        Dataset first = images.slice(0, Math.min(images.rows(), MOST));
        DatasetBuilder halves = Dataset.builder(images.schema());
        for (long row = 0; row < first.rows(); row++) {
            halves.add(upperHalf(first, row, shape));
        }
        Dataset shown = halves.build();
        double[] likely = engine.logLikelihood(shown).values();
        int[] possible =
                IntStream.range(0, likely.length)
                        .filter(row -> likely[row] > Double.NEGATIVE_INFINITY)
                        .toArray();
        if (possible.length == 0) {
            return null;
        }
        Dataset completed = engine.sample(shown.rows(possible), 1, seed);
        DatasetBuilder sheet = Dataset.builder(images.schema());
        for (int k = 0; k < possible.length; k++) {
            sheet.add(cells(first, possible[k]));
            sheet.add(cells(shown, possible[k]));
            sheet.add(cells(completed, k));
        }
        return sheet.build();
    }

    private static double[] cells(Dataset rows, long row) {
        return IntStream.range(0, rows.variables()).mapToDouble(v -> rows.value(row, v)).toArray();
    }

    private static double[] upperHalf(Dataset images, long row, ImageShape shape) {
        double[] cells = cells(images, row);
        for (int y = shape.height() / 2; y < shape.height(); y++) {
            for (int x = 0; x < shape.width(); x++) {
                for (int channel = 0; channel < shape.channels(); channel++) {
                    cells[shape.variable(channel, y, x)] = Double.NaN;
                }
            }
        }
        return cells;
    }
}
