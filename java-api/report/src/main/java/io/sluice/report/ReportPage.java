package io.sluice.report;

import io.sluice.InvalidArgumentException;
import io.sluice.data.Dataset;
import io.sluice.data.format.ContactSheet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A page of sections with texts, tables and figures. The page holds its figures itself and refers
 * to no other file; they are written beside it, too, for use elsewhere.
 */
public final class ReportPage {
    private static final String STYLE =
            """
            body{font:16px/1.5 system-ui,sans-serif;color:#222;max-width:70rem;margin:0 auto;padding:0 1rem 4rem}
            h1,h2{line-height:1.2}h2{margin-top:2.5rem;border-bottom:1px solid #ddd}
            nav ul{padding:0;display:flex;flex-wrap:wrap;gap:.3rem 1rem;list-style:none}
            a{color:#36a}.figures{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,26rem),1fr));gap:1rem}
            figure{margin:0}figure img{max-width:100%;height:auto;display:block}
            figcaption{font-size:.9rem;color:#555}
            .wide{overflow-x:auto}table{border-collapse:collapse;font-size:.9rem}
            th,td{text-align:left;vertical-align:top;padding:.2rem .8rem .2rem 0;border-bottom:1px solid #eee}
            td.number{text-align:right;font-variant-numeric:tabular-nums}
            """;

    private final String title;
    private final Map<String, StringBuilder> sections = new LinkedHashMap<>();
    private final Map<String, byte[]> files = new LinkedHashMap<>();
    private StringBuilder body = new StringBuilder();
    private boolean inFigures;

    /** A page without sections. */
    public ReportPage(String title) {
        this.title = title;
    }

    /** Begins a section, to which all that follows belongs. */
    public ReportPage section(String heading) {
        endFigures();
        body = new StringBuilder();
        sections.put(heading, body);
        return this;
    }

    /** Adds a paragraph. */
    public ReportPage text(String paragraph) {
        endFigures();
        body.append("<p>").append(escaped(paragraph)).append("</p>\n");
        return this;
    }

    /** Adds a table; cells that are numbers stand to the right. */
    public ReportPage table(List<String> heads, List<List<String>> rows) {
        endFigures();
        body.append("<div class=\"wide\"><table><thead><tr>");
        heads.forEach(head -> body.append("<th>").append(escaped(head)).append("</th>"));
        body.append("</tr></thead><tbody>\n");
        for (List<String> row : rows) {
            body.append("<tr>");
            for (String cell : row) {
                body.append(isNumber(cell) ? "<td class=\"number\">" : "<td>")
                        .append(escaped(cell))
                        .append("</td>");
            }
            body.append("</tr>\n");
        }
        body.append("</tbody></table></div>\n");
        return this;
    }

    private static boolean isNumber(String cell) {
        return cell.matches("-?[0-9][0-9.,]*%?");
    }

    /**
     * Adds a chart.
     *
     * @param name of its files, without an ending
     * @param caption says what it shows
     */
    public ReportPage chart(String name, String caption, Chart chart) {
        files.put(name + ".png", chart.png());
        files.put(name + ".svg", chart.svg());
        figure(chart.png(), caption); // smaller than the SVG, whose letters are outlines
        return this;
    }

    /**
     * Adds a contact sheet.
     *
     * @param name of its file, without an ending
     * @param caption says what it shows
     * @param images rows of an image schema
     */
    public ReportPage sheet(String name, String caption, Dataset images) {
        byte[] png = pngOf(images);
        files.put(name + ".png", png);
        figure(png, caption);
        return this;
    }

    private static byte[] pngOf(Dataset images) {
        try {
            Path folder = Files.createTempDirectory("sluice-report");
            Path file = folder.resolve("sheet.png");
            try {
                ContactSheet.write(images, file);
                return Files.readAllBytes(file);
            } finally {
                Files.deleteIfExists(file);
                Files.delete(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void figure(byte[] png, String caption) {
        if (!inFigures) {
            body.append("<div class=\"figures\">\n");
            inFigures = true;
        }
        body.append("<figure><img alt=\"")
                .append(escaped(caption))
                .append("\" src=\"data:image/png;base64,")
                .append(Base64.getEncoder().encodeToString(png))
                .append("\"><figcaption>")
                .append(escaped(caption))
                .append("</figcaption></figure>\n");
    }

    private void endFigures() {
        if (inFigures) {
            body.append("</div>\n");
            inFigures = false;
        }
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    /** The page as HTML. */
    public String html() {
        endFigures();
        List<String> headings = List.copyOf(sections.keySet());
        StringBuilder page = new StringBuilder();
        page.append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n")
                .append("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n")
                .append("<link rel=\"icon\" href=\"data:,\">\n<title>")
                .append(escaped(title))
                .append("</title>\n<style>\n")
                .append(STYLE)
                .append("</style></head><body>\n<h1>")
                .append(escaped(title))
                .append("</h1>\n<nav><ul>");
        for (int k = 0; k < headings.size(); k++) {
            page.append("<li><a href=\"#s").append(k).append("\">");
            page.append(escaped(headings.get(k))).append("</a></li>");
        }
        page.append("</ul></nav>\n<main>\n");
        for (int k = 0; k < headings.size(); k++) {
            page.append("<section id=\"s").append(k).append("\"><h2>");
            page.append(escaped(headings.get(k))).append("</h2>\n");
            page.append(sections.get(headings.get(k))).append("</section>\n");
        }
        return page.append("</main></body></html>\n").toString();
    }

    /**
     * Checks that a report can be written to a folder: it is new or empty.
     *
     * @throws InvalidArgumentException when the folder holds files
     */
    public static void check(Path folder) {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> held = Files.list(folder)) {
            if (held.findAny().isPresent()) {
                throw new InvalidArgumentException(
                        folder + " is not empty: give a new folder for the report");
            }
        } catch (IOException e) {
            throw new InvalidArgumentException(
                    folder + " cannot be read: " + e.getMessage() + "; give another folder");
        }
    }

    /**
     * Writes {@code index.html} and the figures to a folder, all or nothing.
     *
     * @param folder new or empty
     */
    public void write(Path folder) throws IOException {
        check(folder);
        Path target = folder.toAbsolutePath();
        Path parent = target.getParent();
        if (parent == null) {
            throw new InvalidArgumentException(folder + " has no parent: give another folder");
        }
        Files.createDirectories(parent);
        Path written = Files.createTempDirectory(parent, "." + target.getFileName() + ".");
        try {
            Files.write(written.resolve("index.html"), html().getBytes(StandardCharsets.UTF_8));
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                Files.write(written.resolve(file.getKey()), file.getValue());
            }
            if (Files.getFileStore(parent).supportsFileAttributeView("posix")) {
                Files.setPosixFilePermissions(
                        written,
                        java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
            }
            Files.move(written, target, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            delete(written);
        }
    }

    private static void delete(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            List<Path> held;
            try (Stream<Path> files = Files.list(folder)) {
                held = files.collect(Collectors.toCollection(ArrayList::new));
            }
            held.add(folder);
            for (Path path : held) {
                Files.delete(path);
            }
        }
    }
}
