package io.sluice.data.drawn;

import io.sluice.data.ImageShape;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Draws one digit after the other. A pixel's ink falls smoothly from full to none over the pen's
 * edge, as a function of the pixel's distance to the nearest stroke.
 */
final class DigitPen {
    // how differently people write; lengths in pixels, angles in radians
    private static final double BOX_HEIGHT = 19.5;
    private static final double BOX_WIDTH = 14.5;
    private static final double SCALE_SPREAD = 0.09;
    private static final double ANGLE_SPREAD = 0.10;
    private static final double SLANT_SPREAD = 0.16;
    private static final double SHIFT_SPREAD = 0.7;
    private static final double POINT_SPREAD = 0.022;
    private static final double THINNEST = 0.75;
    private static final double THICKEST = 1.75;
    private static final double HARDEST_EDGE = 0.9;
    private static final double SOFTEST_EDGE = 1.7;
    private static final double FAINTEST = 0.8;

    /** Straight pieces between two control points of a curve. */
    private static final int PIECES = 5;

    private final ImageShape shape;
    private final float[] squaredDistance;
    private double reach;

    DigitPen(ImageShape shape) {
        this.shape = shape;
        this.squaredDistance = new float[shape.variables()];
    }

    /** Draws a random digit into {@code pixels} from {@code offset}. */
    void draw(SplittableRandom random, byte[] pixels, int offset) {
        int digit = random.nextInt(DigitStrokes.digits());
        Placement placement = Placement.random(random, shape);
        double radius = random.nextDouble(THINNEST, THICKEST);
        double edge = random.nextDouble(HARDEST_EDGE, SOFTEST_EDGE);
        double strength = random.nextDouble(FAINTEST, 1) * 255;
        reach = radius + edge;
        Arrays.fill(squaredDistance, Float.MAX_VALUE);
        for (double[] stroke : DigitStrokes.of(digit)) {
            drawStroke(placement.place(stroke, random));
        }
        for (int i = 0; i < squaredDistance.length; i++) {
            double distance = Math.sqrt(squaredDistance[i]);
            double depth = Math.clamp((reach - distance) / edge, 0, 1);
            double ink = depth * depth * (3 - 2 * depth);
            pixels[offset + i] = (byte) Math.round(strength * ink);
        }
    }

    private void drawStroke(double[] points) {
        int count = points.length / 2;
        double fromX = points[0];
        double fromY = points[1];
        for (int i = 0; i + 1 < count; i++) {
            int pieces = count == 2 ? 1 : PIECES;
            for (int piece = 1; piece <= pieces; piece++) {
                double t = (double) piece / pieces;
                double toX = curve(points, i, 0, count, t);
                double toY = curve(points, i, 1, count, t);
                drawLine(fromX, fromY, toX, toY);
                fromX = toX;
                fromY = toY;
            }
        }
    }

    /** Catmull-Rom spline between points i and i + 1, one coordinate. */
    private static double curve(double[] points, int i, int axis, int count, double t) {
        double p0 = points[2 * Math.max(i - 1, 0) + axis];
        double p1 = points[2 * i + axis];
        double p2 = points[2 * (i + 1) + axis];
        double p3 = points[2 * Math.min(i + 2, count - 1) + axis];
        return 0.5
                * (2 * p1
                        + (p2 - p0) * t
                        + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t * t
                        + (3 * p1 - p0 - 3 * p2 + p3) * t * t * t);
    }

    private void drawLine(double x0, double y0, double x1, double y1) {
        int left = (int) Math.max(0, Math.floor(Math.min(x0, x1) - reach));
        int right = (int) Math.min(shape.width() - 1, Math.ceil(Math.max(x0, x1) + reach));
        int top = (int) Math.max(0, Math.floor(Math.min(y0, y1) - reach));
        int bottom = (int) Math.min(shape.height() - 1, Math.ceil(Math.max(y0, y1) + reach));
        double dx = x1 - x0;
        double dy = y1 - y0;
        double inverse = 1 / Math.max(dx * dx + dy * dy, 1e-9);
        for (int y = top; y <= bottom; y++) {
            for (int x = left; x <= right; x++) {
                double along = Math.clamp(((x - x0) * dx + (y - y0) * dy) * inverse, 0, 1);
                double offX = x - x0 - along * dx;
                double offY = y - y0 - along * dy;
                int pixel = shape.variable(0, y, x);
                squaredDistance[pixel] =
                        Math.min(squaredDistance[pixel], (float) (offX * offX + offY * offY));
            }
        }
    }

    /** Where the unit box of the strokes lies in the image: x' = ax x + bx y + cx, same for y. */
    private record Placement(double ax, double bx, double cx, double ay, double by, double cy) {

        static Placement random(SplittableRandom random, ImageShape shape) {
            double width = BOX_WIDTH * (1 + SCALE_SPREAD * random.nextGaussian());
            double height = BOX_HEIGHT * (1 + SCALE_SPREAD * random.nextGaussian());
            double angle = ANGLE_SPREAD * random.nextGaussian();
            double slant = -Math.abs(SLANT_SPREAD * random.nextGaussian());
            // StrictMath: the same image on every machine
            double cos = StrictMath.cos(angle);
            double sin = StrictMath.sin(angle);
            double ax = width * cos;
            double ay = width * sin;
            double bx = height * (slant * cos - sin);
            double by = height * (slant * sin + cos);
            double centreX = (shape.width() - 1) / 2.0 + SHIFT_SPREAD * random.nextGaussian();
            double centreY = (shape.height() - 1) / 2.0 + SHIFT_SPREAD * random.nextGaussian();
            return new Placement(ax, bx, centreX - (ax + bx) / 2, ay, by, centreY - (ay + by) / 2);
        }

        double[] place(double[] stroke, SplittableRandom random) {
            double[] placed = new double[stroke.length];
            for (int i = 0; i < stroke.length; i += 2) {
                double x = stroke[i] + POINT_SPREAD * random.nextGaussian();
                double y = stroke[i + 1] + POINT_SPREAD * random.nextGaussian();
                placed[i] = ax * x + bx * y + cx;
                placed[i + 1] = ay * x + by * y + cy;
            }
            return placed;
        }
    }
}
