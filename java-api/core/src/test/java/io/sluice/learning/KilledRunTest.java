package io.sluice.learning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.circuit.Parameters;
import io.sluice.data.Dataset;
import io.sluice.runtime.Engine;
import io.sluice.testing.Sweep;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Processes that are killed while they train, again and again, at any moment. */
class KilledRunTest {
    private static final int KILLS = Sweep.size(3, 40);
    private static final int LONGEST_LIFE = 300; // milliseconds
    private static final Dataset TRAIN = LearningFixtures.data(100, 1);
    private static final Dataset VALID = LearningFixtures.data(40, 2);

    @TempDir Path folder;

    private static ExpectationMaximization learner() {
        return ExpectationMaximization.anemone()
                .batchSize(20)
                .epochs(60)
                .validation(VALID)
                .shuffleSeed(3);
    }

    private static ExpectationMaximization saving(Path folder) {
        return learner().checkpoints(folder).checkpointEvery(1).resume(true);
    }

    private static Parameters run(Learner<?> learner) {
        try (Engine engine = LearningFixtures.engine()) {
            learner.fit(engine, TRAIN);
            return engine.circuit().parameters();
        }
    }

    /** The process that is killed. */
    static final class Victim {
        public static void main(String[] arguments) {
            System.out.println("runs");
            run(saving(Path.of(arguments[0])));
        }
    }

    @Test
    void the_last_checkpoint_goes_on_to_the_bits_of_a_run_that_was_never_killed() throws Exception {
        Random random = new Random(1);
        for (int kill = 0; kill < KILLS; kill++) {
            Process victim =
                    new ProcessBuilder(
                                    ProcessHandle.current().info().command().orElseThrow(),
                                    "-cp",
                                    System.getProperty("java.class.path"),
                                    Victim.class.getName(),
                                    folder.toString())
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            assertEquals("runs", victim.inputReader().readLine());
            Thread.sleep(random.nextInt(LONGEST_LIFE));
            victim.destroyForcibly().waitFor();
        }
        Parameters resumed = run(saving(folder));
        Parameters uninterrupted = run(learner());
        assertEquals(-1, uninterrupted.segment().mismatch(resumed.segment()));
        try (Stream<Path> files = Files.list(folder)) {
            List<String> left = files.map(file -> String.valueOf(file.getFileName())).toList();
            assertTrue(left.stream().noneMatch(name -> name.endsWith(".tmp")), left.toString());
            assertEquals(4, left.size(), left.toString()); // checkpoint, best, rule and lock
        }
    }
}
