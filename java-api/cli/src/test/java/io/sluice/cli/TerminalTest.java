package io.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.json.JsonMapper;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

class TerminalTest {

    private static PrintStream into(OutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    private static Session session(CommonOptions options, Terminal terminal) {
        return new Session(options, terminal, new StopRequest());
    }

    @Test
    void a_terminal_shows_a_progress_bar_and_a_file_does_not() {
        for (boolean interactive : new boolean[] {true, false}) {
            ByteArrayOutputStream err = new ByteArrayOutputStream();
            Terminal terminal =
                    new Terminal(into(new ByteArrayOutputStream()), into(err), interactive);
            try (Progress progress = session(new CommonOptions(), terminal).progress("x", 2)) {
                progress.step(1);
                progress.say("half");
                progress.stepTo(2);
            }
            assertEquals(interactive, err.toString(StandardCharsets.UTF_8).contains("100%"));
        }
    }

    @Test
    void a_progress_bar_has_the_rate_and_the_time_left_and_never_wraps() {
        Duration elapsed = Duration.ofSeconds(30);
        for (int width = 10; width <= 200; width++) {
            for (String task : List.of("train", "log-likelihood")) {
                for (long done : new long[] {0, 1, 500, 1000}) {
                    String text = BarText.of(task, done, 1000, elapsed, "epoch 1/20 -3.25", width);
                    assertTrue(text.length() <= width, text);
                    assertTrue(width < 20 || text.contains("%"), text);
                }
            }
        }
        String narrow = BarText.of("log-likelihood", 250, 1000, elapsed, "", 40);
        assertEquals("log-likelihood  25%  1:30 left  8.3/s", narrow);
        String wide = BarText.of("train", 250, 1000, elapsed, "epoch 2/8 -3.25", 70);
        assertEquals(
                "train  25%  1:30 left  8.3/s  epoch 2/8 -3.25  [=====                ]", wide);
    }

    @Test
    void quiet_shows_no_progress_bar() {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal terminal = new Terminal(into(new ByteArrayOutputStream()), into(err), true);
        CommonOptions quiet = new CommonOptions();
        quiet.quiet = true;
        Session session = session(quiet, terminal);
        try (Progress progress = session.progress("x", 2)) {
            progress.step(2);
        }
        session.remark("hello");
        assertEquals(0, err.size());
    }

    @Test
    void control_characters_never_reach_the_screen() {
        String escape = "\u001b[2Jx\u0007y\u009bz\u202e\r";
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal terminal = new Terminal(into(out), into(err), false);
        new Report().line("a line " + escape).print(terminal.out(), false);
        terminal.remark("a remark " + escape);
        terminal.error("an error " + escape, null);
        String all = out.toString(StandardCharsets.UTF_8) + err.toString(StandardCharsets.UTF_8);
        assertEquals(3, all.lines().count());
        all.lines().forEach(line -> assertTrue(line.chars().noneMatch(Character::isISOControl)));
        assertTrue(all.contains("\\u001b[2Jx\\u0007y\\u009bz\\u202e\\u000d"), all);
    }

    @Test
    void control_characters_in_json_are_escapes_that_mean_the_same() {
        String escape = "\u001b[2Jx\u009bz\u202e\r\"\\ \u00e9";
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new Report().field(escape, escape).print(into(out), true);
        String json = out.toString(StandardCharsets.UTF_8).strip();
        assertTrue(json.chars().noneMatch(Character::isISOControl), json);
        assertEquals(escape, JsonMapper.shared().readTree(json).get(escape).asString());
    }

    @Test
    void a_report_that_cannot_be_written_is_a_failure() {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        OutputStream full =
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        throw new IOException("No space left on device");
                    }
                };
        Terminal terminal = new Terminal(into(full), into(err), false);
        assertEquals(1, Main.run(new String[] {"devices"}, terminal, new StopRequest()));
        assertTrue(err.toString(StandardCharsets.UTF_8).contains("cannot write"));
    }
}
