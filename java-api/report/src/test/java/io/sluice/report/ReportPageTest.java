package io.sluice.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.InvalidArgumentException;
import io.sluice.data.Dataset;
import io.sluice.data.ImageShape;
import io.sluice.data.Schema;
import io.sluice.learning.TrainingHistory.Epoch;
import io.sluice.runtime.Engine;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;

class ReportPageTest {
    private static final List<String> BROWSERS =
            List.of("chromium", "chromium-browser", "google-chrome", "chrome");

    @TempDir Path folder;

    private static Chart curve() {
        return new TrainingCurve(
                        List.of(
                                new Epoch(1, -5, OptionalDouble.of(-5.5), 1, 1),
                                new Epoch(2, -4, OptionalDouble.of(-4.8), 1, 1),
                                new Epoch(3, -3.5, OptionalDouble.of(-4.9), 1, 1)))
                .chart();
    }

    /** A page with every kind of figure. */
    private static ReportPage page() {
        Dataset rows = Tables.weather(400, 1);
        ReportPage page = new ReportPage("Training on <rain> & \"snow\"");
        page.section("Curve").text("1 < 2").chart("curve", "the <curve>", curve());
        try (Engine engine = Tables.model(rows)) {
            new ModelFigures(engine, rows, Tables.weather(100, 2), 3).addTo(page);
        }
        return page;
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void a_chart_is_not_blank_and_its_svg_is_well_formed() throws Exception {
        Chart chart = curve();
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(chart.png()));
        Set<Integer> colours = new HashSet<>();
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                colours.add(image.getRGB(x, y));
            }
        }
        assertTrue(colours.contains(Style.BLUE.getRGB()), "the training curve");
        assertTrue(colours.contains(Style.ORANGE.getRGB()), "the rows held out");
        DocumentBuilderFactory parsers = DocumentBuilderFactory.newInstance();
        parsers.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
        assertEquals(
                "svg",
                parsers.newDocumentBuilder()
                        .parse(new ByteArrayInputStream(chart.svg()))
                        .getDocumentElement()
                        .getTagName());
    }

    @Test
    void the_page_refers_to_nothing_outside_itself() {
        String html = page().html();
        assertFalse(html.contains("http:") || html.contains("https:"), "an address");
        assertFalse(html.contains("<script"), "a script");
        List<String> sources = html.lines().filter(line -> line.contains("<img")).toList();
        assertEquals(9, sources.size()); // curve, 3 columns, 2 maps, 2 conditionals, calibration
        assertTrue(sources.stream().allMatch(line -> line.contains("src=\"data:image/png;")));
    }

    @Test
    void texts_are_shown_as_they_are() {
        String html = page().html();
        assertTrue(html.contains("<h1>Training on &lt;rain&gt; &amp; &quot;snow&quot;</h1>"));
        assertTrue(html.contains("<figcaption>the &lt;curve&gt;</figcaption>"));
        assertTrue(html.contains("<td>&lt;head&gt;</td>"));
    }

    @Test
    void the_pictures_lie_beside_the_page_and_nothing_else_does() throws IOException {
        Path target = folder.resolve("new/report");
        page().write(target);
        List<String> names = names(target);
        assertTrue(names.containsAll(List.of("index.html", "curve.png", "curve.svg")), "" + names);
        assertEquals(List.of("report"), names(folder.resolve("new")));
    }

    @Test
    void a_folder_that_holds_files_is_refused_and_stays_as_it_is() throws IOException {
        Files.writeString(folder.resolve("mine.txt"), "mine");
        ReportPage page = new ReportPage("t");
        String message =
                assertThrows(InvalidArgumentException.class, () -> page.write(folder)).getMessage();
        assertNotNull(message);
        assertTrue(message.contains("not empty: give a new folder"), message);
        assertEquals(List.of("mine.txt"), names(folder));
    }

    @Test
    void an_empty_folder_is_filled() throws IOException {
        Path empty = Files.createDirectory(folder.resolve("empty"));
        new ReportPage("t").section("s").text("x").write(empty);
        assertEquals(List.of("index.html"), names(empty));
    }

    @Test
    void the_upper_half_of_a_completed_image_is_the_one_that_was_given() {
        Random random = new Random(1);
        ImageShape shape = new ImageShape(4, 4, 1);
        byte[] pixels = new byte[16 * 50];
        for (int k = 0; k < pixels.length; k++) {
            pixels[k] = (byte) random.nextInt(2);
        }
        Dataset images = Dataset.ofBytes(pixels, 16, Schema.image(shape, 2));
        try (Engine engine = Tables.model(images)) {
            Dataset sheet = InPainting.of(engine, images, 1);
            assertNotNull(sheet);
            assertEquals(36, sheet.rows());
            for (int v = 0; v < 16; v++) {
                boolean upper = v < 8;
                assertEquals(images.value(1, v), sheet.value(3, v), 0);
                assertEquals(!upper, sheet.isMissing(4, v));
                assertFalse(sheet.isMissing(5, v));
                if (upper) {
                    assertEquals(images.value(1, v), sheet.value(5, v), 0);
                }
            }
        }
    }

    @Test
    void a_browser_shows_every_figure_within_the_width_of_a_phone() throws Exception {
        String browser =
                BROWSERS.stream()
                        .flatMap(
                                name ->
                                        Stream.of(System.getenv("PATH").split(":"))
                                                .map(path -> Path.of(path, name)))
                        .filter(Files::isExecutable)
                        .map(Path::toString)
                        .findFirst()
                        .orElse("");
        assumeTrue(!browser.isEmpty(), "no Chromium or Chrome on PATH: install chromium");
        ReportPage page = page();
        String probe =
                """
                <script>addEventListener('load', () => {
                  const images = [...document.images];
                  const shown = images.filter(i => i.complete && i.naturalWidth > 100 && i.width > 100);
                  const links = [...document.querySelectorAll('nav a')];
                  const found = links.filter(a => document.querySelector(a.getAttribute('href')));
                  document.title = 'figures ' + shown.length + '/' + images.length
                    + ' links ' + found.length + '/' + links.length
                    + ' fits ' + (document.documentElement.scrollWidth <= innerWidth);
                });</script>
                """;
        Path file = folder.resolve("page.html");
        Files.writeString(file, page.html().replace("</body>", probe + "</body>"));
        Path dom = folder.resolve("dom.html");
        Path log = folder.resolve("log.txt");
        Process process =
                new ProcessBuilder(
                                browser,
                                "--headless",
                                "--no-sandbox",
                                "--disable-gpu",
                                "--enable-logging=stderr",
                                "--user-data-dir=" + folder.resolve("profile"),
                                "--window-size=390,800",
                                "--dump-dom",
                                file.toUri().toString())
                        .redirectOutput(dom.toFile())
                        .redirectError(log.toFile())
                        .start();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("the browser does not end: " + Files.readString(log));
        }
        String told = Files.readString(log, StandardCharsets.UTF_8);
        assertFalse(told.contains("CONSOLE"), told);
        String title = Files.readString(dom).replaceAll("(?s).*<title>(.*?)</title>.*", "$1");
        assertEquals("figures 9/9 links 6/6 fits true", title);
    }
}
