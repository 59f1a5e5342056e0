package io.sluice.data;

import io.sluice.InvalidArgumentException;

/**
 * Shape of the image that a row of a data set is. Variables are in plane order, {@code
 * [channel][row][column]}, as in the CIFAR binary format.
 *
 * @param height rows of pixels, at least 1
 * @param width columns of pixels, at least 1
 * @param channels 1 (grey) or 3 (red, green, blue)
 */
public record ImageShape(int height, int width, int channels) {

    /** Checks the ranges. */
    public ImageShape {
        if (height < 1 || width < 1 || (channels != 1 && channels != 3)) {
            throw new InvalidArgumentException(
                    "image shape "
                            + height
                            + "x"
                            + width
                            + "x"
                            + channels
                            + " is impossible: height and width are at least 1, channels 1 or 3");
        }
        if ((long) height * width > Integer.MAX_VALUE / channels) {
            throw new InvalidArgumentException(
                    "image shape "
                            + height
                            + "x"
                            + width
                            + "x"
                            + channels
                            + " has more than 2^31-1 variables: use smaller images");
        }
    }

    /** How many variables an image is: height times width times channels. */
    public int variables() {
        return height * width * channels;
    }

    /**
     * The variable that holds one channel of one pixel.
     *
     * @throws InvalidArgumentException when the image has no such pixel or channel
     */
    public int variable(int channel, int row, int column) {
        if (channel < 0
                || channel >= channels
                || row < 0
                || row >= height
                || column < 0
                || column >= width) {
            throw new InvalidArgumentException(
                    "there is no channel "
                            + channel
                            + " of pixel "
                            + row
                            + ", "
                            + column
                            + " in images of "
                            + height
                            + "x"
                            + width
                            + "x"
                            + channels
                            + ": all are counted from 0");
        }
        return (channel * height + row) * width + column;
    }
}
