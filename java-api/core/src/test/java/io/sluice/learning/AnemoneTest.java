package io.sluice.learning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ParameterInitializer;
import io.sluice.circuit.Parameters;
import io.sluice.circuit.SumVector;
import io.sluice.data.Dataset;
import io.sluice.data.Schema;
import io.sluice.leaf.Categorical;
import io.sluice.leaf.Gaussian;
import io.sluice.runtime.Device;
import io.sluice.runtime.Engine;
import io.sluice.structure.Hmm;

import org.junit.jupiter.api.Test;

import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;

class AnemoneTest {
    private static final Dataset TRAIN = LearningFixtures.data(100, 1);
    private static final double STEP = 0.3;
    private static final double TOLERANCE = 1e-6; // of float32 parameters

    private static ExpectationMaximization oneStep() {
        return ExpectationMaximization.anemone()
                .batchSize(100)
                .epochs(1)
                .stepSize(STEP)
                .momentum(0)
                .pseudocount(0);
    }

    private static double[] parameters(Circuit circuit, int vector) {
        double[] values = new double[(int) circuit.layout().length(vector)];
        for (int i = 0; i < values.length; i++) {
            values[i] = circuit.parameters().get(circuit.layout().offset(vector) + i);
        }
        return values;
    }

    /** The flows of a row that observes nothing: an edge has TD of its parent times its weight. */
    private static double[] flowsOfNothing(Circuit circuit, int vector) {
        float[] nothing = new float[circuit.variables()];
        Arrays.fill(nothing, Float.NaN);
        int categories = circuit.family(0).categories();
        Dataset row =
                Dataset.ofFloats(
                        nothing,
                        circuit.variables(),
                        Schema.categorical(circuit.variables(), categories));
        try (Engine engine = Engine.compile(circuit, Device.reference())) {
            engine.accumulate(row);
            return engine.flows(vector);
        }
    }

    private static double[] flowsOf(Circuit circuit, Dataset data, int vector) {
        try (Engine engine = Engine.compile(circuit, Device.reference())) {
            engine.accumulate(data);
            return engine.flows(vector);
        }
    }

    /** {@code step F / rows + (1 - step) TD theta}, normalised over the edges of each node. */
    private static double[] expected(SumVector sum, Circuit circuit, double[] flows, double rows) {
        double[] prior = flowsOfNothing(circuit, sum.id());
        double[] mixed = new double[prior.length];
        double[] totals = new double[sum.nodes()];
        for (int i = 0; i < mixed.length; i++) {
            mixed[i] = STEP * flows[i] / rows + (1 - STEP) * prior[i];
            totals[node(sum, i)] += mixed[i];
        }
        for (int i = 0; i < mixed.length; i++) {
            mixed[i] /= totals[node(sum, i)];
        }
        return mixed;
    }

    private static int node(SumVector sum, int index) {
        for (int e = sum.tiles() - 1; ; e--) {
            if (sum.tileStart(e) <= index) {
                int row = (int) (index - sum.tileStart(e)) / sum.childBlockSize(e);
                return sum.parentBlock(e) * sum.blockSize() + row;
            }
        }
    }

    private static void assertSumsMovedAsTheFormulaSays(Circuit circuit, Dataset data) {
        int rows = (int) data.rows();
        try (Engine engine = Engine.compile(circuit, Device.reference())) {
            oneStep().batchSize(rows).fit(engine, data);
            for (NodeVector vector : circuit.vectors()) {
                if (vector instanceof SumVector sum && sum.parameterOwner() == sum.id()) {
                    assertArrayEqualsNear(
                            expected(sum, circuit, flowsOf(circuit, data, sum.id()), rows),
                            parameters(engine.circuit(), sum.id()));
                }
            }
        }
    }

    private static void assertArrayEqualsNear(double[] expected, double[] found) {
        assertEquals(expected.length, found.length);
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], found[i], TOLERANCE);
        }
    }

    @Test
    void sums_weigh_the_flows_of_the_data_against_those_of_the_model() {
        assertSumsMovedAsTheFormulaSays(LearningFixtures.circuit(), TRAIN);
    }

    @Test
    void tied_sums_pool_the_flows_of_both() {
        Circuit hmm = Hmm.builder(3, new Categorical(3)).states(4).seed(5).build();
        assertSumsMovedAsTheFormulaSays(hmm, TRAIN);
    }

    @Test
    void a_step_of_size_one_is_that_of_em() {
        try (Engine anemone = LearningFixtures.engine();
                Engine em = LearningFixtures.engine()) {
            oneStep().stepSize(1).pseudocount(0.5).fit(anemone, TRAIN);
            em.accumulate(TRAIN);
            em.update(1, 0.5);
            for (NodeVector vector : em.circuit().vectors()) {
                assertArrayEqualsNear(
                        parameters(em.circuit(), vector.id()),
                        parameters(anemone.circuit(), vector.id()));
            }
        }
    }

    @Test
    void inputs_take_the_step_of_their_own_node() {
        Circuit circuit = LearningFixtures.circuit();
        InputVector z = (InputVector) circuit.vectors().get(2);
        try (Engine engine = Engine.compile(circuit, Device.reference())) {
            oneStep().fit(engine, TRAIN);
            double[] flows = flowsOf(circuit, TRAIN, z.id());
            double[] visits = new double[z.nodes()]; // the root reads pair x z node by node
            double[] root = parameters(circuit, circuit.root().id());
            System.arraycopy(root, 0, visits, 0, visits.length);
            double[] before = parameters(circuit, z.id());
            double[] after = parameters(engine.circuit(), z.id());
            for (int node = 0; node < z.nodes(); node++) {
                double total = 0;
                for (int k = 0; k < 3; k++) {
                    total += flows[k * z.nodes() + node];
                }
                double moved = STEP * total / TRAIN.rows();
                double size = moved / (moved + (1 - STEP) * visits[node]);
                for (int k = 0; k < 3; k++) {
                    int i = k * z.nodes() + node;
                    double expected = (1 - size) * before[i] + size * flows[i] / total;
                    assertEquals(expected, after[i], TOLERANCE);
                }
            }
        }
    }

    @Test
    void gaussians_move_their_moments_and_stay_above_their_floor() {
        CircuitBuilder b = Circuit.builder();
        NodeVector x = b.input(0, new Gaussian(0.5), 1, 1);
        Circuit circuit = b.build(x, ParameterInitializer.random(1));
        Dataset data = Dataset.ofFloats(new float[] {3, 3, 5, 5}, 1, Schema.continuous(1));
        double mean = circuit.parameters().get(0);
        double deviation = circuit.parameters().get(1);
        try (Engine engine = Engine.compile(circuit, Device.reference())) {
            oneStep().batchSize(4).fit(engine, data); // one node: its step size is the step's
            double newMean = (1 - STEP) * mean + STEP * 4;
            double second = (1 - STEP) * (mean * mean + deviation * deviation) + STEP * 17;
            assertEquals(newMean, engine.circuit().parameters().get(0), 1e-6);
            assertEquals(
                    Math.sqrt(second - newMean * newMean),
                    engine.circuit().parameters().get(1),
                    1e-6);
            oneStep().stepSize(1).batchSize(4).fit(engine, data.slice(0, 2));
            assertEquals(0.5, engine.circuit().parameters().get(1));
        }
    }

    @Test
    void momentum_averages_the_flows_of_all_steps_so_far() {
        Circuit circuit = LearningFixtures.circuit();
        int root = circuit.root().id();
        double kept = 0.75;
        Dataset first = TRAIN.slice(0, 50);
        ExpectationMaximization em =
                oneStep().batchSize(50).epochs(1).momentum(kept).shuffleSeed(4);
        try (Engine engine = Engine.compile(circuit, Device.reference())) {
            em.fit(engine, first); // one step: nothing to average with
            assertArrayEqualsNear(
                    expected(
                            (SumVector) circuit.root(), circuit, flowsOf(circuit, first, root), 50),
                    parameters(engine.circuit(), root));
        }
        try (Engine engine = Engine.compile(circuit, Device.reference())) {
            em.fit(engine, first);
            Circuit after = engine.circuit();
            engine.load(circuit.parameters());
            em.epochs(2).fit(engine, first);
            double[] old = flowsOf(circuit, first, root);
            double[] now = flowsOf(after, first, root);
            double[] mixed = new double[old.length];
            for (int i = 0; i < old.length; i++) {
                mixed[i] = (kept * old[i] + now[i]) / (kept + 1);
            }
            assertArrayEqualsNear(
                    expected((SumVector) circuit.root(), after, mixed, 50),
                    parameters(engine.circuit(), root));
        }
    }

    @Test
    void hard_zeros_get_no_pseudocount() {
        Circuit random = LearningFixtures.circuit();
        long root = random.layout().offset(random.root().id());
        Circuit circuit =
                random.withParameters(
                        Parameters.filled(
                                random.layout().size(),
                                memory -> {
                                    memory.copyFrom(random.parameters().segment());
                                    float[] weights = {0.5f, 0, 0.25f, 0.25f};
                                    for (int i = 0; i < weights.length; i++) {
                                        memory.setAtIndex(
                                                ValueLayout.JAVA_FLOAT, root + i, weights[i]);
                                    }
                                }));
        try (Engine engine = Engine.compile(circuit, Device.reference())) {
            oneStep().pseudocount(10).epochs(3).fit(engine, TRAIN);
            double[] weights = parameters(engine.circuit(), circuit.root().id());
            assertEquals(0, weights[1]);
            assertEquals(1, Arrays.stream(weights).sum(), TOLERANCE);
        }
    }

    @Test
    void anemone_learns_that_two_variables_are_equal() {
        try (Engine engine = LearningFixtures.engine()) {
            ExpectationMaximization.anemone().batchSize(20).epochs(20).fit(engine, TRAIN);
            assertTrue(engine.logLikelihood(TRAIN).mean() > -3 * Math.log(3) + 0.5);
        }
    }

    @Test
    void only_anemone_has_momentum_and_it_is_below_one() {
        assertThrows(
                InvalidArgumentException.class,
                () -> ExpectationMaximization.miniBatch().momentum(0.5));
        for (double wrong : List.of(-0.1, 1.0, Double.NaN)) {
            assertThrows(
                    InvalidArgumentException.class,
                    () -> ExpectationMaximization.anemone().momentum(wrong));
        }
    }
}
