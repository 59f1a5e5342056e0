package io.sluice.data.format;

import io.sluice.InvalidArgumentException;
import io.sluice.data.AtomicFile;
import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.ImageShape;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Shows the rows of an image data set on one PNG sheet, grey or RGB, row by row in a near-square
 * grid. Category 0 is dark and the last one bright; a continuous channel runs from its smallest to
 * its largest value on the sheet; a missing cell is half bright.
 */
public final class ContactSheet {
    private static final int GAP = 2;
    private static final int SMALLEST_SIDE = 56;
    private static final int BRIGHTEST = 255;
    private static final int MISSING = 128;
    private static final int BACKGROUND = 64;
    private static final long MOST_BYTES = 1L << 28;

    private ContactSheet() {}

    /**
     * Writes a file, all or nothing. Small images are enlarged by whole factors.
     *
     * @param images a data set of at least one row whose schema gives the shape of its images
     * @throws InvalidArgumentException when rows are no images, or the sheet would be too large
     * @throws IOException when writing fails
     */
    public static void write(Dataset images, Path file) throws IOException {
        ImageShape shape = images.schema().image();
        if (shape == null) {
            throw new InvalidArgumentException(
                    "rows of this data set are no images, so that there is no sheet of them: give a"
                            + " schema with an image shape, or write CSV");
        }
        if (images.rows() == 0) {
            throw new InvalidArgumentException(
                    "a sheet of no images cannot be drawn: give at least one row");
        }
        Sheet sheet = new Sheet(images, shape);
        byte[] pixels = sheet.draw();
        AtomicFile.write(
                file,
                out -> PngEncoder.write(out, pixels, sheet.height, sheet.width, shape.channels()));
    }

    /** Geometry of the sheet, and the drawing. */
    private static final class Sheet {
        private final Dataset images;
        private final ImageShape shape;
        private final int zoom;
        private final int columns;
        private final int height;
        private final int width;

        Sheet(Dataset images, ImageShape shape) {
            this.images = images;
            this.shape = shape;
            zoom = Math.max(1, SMALLEST_SIDE / Math.max(shape.height(), shape.width()));
            long across = (long) Math.ceil(Math.sqrt((double) images.rows()));
            long down = (images.rows() + across - 1) / across;
            long sheetHeight = down * (shape.height() * (long) zoom + GAP) + GAP;
            long sheetWidth = across * (shape.width() * (long) zoom + GAP) + GAP;
            if (sheetHeight > MOST_BYTES
                    || sheetHeight * sheetWidth > MOST_BYTES / shape.channels()) {
                throw new InvalidArgumentException(
                        "a sheet of "
                                + images.rows()
                                + " images would have "
                                + sheetWidth
                                + "x"
                                + sheetHeight
                                + " pixels, too many: give fewer rows");
            }
            columns = (int) across;
            height = (int) sheetHeight;
            width = (int) sheetWidth;
        }

        byte[] draw() {
            byte[] pixels = new byte[height * width * shape.channels()];
            Arrays.fill(pixels, (byte) BACKGROUND);
            for (int image = 0; image < images.rows(); image++) {
                int top = GAP + image / columns * (shape.height() * zoom + GAP);
                int left = GAP + image % columns * (shape.width() * zoom + GAP);
                for (int y = 0; y < shape.height() * zoom; y++) {
                    for (int x = 0; x < shape.width() * zoom; x++) {
                        int pixel = ((top + y) * width + left + x) * shape.channels();
                        for (int channel = 0; channel < shape.channels(); channel++) {
                            int variable = shape.variable(channel, y / zoom, x / zoom);
                            pixels[pixel + channel] = (byte) brightness(image, variable);
                        }
                    }
                }
            }
            return pixels;
        }

        private int brightness(int image, int variable) {
            double value = images.value(image, variable);
            if (Double.isNaN(value)) {
                return MISSING;
            }
            Column column = images.schema().column(variable);
            double low = column.isCategorical() ? 0 : images.minimum(variable);
            double high =
                    column.isCategorical() ? column.categories() - 1 : images.maximum(variable);
            return high > low ? (int) Math.round(BRIGHTEST * (value - low) / (high - low)) : 0;
        }
    }
}
