package io.sluice.learning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ParameterInitializer;
import io.sluice.circuit.Parameters;
import io.sluice.circuit.SumVector;
import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.Schema;
import io.sluice.leaf.Categorical;
import io.sluice.leaf.Gaussian;
import io.sluice.runtime.Device;
import io.sluice.runtime.Engine;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;

class GradientAscentTest {
    private static final Dataset TRAIN = LearningFixtures.data(100, 1);

    /** A category and two numbers, one of them sometimes missing. */
    private static Circuit mixed() {
        CircuitBuilder b = Circuit.builder();
        NodeVector x = b.input(0, new Categorical(3), 4, 2);
        NodeVector y = b.input(1, new Gaussian(), 4, 2);
        NodeVector z = b.input(2, new Gaussian(), 4, 2);
        NodeVector pair = b.sum(List.of(b.product(List.of(x, y))), 4, 2);
        return b.build(
                b.sum(List.of(b.product(List.of(pair, z))), 1, 1), ParameterInitializer.random(2));
    }

    private static Dataset mixedRows(int rows) {
        Schema schema =
                Schema.of(
                        List.of(
                                Column.categorical("x", 3),
                                Column.continuous("y"),
                                Column.continuous("z")));
        Random random = new Random(3);
        float[] cells = new float[3 * rows];
        for (int row = 0; row < rows; row++) {
            cells[3 * row] = random.nextInt(3);
            cells[3 * row + 1] = cells[3 * row] + (float) random.nextGaussian();
            cells[3 * row + 2] = row % 4 == 0 ? Float.NaN : (float) random.nextGaussian() / 2;
        }
        return Dataset.ofFloats(cells, 3, schema);
    }

    private static MemorySegment slice(MemorySegment parameters, Circuit circuit, int id) {
        return parameters.asSlice(
                circuit.layout().offset(id) * Float.BYTES,
                circuit.layout().length(id) * Float.BYTES);
    }

    /** Total log-likelihood after a step of one vector. */
    private static double after(
            Engine engine, Circuit circuit, int id, double[] direction, double size, Dataset data) {
        double[] step = direction.clone();
        for (int i = 0; i < step.length; i++) {
            step[i] *= size;
        }
        engine.load(
                Parameters.filled(
                        circuit.layout().size(),
                        memory -> {
                            MemorySegment old = circuit.parameters().segment();
                            memory.copyFrom(old);
                            new LogParameters(circuit.vectors().get(id), slice(old, circuit, id))
                                    .move(step, slice(memory, circuit, id));
                        }));
        return engine.logLikelihood(data).total();
    }

    private static double slope(
            Engine engine, Circuit circuit, int id, double[] direction, double h, Dataset data) {
        return (after(engine, circuit, id, direction, h, data)
                        - after(engine, circuit, id, direction, -h, data))
                / (2 * h);
    }

    @Test
    void the_gradient_is_the_derivative_of_the_log_likelihood() {
        Circuit circuit = mixed();
        Dataset data = mixedRows(60);
        Random random = new Random(5);
        try (Engine engine = Engine.compile(circuit, Device.reference())) {
            OwnedVectors owners = new OwnedVectors(circuit);
            engine.accumulate(data);
            List<double[]> flows = owners.flows(engine);
            for (int v = 0; v < owners.size(); v++) {
                int id = owners.get(v).id();
                MemorySegment theta = slice(circuit.parameters().segment(), circuit, id);
                double[] gradient = new LogParameters(owners.get(v), theta).gradient(flows.get(v));
                double[] direction = new double[gradient.length];
                double expected = 0;
                for (int i = 0; i < direction.length; i++) {
                    direction[i] = random.nextGaussian();
                    expected += gradient[i] * direction[i];
                }
                // central differences, extrapolated (Richardson 1911)
                double wide = slope(engine, circuit, id, direction, 1e-2, data);
                double narrow = slope(engine, circuit, id, direction, 5e-3, data);
                double found = (4 * narrow - wide) / 3;
                assertEquals(
                        expected,
                        found,
                        2e-3 * Math.max(1, Math.abs(expected)),
                        owners.get(v).toString());
            }
        }
    }

    private static GradientAscent named(String name) {
        return name.equals("adam") ? GradientAscent.adam() : GradientAscent.sgd();
    }

    @ParameterizedTest
    @ValueSource(strings = {"adam", "sgd"})
    void it_learns_that_two_variables_are_equal(String name) {
        try (Engine engine = LearningFixtures.engine()) {
            named(name).batchSize(20).epochs(60).stepSize(0.03).fit(engine, TRAIN);
            assertTrue(engine.logLikelihood(TRAIN).mean() > -3 * Math.log(3) + 0.5);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"adam", "sgd"})
    void small_steps_raise_the_likelihood_of_mixed_leaves(String name) {
        Dataset data = mixedRows(80);
        try (Engine engine = Engine.compile(mixed(), Device.reference())) {
            double before = engine.logLikelihood(data).mean();
            named(name).batchSize(80).epochs(20).stepSize(0.005).momentum(0).fit(engine, data);
            assertTrue(engine.logLikelihood(data).mean() > before + 0.02);
        }
    }

    @Test
    void the_first_step_of_adam_has_its_size_whatever_the_gradient() {
        Circuit circuit = LearningFixtures.circuit();
        SumVector root = (SumVector) circuit.root();
        long offset = circuit.layout().offset(root.id());
        try (Engine engine = Engine.compile(circuit, Device.reference())) {
            GradientAscent.adam().batchSize(100).epochs(1).stepSize(0.2).fit(engine, TRAIN);
            for (int i = 1; i < root.parameters(); i++) {
                double ratio =
                        logChange(circuit, engine.circuit(), offset + i)
                                - logChange(circuit, engine.circuit(), offset);
                double steps = Math.abs(ratio) / 0.2; // both larger, both smaller, or one of each
                assertTrue(Math.abs(steps) < 1e-4 || Math.abs(steps - 2) < 1e-4, "steps " + steps);
            }
        }
    }

    private static double logChange(Circuit before, Circuit after, long index) {
        return Math.log(after.parameters().get(index) / before.parameters().get(index));
    }

    @ParameterizedTest
    @ValueSource(strings = {"adam", "sgd"})
    void hard_zeros_stay_and_small_weights_never_become_one(String name) {
        Circuit random = LearningFixtures.circuit();
        long root = random.layout().offset(random.root().id());
        Circuit circuit =
                random.withParameters(
                        Parameters.filled(
                                random.layout().size(),
                                memory -> {
                                    memory.copyFrom(random.parameters().segment());
                                    float[] weights = {0.5f, 0, 0.5f, Parameters.SMALLEST_WEIGHT};
                                    for (int i = 0; i < weights.length; i++) {
                                        memory.setAtIndex(
                                                ValueLayout.JAVA_FLOAT, root + i, weights[i]);
                                    }
                                }));
        try (Engine engine = Engine.compile(circuit, Device.reference())) {
            named(name).batchSize(50).epochs(5).stepSize(1).fit(engine, TRAIN);
            Parameters after = engine.circuit().parameters();
            assertEquals(0, after.get(root + 1));
            assertTrue(after.get(root + 3) >= Parameters.SMALLEST_WEIGHT);
        }
    }

    @Test
    void impossible_momentum_is_refused() {
        assertThrows(InvalidArgumentException.class, () -> GradientAscent.adam().momentum(1));
    }
}
