package io.sluice.learning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.data.Dataset;
import io.sluice.runtime.Device;
import io.sluice.runtime.Engine;
import io.sluice.structure.Hclt;
import io.sluice.transform.Prune;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

class PruneAndGrowTest {
    private static final Dataset TRAIN = LearningFixtures.data(200, 1);
    private static final Dataset VALID = LearningFixtures.data(100, 2);
    private static final ExpectationMaximization EM =
            ExpectationMaximization.miniBatch().batchSize(50).epochs(5).pseudocount(0.01);

    private static Engine compile(Circuit circuit) {
        return Engine.compile(circuit, Device.reference());
    }

    private static Circuit trained(int blockSize) {
        Circuit circuit = Hclt.builder(TRAIN).latents(4).blockSize(blockSize).seed(1).build();
        try (Engine engine = compile(circuit)) {
            EM.fit(engine, TRAIN);
            return engine.circuit();
        }
    }

    private static double mean(Circuit circuit, Dataset data) {
        try (Engine engine = compile(circuit)) {
            return engine.logLikelihood(data).mean();
        }
    }

    @Test
    void a_cycle_prunes_grows_and_trains() {
        for (Prune.Unit unit : Prune.Unit.values()) {
            for (int blockSize : new int[] {1, 2}) {
                a_cycle_prunes_grows_and_trains(trained(blockSize), unit);
            }
        }
        a_cycle_prunes_grows_and_trains(trained(4), Prune.Unit.EDGE);
    }

    private static void a_cycle_prunes_grows_and_trains(Circuit before, Prune.Unit unit) {
        PruneAndGrow.Result result =
                PruneAndGrow.tunedBy(EM)
                        .share(0.5)
                        .unit(unit)
                        .fit(before, PruneAndGrowTest::compile, TRAIN);
        assertEquals(1, result.cycles().size());
        PruneAndGrow.Cycle cycle = result.cycles().get(0);
        assertTrue(cycle.pruned() < before.properties().edges());
        assertTrue(cycle.grown() > 2 * cycle.pruned());
        assertEquals(5, cycle.history().epochs().size());
        assertTrue(mean(result.circuit(), TRAIN) > mean(before, TRAIN) - 0.01);
    }

    @Test
    void validation_rows_choose_among_the_cycles_and_the_beginning() {
        Circuit before = trained(1);
        PruneAndGrow config = PruneAndGrow.tunedBy(EM.validation(VALID)).cycles(3);
        PruneAndGrow.Result result = config.fit(before, PruneAndGrowTest::compile, TRAIN);
        assertEquals(3, result.cycles().size());
        assertTrue(mean(result.circuit(), VALID) >= mean(before, VALID));
        PruneAndGrow ruinous =
                PruneAndGrow.tunedBy(EM.epochs(1).stepSize(1e-6).validation(VALID)).noise(20);
        Circuit kept = ruinous.fit(before, PruneAndGrowTest::compile, TRAIN).circuit();
        assertEquals(before.layout().size(), kept.layout().size());
    }

    @Test
    void a_killed_run_that_is_resumed_has_the_bits_of_an_uninterrupted_one(@TempDir Path folder) {
        Circuit before = trained(2);
        PruneAndGrow.Result whole =
                PruneAndGrow.tunedBy(EM).cycles(2).fit(before, PruneAndGrowTest::compile, TRAIN);
        int[] heard = {0};
        ExpectationMaximization saving = EM.checkpoints(folder);
        TrainingListener dying =
                new TrainingListener() {
                    @Override
                    public void onBatch(BatchProgress progress) {
                        if (++heard[0] == 27) { // in the second cycle: 5 epochs of 4 batches each
                            throw new UnsupportedOperationException("killed");
                        }
                    }
                };
        PruneAndGrow killed = PruneAndGrow.tunedBy(saving.listener(dying)).cycles(2);
        assertThrows(
                UnsupportedOperationException.class,
                () -> killed.fit(before, PruneAndGrowTest::compile, TRAIN));
        PruneAndGrow.Result resumed =
                PruneAndGrow.tunedBy(saving.resume(true))
                        .cycles(2)
                        .fit(before, PruneAndGrowTest::compile, TRAIN);
        assertEquals(
                -1,
                whole.circuit()
                        .parameters()
                        .segment()
                        .mismatch(resumed.circuit().parameters().segment()));
    }

    @Test
    void circuits_of_single_large_blocks_have_none_to_prune_and_impossible_settings_are_refused() {
        Circuit blocks = trained(4);
        PruneAndGrow config = PruneAndGrow.tunedBy(EM);
        PruneAndGrow pruningBlocks = config.unit(Prune.Unit.TILE);
        InvalidArgumentException e =
                assertThrows(
                        InvalidArgumentException.class,
                        () -> pruningBlocks.fit(blocks, PruneAndGrowTest::compile, TRAIN));
        assertTrue(String.valueOf(e.getMessage()).contains("smaller blocks"), e.getMessage());
        assertThrows(InvalidArgumentException.class, () -> config.cycles(0));
        assertThrows(InvalidArgumentException.class, () -> config.share(1));
        assertThrows(InvalidArgumentException.class, () -> config.noise(-1));
    }
}
