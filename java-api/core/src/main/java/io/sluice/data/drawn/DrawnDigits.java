package io.sluice.data.drawn;

import io.sluice.data.DataParts;
import io.sluice.data.Dataset;
import io.sluice.data.ImageShape;
import io.sluice.data.Schema;

import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * {@code builtin:digits}: grey 28x28 images of digits drawn with a round pen. Each image moves the
 * control points of a digit's strokes, then scales, rotates, slants and shifts it, and chooses the
 * pen's width, softness and strength. Image {@code i} depends on the seed and {@code i} only, so
 * any number of threads draws the same images.
 */
final class DrawnDigits {
    private static final ImageShape SHAPE = new ImageShape(28, 28, 1);
    private static final int TRAIN_ROWS = 40_000;
    private static final int TEST_ROWS = 2_000;
    private static final int BYTE_VALUES = 256;
    private static final int ROWS_A_CHUNK = 500;

    private DrawnDigits() {}

    static DataParts draw(long seed) {
        int rows = TRAIN_ROWS + TEST_ROWS;
        byte[] pixels = new byte[rows * SHAPE.variables()];
        IntStream.range(0, rows / ROWS_A_CHUNK)
                .parallel()
                .forEach(chunk -> drawChunk(seed, chunk, pixels));
        Dataset all = Dataset.ofBytes(pixels, SHAPE.variables(), Schema.image(SHAPE, BYTE_VALUES));
        return new DataParts(all.slice(0, TRAIN_ROWS), null, all.slice(TRAIN_ROWS, rows));
    }

    private static void drawChunk(long seed, int chunk, byte[] pixels) {
        DigitPen pen = new DigitPen(SHAPE);
        for (int i = 0; i < ROWS_A_CHUNK; i++) {
            int image = chunk * ROWS_A_CHUNK + i;
            SplittableRandom random = new SplittableRandom(Mixing.mix(Mixing.mix(seed) + image));
            pen.draw(random, pixels, image * SHAPE.variables());
        }
    }
}
