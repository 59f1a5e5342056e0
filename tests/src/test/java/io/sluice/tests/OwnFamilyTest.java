package io.sluice.tests;

import static io.sluice.tests.Near.assertNear;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.InputFamily;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.data.Dataset;
import io.sluice.leaf.Gaussian;
import io.sluice.learning.ExpectationMaximization;
import io.sluice.model.Model;
import io.sluice.model.ModelFile;
import io.sluice.runtime.Engine;
import io.sluice.structure.Hmm;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A family from outside the library is one class, and supports every query. */
class OwnFamilyTest {

    @TempDir Path folder;

    static Stream<EngineKind> engines() {
        return Engines.usable();
    }

    /** Emissions of a homogeneous chain: tied inputs. */
    private static Circuit chain(InputFamily family) {
        return Hmm.builder(4, family).states(3).seed(1).build();
    }

    @ParameterizedTest
    @MethodSource("engines")
    void it_learns_answers_and_comes_back_from_a_file(EngineKind kind) throws IOException {
        Circuit circuit = chain(new Geometric());
        Dataset rows = Rows.random(circuit, 200, 0.1, 3);
        Circuit learned;
        double after;
        try (Engine engine = kind.compile(circuit)) {
            double before = engine.logLikelihood(rows).mean();
            ExpectationMaximization.fullBatch().epochs(5).fit(engine, rows);
            after = engine.logLikelihood(rows).mean();
            assertTrue(after > before, before + " before, " + after + " after");
            double marginal = engine.logLikelihood(Rows.nothingObserved(circuit)).values()[0];
            assertEquals(0, marginal, 1e-5);
            Dataset drawn = engine.sample(rows, 1, 5);
            for (long r = 0; r < drawn.rows(); r++) {
                assertTrue(new Geometric().accepts(drawn.value(r, 0)));
            }
            learned = engine.circuit();
        }
        Path file = folder.resolve("own.sluice");
        ModelFile.write(Model.of(learned), file);
        try (Engine engine = kind.compile(ModelFile.read(file).circuit())) {
            assertEquals(after, engine.logLikelihood(rows).mean());
        }
    }

    /** Expects the same numbers as for the family with kernels. */
    @ParameterizedTest
    @MethodSource("engines")
    void without_a_kernel_a_family_gives_what_it_gives_with_one(EngineKind kind) {
        Circuit fast = chain(new Gaussian());
        Circuit own = chain(new SlowGaussian(new Gaussian()));
        Dataset rows = Rows.random(fast, 50, 0.2, 4);
        try (Engine a = kind.compile(fast);
                Engine b = kind.compile(own)) {
            b.load(fast.parameters());
            for (int step = 0; step < 3; step++) {
                assertNear(
                        a.logLikelihood(rows).values(),
                        b.logLikelihood(rows).values(),
                        Math.max(1e-6, kind.logTolerance()),
                        "log-likelihood");
                a.accumulate(rows);
                b.accumulate(rows);
                a.update(0.5, 0.2);
                b.update(0.5, 0.2);
            }
            for (NodeVector vector : fast.vectors()) {
                if (vector instanceof InputVector input && input.parameterOwner() == input.id()) {
                    assertNear(
                            Near.parameters(a.circuit(), input),
                            Near.parameters(b.circuit(), input),
                            10 * kind.parameterTolerance(),
                            "parameters of " + input);
                }
            }
        }
    }
}
