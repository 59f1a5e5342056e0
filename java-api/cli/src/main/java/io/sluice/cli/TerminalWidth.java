package io.sluice.cli;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** How many columns the terminal of stderr has. */
final class TerminalWidth {
    private static final int DEFAULT_COLUMNS = 80;
    private static final int LEAST_COLUMNS = 20;
    private static final File STDERR = new File("/proc/self/fd/2");
    private static final File CONTROLLING_TERMINAL = new File("/dev/tty");
    private static final long PATIENCE_SECONDS = 1;

    private TerminalWidth() {}

    /** As the terminal says, otherwise the variable COLUMNS, otherwise 80. */
    static int columns() {
        int columns = ofTerminal();
        if (columns == 0) {
            String variable = System.getenv("COLUMNS");
            columns =
                    variable != null && variable.matches("[1-9]\\d{0,3}")
                            ? Integer.parseInt(variable)
                            : DEFAULT_COLUMNS;
        }
        return Math.max(LEAST_COLUMNS, columns);
    }

    /** What stty says, which the JDK does not; 0 when it says nothing. */
    private static int ofTerminal() {
        File terminal = STDERR.exists() ? STDERR : CONTROLLING_TERMINAL;
        try {
            Process stty =
                    new ProcessBuilder("stty", "size")
                            .redirectInput(terminal)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            if (!stty.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                stty.destroy();
                return 0;
            }
            String size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            String[] numbers = size.strip().split(" ", -1);
            return numbers.length == 2 && numbers[1].matches("\\d{1,5}")
                    ? Integer.parseInt(numbers[1])
                    : 0;
        } catch (IOException e) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }
}
