package io.sluice.tests;

import static io.sluice.tests.Agreement.assertLearnsAlike;
import static io.sluice.tests.Near.assertNear;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.InputFamily;
import io.sluice.circuit.NodeVector;
import io.sluice.data.Dataset;
import io.sluice.leaf.Categorical;
import io.sluice.runtime.Engine;
import io.sluice.structure.ChowLiuTree;
import io.sluice.structure.Hclt;
import io.sluice.structure.Hmm;
import io.sluice.structure.PoonDomingos;
import io.sluice.structure.RatSpn;
import io.sluice.testing.Sweep;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Circuits for which a device uses its matrix units: many variables with many categories, in large
 * blocks. Blocks have every width, sums have one tile or many, some weights are tied, and some
 * numbers of rows leave a row group partly empty. One circuit has blocks too small for matrix
 * units.
 */
class MatrixUnitsTest {
    private static final int VARIABLES = 14;
    private static final double MISSING = 0.15;

    /** A named circuit, which is built when it is asked for. */
    record Shape(String name, Supplier<Circuit> built) {
        Circuit circuit() {
            return built.get();
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static final List<Shape> SHAPES =
            List.of(
                    new Shape("tree of 32", () -> tree(VARIABLES, 32, 32)),
                    new Shape("five tiles of 16 a sum", () -> manyTiles(5, 16)),
                    new Shape("forty tiles of one to seven nodes a sum", () -> ragged(40)),
                    new Shape("narrow into wide", () -> uneven(16, 96)),
                    new Shape("wide into narrow", () -> uneven(96, 16)),
                    new Shape("tree of 48", () -> tree(VARIABLES, 48, 48)),
                    new Shape("tree of 64 in halves", () -> tree(VARIABLES, 64, 32)),
                    new Shape("tree of 128", () -> tree(VARIABLES, 128, 128)),
                    new Shape("tree of 16 over many variables", () -> tree(48, 16, 16)),
                    new Shape("tree of 64 in quarters over many variables", () -> tree(48, 64, 16)),
                    new Shape("chain with one transition", () -> chain(64, new Categorical(40))),
                    new Shape(
                            "chain over a large vocabulary",
                            () -> chain(32, new Categorical(1500))),
                    new Shape("twenty tiles a sum", () -> manyTiles(20, 32)),
                    new Shape("shared regions of an image", () -> image(16, 4, 64, 32)),
                    new Shape("many small regions of an image", () -> image(20, 5, 32, 16)),
                    new Shape("products of seven tables", MatrixUnitsTest::randomNetwork),
                    new Shape("two products of 32 that many sums read", () -> wide(2, 32)),
                    new Shape("five products of 16 that many sums read", () -> wide(5, 16)));

    static Stream<Arguments> shapes() {
        return Engines.with(Engines.kernels(), kind -> Sweep.over(SHAPES));
    }

    static Stream<Arguments> rows() {
        return Engines.with(
                Engines.kernels(), kind -> Sweep.over(List.of(33, 1, 2, 15, 31, 65, 130)));
    }

    static Stream<Arguments> seeds() {
        return Engines.withSeeds(Engines.kernels(), 6);
    }

    private static List<InputFamily> pixels(int count) {
        return Collections.nCopies(count, new Categorical(24));
    }

    private static Circuit image(int pixels, int rows, int latents, int blockSize) {
        return PoonDomingos.builder(pixels(pixels), rows, 4)
                .splitIntervals(1)
                .productsPerSum(2)
                .latents(latents)
                .blockSize(blockSize)
                .seed(rows)
                .build();
    }

    private static Circuit randomNetwork() {
        return RatSpn.builder(pixels(VARIABLES))
                .depth(1)
                .repetitions(3)
                .latents(32)
                .seed(4)
                .build();
    }

    private static Circuit tree(int variables, int latents, int blockSize) {
        SplittableRandom random = new SplittableRandom(latents);
        int[] parents = new int[variables];
        List<InputFamily> families = new ArrayList<>();
        for (int v = 0; v < variables; v++) {
            parents[v] = v == 0 ? ChowLiuTree.NO_PARENT : random.nextInt(v);
            families.add(new Categorical(16 + v));
        }
        return Hclt.builder(ChowLiuTree.ofParents(parents), families)
                .latents(latents)
                .blockSize(blockSize)
                .seed(latents)
                .build();
    }

    /** A tree in which a few weights and probabilities outweigh all others together. */
    private static Circuit steep(int variables, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[] parents = new int[variables];
        for (int v = 0; v < variables; v++) {
            parents[v] = v == 0 ? ChowLiuTree.NO_PARENT : v - 1 - random.nextInt(Math.min(v, 4));
        }
        List<InputFamily> families = Collections.nCopies(variables, new Categorical(16));
        Circuit tree =
                Hclt.builder(ChowLiuTree.ofParents(parents), families)
                        .latents(32)
                        .blockSize(32)
                        .build();
        return new RandomParameters(seed, 0, 0, 6).in(tree);
    }

    private static Circuit chain(int states, InputFamily family) {
        return Hmm.builder(VARIABLES, family)
                .states(states)
                .blockSize(32)
                .homogeneous(true)
                .seed(states)
                .build();
    }

    /** Sums over several products each, whose scales differ from row to row. */
    private static Circuit manyTiles(int products, int nodes) {
        CircuitBuilder b = Circuit.builder();
        List<NodeVector> alternatives = new ArrayList<>();
        for (int p = 0; p < products; p++) {
            List<NodeVector> halves = new ArrayList<>();
            for (int half = 0; half < 2; half++) {
                List<NodeVector> inputs = new ArrayList<>();
                for (int v = half; v < VARIABLES; v += 2) {
                    inputs.add(b.input(v, new Categorical(20), 2 * nodes, 2 * nodes));
                }
                halves.add(b.sum(List.of(b.product(inputs)), nodes, nodes));
            }
            alternatives.add(b.product(halves));
        }
        NodeVector mixed = b.sum(alternatives, 32, 32);
        return b.build(b.sum(List.of(mixed), 1, 1), new RandomParameters(products));
    }

    /** Sums over products of one to seven nodes, in turn. */
    private static Circuit ragged(int products) {
        CircuitBuilder b = Circuit.builder();
        List<NodeVector> alternatives = new ArrayList<>();
        for (int p = 0; p < products; p++) {
            int nodes = 1 + p % 7;
            List<NodeVector> factors = new ArrayList<>();
            for (int v = 0; v < 3; v++) {
                NodeVector input = b.input(v, new Categorical(20), nodes, nodes);
                factors.add(v == 0 ? b.sum(List.of(input), nodes, nodes) : input);
            }
            alternatives.add(b.product(factors));
        }
        NodeVector mixed = b.sum(alternatives, 24, 12);
        return b.build(b.sum(List.of(mixed), 1, 1), new RandomParameters(products));
    }

    /** Many blocks of sums that read the same products of two sums and an input. */
    private static Circuit wide(int products, int nodes) {
        int blocks = 124;
        CircuitBuilder b = Circuit.builder();
        List<NodeVector> alternatives = new ArrayList<>();
        for (int p = 0; p < products; p++) {
            List<NodeVector> parts = new ArrayList<>();
            for (int half = 0; half < 2; half++) {
                List<NodeVector> inputs = new ArrayList<>();
                for (int v = half; v < VARIABLES - 1; v += 2) {
                    inputs.add(b.input(v, new Categorical(20), nodes, nodes));
                }
                parts.add(b.sum(List.of(b.product(inputs)), nodes, nodes));
            }
            parts.add(b.input(VARIABLES - 1, new Categorical(30), nodes, nodes));
            alternatives.add(b.product(parts));
        }
        NodeVector mixed = b.sum(alternatives, blocks * nodes, nodes);
        NodeVector top = b.sum(List.of(mixed), nodes, nodes);
        return b.build(b.sum(List.of(top), 1, 1), new RandomParameters(products));
    }

    /** A block of one width above a block of another. */
    private static Circuit uneven(int below, int above) {
        CircuitBuilder b = Circuit.builder();
        NodeVector current = b.input(0, new Categorical(17), below, below);
        for (int v = 1; v < VARIABLES; v++) {
            int width = v % 2 == 0 ? below : above;
            NodeVector sum = b.sum(List.of(current), width, width);
            current = b.product(List.of(sum, b.input(v, new Categorical(17), width, width)));
        }
        return b.build(b.sum(List.of(current), 1, 1), new RandomParameters(below));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void likelihoods_statistics_and_updates_are_those_of_the_reference(
            EngineKind kind, Shape shape) {
        Circuit circuit = shape.circuit();
        assertLearnsAlike(kind, circuit, Rows.random(circuit, 70, MISSING, 1));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void any_number_of_rows_is_right(EngineKind kind, int rows) {
        Circuit circuit = SHAPES.get(0).circuit();
        assertLearnsAlike(kind, circuit, Rows.random(circuit, rows, MISSING, rows));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void two_runs_give_the_same_bits(EngineKind kind, Shape shape) {
        Circuit circuit = shape.circuit();
        Dataset rows = Rows.random(circuit, 40, MISSING, 2);
        try (Engine one = kind.compile(circuit);
                Engine two = kind.compile(circuit)) {
            two.accumulate(Rows.random(circuit, 20, MISSING, 3));
            two.discardStatistics();
            assertArrayEquals(one.logLikelihood(rows).values(), two.logLikelihood(rows).values());
            assertEquals(one.accumulate(rows), two.accumulate(rows));
            Near.assertSameFlows(one, two, Near.EXACTLY);
            one.update(1, 0.1);
            two.update(1, 0.1);
            Near.assertSameParameters(one, two, Near.EXACTLY);
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void rounding_is_small_beside_log_likelihoods_even_where_few_weights_matter(
            EngineKind kind, long seed) {
        Circuit circuit = steep(24, seed);
        try (Engine expected = Engines.reference(circuit);
                Engine found = kind.compile(circuit)) {
            for (Dataset rows :
                    List.of(Rows.random(circuit, 190, MISSING, seed), expected.sample(190, seed))) {
                assertNear(
                        expected.logLikelihood(rows).values(),
                        found.logLikelihood(rows).values(),
                        kind.logTolerance(),
                        "log-likelihood");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void hard_zeros_and_impossible_rows_are_those_of_the_reference(EngineKind kind, Shape shape) {
        Circuit circuit = new RandomParameters(7, 0.5, 0.4, 1).in(shape.circuit());
        Dataset rows = Rows.random(circuit, 24, MISSING, 4);
        try (Engine expected = Engines.reference(circuit)) {
            Dataset possible = PossibleRows.of(expected, rows);
            Dataset some = possible.rows() > 0 ? possible : Rows.nothingObserved(circuit);
            assertLearnsAlike(kind, circuit, some);
        }
    }
}
