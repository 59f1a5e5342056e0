package io.sluice.learning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.Parameters;
import io.sluice.data.Dataset;
import io.sluice.data.Schema;
import io.sluice.leaf.Indicator;
import io.sluice.runtime.Device;
import io.sluice.runtime.Engine;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Consumer;

class ExpectationMaximizationTest {
    private static final Dataset TRAIN = LearningFixtures.data(100, 1);
    private static final Dataset VALID = LearningFixtures.data(40, 2);

    private static Parameters trained(ExpectationMaximization em) {
        try (Engine engine = LearningFixtures.engine()) {
            em.fit(engine, TRAIN);
            return engine.circuit().parameters();
        }
    }

    private static void assertSameBits(Parameters expected, Parameters found) {
        assertEquals(-1, expected.segment().mismatch(found.segment()));
    }

    /** An engine refuses to give a circuit whose parameters are no distributions. */
    @Test
    void parameters_stay_distributions_whatever_the_pseudocount() {
        ExpectationMaximization small = ExpectationMaximization.miniBatch();
        for (double pseudocount : new double[] {0, 1e-30, 1e-20, 1e-7, 1e-3, 0.1, 1e6, 1e30}) {
            for (ExpectationMaximization em :
                    List.of(
                            small,
                            small.viterbi(),
                            ExpectationMaximization.fullBatch().viterbi(),
                            ExpectationMaximization.anemone(),
                            ExpectationMaximization.anemone().momentum(0))) {
                Parameters parameters =
                        trained(em.pseudocount(pseudocount).batchSize(7).stepSize(1).epochs(8));
                for (long i = 0; i < parameters.size(); i++) {
                    assertTrue(Float.isFinite(parameters.get(i)), "pseudocount " + pseudocount);
                }
            }
        }
    }

    @Test
    void a_pseudocount_that_float32_cannot_spread_is_refused() {
        ExpectationMaximization em = ExpectationMaximization.miniBatch();
        for (double pseudocount :
                new double[] {
                    -1, Double.MIN_VALUE, 1e-320, 1e-45, 1e-31, Double.NaN, Double.POSITIVE_INFINITY
                }) {
            assertThrows(InvalidArgumentException.class, () -> em.pseudocount(pseudocount));
        }
    }

    @Test
    void data_of_impossible_rows_alone_are_refused_and_change_nothing() {
        CircuitBuilder b = Circuit.builder();
        NodeVector zero = b.input(0, new Indicator(2), 1, 1);
        Circuit circuit = b.build(b.sum(1, zero), (vector, slice) -> fillZeroAndOne(vector, slice));
        Dataset ones = Dataset.ofBytes(new byte[] {1, 1, 1, 1}, 1, Schema.categorical(1, 2));
        Dataset some = Dataset.ofBytes(new byte[] {1, 1, 0, 1}, 1, Schema.categorical(1, 2));
        for (ExpectationMaximization em :
                List.of(
                        ExpectationMaximization.miniBatch().batchSize(2),
                        ExpectationMaximization.miniBatch().batchSize(1).batchesPerStep(3),
                        ExpectationMaximization.fullBatch(),
                        ExpectationMaximization.fullBatch().viterbi())) {
            try (Engine engine = Engine.compile(circuit, Device.reference())) {
                InvalidArgumentException e =
                        assertThrows(InvalidArgumentException.class, () -> em.fit(engine, ones));
                assertTrue(e.getMessage().contains("all 4 training rows, row 0"), e.getMessage());
                assertSameBits(circuit.parameters(), engine.circuit().parameters());
                em.epochs(1).fit(engine, some);
            }
        }
    }

    private static void fillZeroAndOne(NodeVector vector, MemorySegment slice) {
        slice.setAtIndex(ValueLayout.JAVA_FLOAT, 0, vector instanceof InputVector ? 0 : 1);
    }

    @Test
    void full_batch_em_never_lowers_the_likelihood() {
        try (Engine engine = LearningFixtures.engine()) {
            TrainingHistory history =
                    ExpectationMaximization.fullBatch()
                            .pseudocount(0)
                            .epochs(30)
                            .fit(engine, TRAIN);
            List<TrainingHistory.Epoch> epochs = history.epochs();
            for (int i = 1; i < epochs.size(); i++) {
                double rise =
                        epochs.get(i).trainLogLikelihood() - epochs.get(i - 1).trainLogLikelihood();
                assertTrue(rise > -1e-6, "epoch " + (i + 1) + " rose by " + rise);
            }
            double independent = -3 * Math.log(3);
            assertTrue(engine.logLikelihood(TRAIN).mean() > independent + 0.5);
        }
    }

    @Test
    void a_full_batch_epoch_is_one_step_over_all_rows() {
        try (Engine engine = LearningFixtures.engine()) {
            double mean = engine.accumulate(TRAIN) / TRAIN.rows();
            engine.update(0.7, 0.2);
            Parameters expected = engine.circuit().parameters();

            try (Engine other = LearningFixtures.engine()) {
                TrainingHistory history =
                        ExpectationMaximization.fullBatch()
                                .stepSize(0.7)
                                .pseudocount(0.2)
                                .epochs(1)
                                .fit(other, TRAIN);
                assertSameBits(expected, other.circuit().parameters());
                assertEquals(mean, history.epochs().get(0).trainLogLikelihood(), 1e-12);
            }
        }
    }

    @Test
    void a_mini_batch_epoch_takes_a_step_for_each_batch_and_a_smaller_one_for_a_smaller_batch() {
        List<TrainingListener.BatchProgress> heard = new ArrayList<>();
        trained(
                ExpectationMaximization.miniBatch()
                        .batchSize(40)
                        .epochs(2)
                        .stepSize(StepSizeSchedule.linear(0.6, 0.1))
                        .listener(collecting(heard::add, epoch -> {})));

        assertEquals(6, heard.size());
        assertEquals(List.of(1, 2, 3, 1, 2, 3), heard.stream().map(b -> b.batch()).toList());
        assertEquals(
                List.of(40L, 80L, 100L, 40L, 80L, 100L),
                heard.stream().map(b -> b.rows()).toList());
        double[] expected = {0.6, 0.5, 0.4 * 20 / 40, 0.3, 0.2, 0.1 * 20 / 40};
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], heard.get(i).stepSize(), 1e-12);
        }
    }

    @Test
    void mini_batch_em_learns_that_two_variables_are_equal() {
        try (Engine engine = LearningFixtures.engine()) {
            TrainingHistory history =
                    ExpectationMaximization.miniBatch().batchSize(20).epochs(20).fit(engine, TRAIN);
            assertEquals(20, history.epochs().size());
            assertEquals(TrainingHistory.Ending.COMPLETED, history.ending());
            assertTrue(engine.logLikelihood(VALID).mean() > -3 * Math.log(3) + 0.5);
        }
    }

    @Test
    void equal_runs_give_equal_bits_and_other_seeds_give_others() {
        ExpectationMaximization em = ExpectationMaximization.miniBatch().batchSize(16).epochs(2);
        Parameters first = trained(em.shuffleSeed(1));
        assertSameBits(first, trained(em.shuffleSeed(1)));
        assertNotEquals(-1, first.segment().mismatch(trained(em.shuffleSeed(2)).segment()));
    }

    @Test
    void several_batches_for_a_step_are_one_large_batch() {
        ExpectationMaximization em = ExpectationMaximization.miniBatch().epochs(3);
        List<TrainingListener.BatchProgress> heard = new ArrayList<>();
        assertSameBits(
                trained(em.batchSize(30)),
                trained(
                        em.batchSize(10)
                                .batchesPerStep(3)
                                .listener(collecting(heard::add, epoch -> {}))));
        assertEquals(
                List.of(3, 6, 9, 10),
                heard.stream()
                        .filter(b -> b.epoch() == 1 && b.stepSize() > 0)
                        .map(b -> b.batch())
                        .toList());
    }

    @Test
    void full_batch_em_has_no_batches_per_step_and_checkpoints_come_between_steps() {
        assertThrows(
                InvalidArgumentException.class,
                () -> ExpectationMaximization.fullBatch().batchesPerStep(2));
        assertThrows(
                InvalidArgumentException.class,
                () ->
                        trained(
                                ExpectationMaximization.miniBatch()
                                        .batchesPerStep(2)
                                        .checkpoints(java.nio.file.Path.of("unused"))
                                        .checkpointEvery(3)));
    }

    @Test
    void a_batch_larger_than_the_data_is_all_of_the_data() {
        assertSameBits(
                trained(ExpectationMaximization.miniBatch().batchSize(100).epochs(2)),
                trained(ExpectationMaximization.miniBatch().batchSize(1 << 20).epochs(2)));
    }

    @Test
    void a_history_tells_every_epoch() {
        try (Engine engine = LearningFixtures.engine()) {
            List<TrainingHistory.Epoch> heard = new ArrayList<>();
            TrainingHistory history =
                    ExpectationMaximization.miniBatch()
                            .epochs(3)
                            .validation(VALID)
                            .listener(collecting(batch -> {}, heard::add))
                            .fit(engine, TRAIN);
            assertEquals(history.epochs(), heard);
            for (TrainingHistory.Epoch epoch : heard) {
                assertTrue(epoch.trainLogLikelihood() < 0);
                assertTrue(epoch.validLogLikelihood().getAsDouble() < 0);
                assertTrue(epoch.seconds() > 0 && epoch.rowsPerSecond() > 0);
                assertTrue(Double.isFinite(epoch.rowsPerSecond()));
            }
        }
    }

    @Test
    void without_validation_the_last_parameters_are_kept() {
        try (Engine engine = LearningFixtures.engine()) {
            TrainingHistory history =
                    ExpectationMaximization.miniBatch().epochs(2).fit(engine, TRAIN);
            assertEquals(OptionalInt.empty(), history.bestEpoch());
            assertEquals(OptionalDouble.empty(), history.epochs().get(0).validLogLikelihood());
        }
    }

    @Test
    void with_validation_the_engine_ends_with_the_best_parameters() {
        Dataset few = TRAIN.slice(0, 4); // the run can only overfit
        try (Engine engine = LearningFixtures.engine()) {
            TrainingHistory history =
                    ExpectationMaximization.fullBatch()
                            .pseudocount(1e-6)
                            .epochs(20)
                            .validation(VALID)
                            .fit(engine, few);
            double best =
                    history.epochs().stream()
                            .mapToDouble(epoch -> epoch.validLogLikelihood().getAsDouble())
                            .max()
                            .getAsDouble();
            double last = history.epochs().get(19).validLogLikelihood().getAsDouble();
            assertTrue(last < best, "the fixture does not overfit");
            double found = engine.logLikelihood(VALID).mean();
            if (history.bestEpoch().getAsInt() > 0) {
                assertEquals(best, found, 1e-6);
            } else {
                assertTrue(found >= best - 1e-6);
            }
        }
    }

    @Test
    void patience_ends_a_run_that_no_longer_improves() {
        Dataset few = TRAIN.slice(0, 4);
        try (Engine engine = LearningFixtures.engine()) {
            TrainingHistory history =
                    ExpectationMaximization.fullBatch()
                            .pseudocount(1e-6)
                            .epochs(50)
                            .validation(VALID)
                            .patience(3)
                            .fit(engine, few);
            assertEquals(TrainingHistory.Ending.OUT_OF_PATIENCE, history.ending());
            assertEquals(history.bestEpoch().getAsInt() + 3, history.epochs().size());
        }
    }

    @Test
    void a_run_can_be_stopped_between_batches() {
        int[] asked = {0};
        try (Engine engine = LearningFixtures.engine()) {
            TrainingHistory history =
                    ExpectationMaximization.miniBatch()
                            .batchSize(10)
                            .epochs(10)
                            .stopWhen(() -> asked[0]++ == 25)
                            .fit(engine, TRAIN);
            assertEquals(TrainingHistory.Ending.STOPPED, history.ending());
            assertEquals(2, history.epochs().size());
        }
    }

    @Test
    void a_stopped_full_batch_epoch_leaves_no_statistics_behind() {
        int[] asked = {0};
        ExpectationMaximization em = ExpectationMaximization.fullBatch().batchSize(30).epochs(1);
        try (Engine engine = LearningFixtures.engine()) {
            em.stopWhen(() -> asked[0]++ == 2).fit(engine, TRAIN);
            em.fit(engine, TRAIN);
            assertSameBits(trained(em), engine.circuit().parameters());
        }
    }

    @Test
    void a_listener_may_end_the_run_with_an_exception() {
        try (Engine engine = LearningFixtures.engine()) {
            ExpectationMaximization em =
                    ExpectationMaximization.miniBatch()
                            .batchSize(10)
                            .listener(
                                    collecting(
                                            batch -> {
                                                throw new UnsupportedOperationException("enough");
                                            },
                                            epoch -> {}));
            assertThrows(UnsupportedOperationException.class, () -> em.fit(engine, TRAIN));
            assertTrue(Double.isFinite(engine.logLikelihood(TRAIN).mean()));
        }
    }

    @Test
    void a_configuration_can_be_changed_without_changing_the_original() {
        ExpectationMaximization original = ExpectationMaximization.miniBatch().epochs(1);
        Parameters before = trained(original);
        original.epochs(3).pseudocount(5).stepSize(1).shuffleSeed(8).batchSize(3);
        assertSameBits(before, trained(original));
    }

    @Test
    void impossible_values_are_refused_with_the_value() {
        ExpectationMaximization em = ExpectationMaximization.miniBatch();
        assertRefused("epochs is 0", () -> em.epochs(0));
        assertRefused("batch size is -1", () -> em.batchSize(-1));
        assertRefused("pseudocount is -0.5", () -> em.pseudocount(-0.5));
        assertRefused("pseudocount is NaN", () -> em.pseudocount(Double.NaN));
        assertRefused("pseudocount is Infinity", () -> em.pseudocount(Double.POSITIVE_INFINITY));
        assertRefused("step size is 1.5", () -> em.stepSize(1.5));
        assertRefused("patience is 0", () -> em.patience(0));
        assertRefused("batches between checkpoints is 0", () -> em.checkpointEvery(0));
    }

    @Test
    void what_does_not_belong_together_is_refused_before_anything_changes() {
        ExpectationMaximization em = ExpectationMaximization.miniBatch();
        try (Engine engine = LearningFixtures.engine()) {
            Parameters before = engine.circuit().parameters();
            assertRefused("no validation set", () -> em.patience(2).fit(engine, TRAIN));
            assertRefused("without a checkpoint folder", () -> em.resume(true).fit(engine, TRAIN));
            assertRefused(
                    "without a checkpoint folder", () -> em.checkpointEvery(2).fit(engine, TRAIN));
            assertRefused("have no rows", () -> em.fit(engine, TRAIN.slice(0, 0)));
            Dataset narrow = Dataset.ofBytes(new byte[4], 2, Schema.categorical(2, 2));
            assertRefused("2 variables, the circuit 3", () -> em.fit(engine, narrow));
            assertRefused(
                    "validation data have 2 variables",
                    () -> em.validation(narrow).fit(engine, TRAIN));
            Dataset tooManyCategories =
                    Dataset.ofBytes(new byte[] {0, 1, 7}, 3, Schema.categorical(3, 8));
            assertRefused("7", () -> em.validation(tooManyCategories).fit(engine, TRAIN));
            assertRefused("7", () -> em.fit(engine, tooManyCategories));
            assertSameBits(before, engine.circuit().parameters());
        }
    }

    @Test
    void validation_that_stays_impossible_does_not_throw_training_away() {
        Dataset even = Dataset.ofBytes(new byte[30], 3, Schema.categorical(3, 3));
        Dataset odd = Dataset.ofBytes(new byte[] {1, 1, 1}, 3, Schema.categorical(3, 3));
        try (Engine engine = LearningFixtures.engineOfZeros()) {
            ExpectationMaximization em =
                    ExpectationMaximization.fullBatch().pseudocount(0).epochs(2);
            TrainingHistory history = em.validation(odd).fit(engine, even);
            assertEquals(2, history.bestEpoch().getAsInt());
            assertFalse(Double.isFinite(engine.logLikelihood(odd).mean()));
        }
    }

    private static void assertRefused(String expected, Runnable action) {
        InvalidArgumentException e = assertThrows(InvalidArgumentException.class, action::run);
        String message = String.valueOf(e.getMessage());
        assertTrue(message.contains(expected), message);
    }

    private static TrainingListener collecting(
            Consumer<TrainingListener.BatchProgress> batches,
            Consumer<TrainingHistory.Epoch> epochs) {
        return new TrainingListener() {
            @Override
            public void onBatch(BatchProgress progress) {
                batches.accept(progress);
            }

            @Override
            public void onEpoch(TrainingHistory.Epoch epoch) {
                epochs.accept(epoch);
            }
        };
    }
}
