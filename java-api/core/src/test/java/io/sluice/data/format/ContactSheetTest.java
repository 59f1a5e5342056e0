package io.sluice.data.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sluice.InvalidArgumentException;
import io.sluice.data.Dataset;
import io.sluice.data.ImageShape;
import io.sluice.data.Schema;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;

import javax.imageio.ImageIO;

class ContactSheetTest {
    @TempDir Path folder;

    private BufferedImage sheet(Dataset images) throws Exception {
        Path file = folder.resolve("sheet.png");
        ContactSheet.write(images, file);
        BufferedImage image = ImageIO.read(file.toFile());
        assertNotNull(image, "a PNG that others can read");
        return image;
    }

    @Test
    void grey_images_lie_in_a_grid() throws Exception {
        Schema schema = Schema.image(new ImageShape(1, 2, 1), 3);
        BufferedImage image = sheet(Dataset.ofBytes(new byte[] {0, 2, 1, 0, 2, 2}, 2, schema));
        // 2 x 2 places for 3 images of 2 x 1 pixels, enlarged 28 times
        assertEquals(2 + 2 * 58, image.getWidth());
        assertEquals(2 + 2 * 30, image.getHeight());
        assertEquals(0, image.getRaster().getSample(2, 2, 0));
        assertEquals(255, image.getRaster().getSample(2 + 55, 2, 0));
        assertEquals(128, image.getRaster().getSample(60, 2 + 27, 0));
    }

    @Test
    void colour_images_keep_their_channels() throws Exception {
        Schema schema = Schema.image(new ImageShape(1, 1, 3), 256);
        BufferedImage image = sheet(Dataset.ofBytes(new byte[] {(byte) 200, 100, 50}, 3, schema));
        assertEquals(0xFF_C8_64_32, image.getRGB(10, 10));
    }

    @Test
    void rows_that_are_no_images_are_refused_and_nothing_is_written() {
        Dataset table = Dataset.ofBytes(new byte[] {1}, 1, Schema.categorical(1, 2));
        Path file = folder.resolve("none.png");
        assertThrows(InvalidArgumentException.class, () -> ContactSheet.write(table, file));
        assertFalse(Files.exists(file));
    }
}
