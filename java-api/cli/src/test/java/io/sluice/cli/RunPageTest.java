package io.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code train --report}. */
class RunPageTest {
    private static final Pattern HEADING = Pattern.compile("<h2>(.*?)</h2>");

    @TempDir Path folder;

    private static List<String> headings(Path report) throws IOException {
        Matcher found = HEADING.matcher(Files.readString(report.resolve("index.html")));
        List<String> headings = new ArrayList<>();
        while (found.find()) {
            headings.add(found.group(1));
        }
        return headings;
    }

    /** Plants with a kind, a length that depends on it, a day and a remark that has no model. */
    private Path plants() throws IOException {
        Random random = new Random(1);
        StringBuilder text = new StringBuilder("kind,length,day,id\n");
        for (int row = 0; row < 200; row++) {
            int kind = random.nextInt(3);
            text.append(List.of("fern", "moss", "reed").get(kind))
                    .append(String.format(Locale.ROOT, ",%.1f", 10 * kind + random.nextGaussian()))
                    .append(String.format(Locale.ROOT, ",2024-03-%02d", 1 + random.nextInt(28)))
                    .append(",p")
                    .append(row)
                    .append('\n');
        }
        return Files.writeString(folder.resolve("plants.csv"), text);
    }

    @Test
    void the_page_of_a_table_shows_columns_model_curve_and_figures() throws IOException {
        Path report = folder.resolve("report");
        String path =
                Cli.run(
                                "train --device cpu --json --data",
                                plants(),
                                "--out",
                                folder.resolve("m.sluice"),
                                "--report",
                                report)
                        .json()
                        .get("report")
                        .asString();
        assertEquals(report.toString(), path);
        assertEquals(
                List.of(
                        "Summary",
                        "Data",
                        "Model",
                        "Columns, real and drawn",
                        "Dependence of columns",
                        "What the model expects",
                        "Samples",
                        "Calibration"),
                headings(report));
        String html = Files.readString(report.resolve("index.html"));
        assertTrue(html.contains("<td>3: fern, moss, reed</td>"), "the labels");
        assertTrue(html.contains("<td>not modelled</td>"), "the column of names");
        assertTrue(html.contains("2024-03-"), "dates of drawn rows");
        assertFalse(html.contains("http"), "an address");
        List<String> files = Cli.names(report);
        assertTrue(
                files.containsAll(
                        List.of("column-1.png", "column-3.svg", "calibration.png", "index.html")),
                files.toString());
    }

    @Test
    void the_page_of_a_named_structure_has_its_curve_in_the_users_units() throws IOException {
        Path report = folder.resolve("report");
        Cli.Result result =
                Cli.run(
                        "train --device cpu --structure hclt --latents 4 --epochs 2 --data",
                        plants(),
                        "--out",
                        folder.resolve("m.sluice"),
                        "--report",
                        report);
        assertEquals(Main.SUCCESS, result.code(), result.err());
        assertTrue(result.out().contains("charts of the run in "), result.out());
        assertTrue(Cli.names(report).contains("training-curve.png"));
    }

    @Test
    void a_folder_that_cannot_take_the_report_is_refused_before_any_work() throws IOException {
        Path held = Files.createDirectory(folder.resolve("held"));
        Files.writeString(held.resolve("mine.txt"), "mine");
        Path file = Files.writeString(folder.resolve("file"), "");
        for (Path refused : List.of(held, file, file.resolve("below"))) {
            Path out = folder.resolve("m.sluice");
            String message =
                    Cli.run("train --data", plants(), "--out", out, "--report", refused).failure(2);
            assertTrue(message.startsWith("--report " + refused + " "), message);
            assertFalse(Files.exists(out));
        }
        assertEquals(List.of("mine.txt"), Cli.names(held));
    }
}
