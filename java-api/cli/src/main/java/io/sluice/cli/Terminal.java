package io.sluice.cli;

import org.jspecify.annotations.Nullable;

import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where the command writes to.
 *
 * @param out for the report
 * @param err for everything else
 * @param interactive whether err is a terminal that can show a progress bar
 */
record Terminal(PrintStream out, PrintStream err, boolean interactive) {

    private static final Path STDERR = Path.of("/proc/self/fd/2");

    /** Whether this process's stderr is a terminal. */
    @SuppressWarnings("SystemConsoleNull") // isTerminal is asked too
    static boolean errIsTerminal() {
        try {
            if (Files.exists(STDERR)) {
                String target = Files.readSymbolicLink(STDERR).toString();
                return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
            }
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
        Console console = System.console(); // elsewhere the JDK knows of stdin and stdout only
        return console != null && console.isTerminal();
    }

    PrintWriter writer() {
        return new PrintWriter(out, true, out.charset());
    }

    /**
     * Prints an error.
     *
     * @param trace its exception when a stack trace is wanted
     */
    void error(String line, @Nullable Throwable trace) {
        if (trace != null) {
            trace.printStackTrace(err);
        }
        err.println("sluice: " + visible(line));
        err.flush();
    }

    /**
     * A text without control characters, which could change what a terminal shows: they come from
     * names of files and columns, and from labels. Each becomes its escape, as {@code \\u001b}.
     */
    static String visible(String text) {
        StringBuilder shown = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean changesScreen =
                    Character.isISOControl(c) || Character.getType(c) == Character.FORMAT;
            shown.append(changesScreen ? String.format("\\u%04x", (int) c) : c);
        }
        return shown.toString();
    }

    /** Prints a remark on stderr. */
    void remark(String line) {
        // On a terminal it takes the place of the progress bar, which is drawn again below it.
        err.println(interactive ? "\r\u001b[K" + visible(line) : visible(line));
        err.flush();
    }

    /** Flushes out; false when something could not be written. */
    boolean flush() {
        return !out.checkError();
    }
}
