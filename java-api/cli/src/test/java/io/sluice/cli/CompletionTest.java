package io.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Completion in the shells themselves, where they are installed. */
class CompletionTest {
    @TempDir Path folder;

    private static boolean isInstalled(String shell) {
        return Files.isExecutable(Path.of("/bin", shell));
    }

    private List<String> run(String shell, String script) throws Exception {
        assumeTrue(isInstalled(shell), shell + " is not installed");
        Path file = Files.writeString(folder.resolve("try.sh"), script);
        Process process =
                new ProcessBuilder("/bin/" + shell, file.toString())
                        .redirectErrorStream(true)
                        .start();
        process.getOutputStream().close();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), text);
        return text.lines().toList();
    }

    private Path script(String shell) throws IOException {
        Cli.Result result = Cli.run("completion", shell);
        assertEquals(0, result.code(), result.err());
        return Files.writeString(folder.resolve("completion.sh"), result.out());
    }

    @ParameterizedTest
    @CsvSource({
        "sluice imp, impute",
        "sluice com, completion",
        "sluice train --pseu, --pseudocount",
        "sluice evaluate --precision fa, fast",
        "sluice score --model m.sluice --expl, --explain"
    })
    void bash_completes_commands_options_and_values(String typed, String expected)
            throws Exception {
        String words = "'" + String.join("' '", typed.split(" ", -1)) + "'";
        List<String> found =
                run(
                        "bash",
                        String.join(
                                "\n",
                                "source " + script("bash"),
                                "compopt() { :; }", // works while a shell completes only
                                "COMP_WORDS=(" + words + ")",
                                "COMP_CWORD=$((${#COMP_WORDS[@]} - 1))",
                                "COMP_LINE='" + typed + "'",
                                "COMP_POINT=${#COMP_LINE}",
                                "_complete_sluice",
                                "printf '%s\\n' \"${COMPREPLY[@]}\""));
        assertTrue(found.stream().anyMatch(word -> word.strip().equals(expected)), "" + found);
    }

    @ParameterizedTest
    @EnumSource(CompletionCommand.Shell.class)
    void the_script_loads_in_its_shell(CompletionCommand.Shell shell) throws Exception {
        String name = shell.name().toLowerCase(java.util.Locale.ROOT);
        String load = name.equals("zsh") ? "autoload -Uz compinit && compinit -u\n" : "";
        assertEquals(List.of(), run(name, load + "source " + script(name)));
    }
}
