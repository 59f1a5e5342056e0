package io.sluice.report;

import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;

import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

import javax.imageio.ImageIO;

/** A chart that was drawn: as pixels, and as an SVG document. Needs no display. */
public final class Chart {
    /** Pixels of the PNG in each direction for a pixel of the layout: for sharp screens. */
    private static final int SCALE = 2;

    static {
        System.setProperty("java.awt.headless", "true");
    }

    private final byte[] png;
    private final byte[] svg;

    private Chart(byte[] png, byte[] svg) {
        this.png = png;
        this.svg = svg;
    }

    /** Draws a chart. */
    static Chart of(org.knowm.xchart.internal.chartpart.Chart<?, ?> chart) {
        try {
            return new Chart(png(chart), svg(chart));
        } catch (IOException e) {
            throw new UncheckedIOException(e); // there is no device that could fail
        }
    }

    private static byte[] png(org.knowm.xchart.internal.chartpart.Chart<?, ?> chart)
            throws IOException {
        int width = chart.getWidth();
        int height = chart.getHeight();
        BufferedImage image =
                new BufferedImage(SCALE * width, SCALE * height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.scale(SCALE, SCALE);
        chart.paint(graphics, width, height);
        graphics.dispose();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(image, "png", out);
        return out.toByteArray();
    }

    private static byte[] svg(org.knowm.xchart.internal.chartpart.Chart<?, ?> chart)
            throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        VectorGraphicsEncoder.saveVectorGraphic(chart, out, VectorGraphicsFormat.SVG);
        return out.toByteArray();
    }

    /** The chart as a PNG file. */
    public byte[] png() {
        return png.clone();
    }

    /** The chart as an SVG file in UTF-8. */
    public byte[] svg() {
        return svg.clone();
    }
}
