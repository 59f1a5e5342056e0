package io.sluice.structure;

import static io.sluice.structure.StructureFixtures.logLikelihoods;
import static io.sluice.structure.StructureFixtures.randomRows;
import static io.sluice.structure.StructureFixtures.sameParameters;
import static io.sluice.structure.StructureFixtures.totalProbability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.EdgePattern;
import io.sluice.circuit.InputFamily;
import io.sluice.data.DataParts;
import io.sluice.data.Dataset;
import io.sluice.data.ImageShape;
import io.sluice.data.Schema;
import io.sluice.data.format.Datasets;
import io.sluice.leaf.Categorical;
import io.sluice.learning.ExpectationMaximization;
import io.sluice.runtime.Device;
import io.sluice.runtime.Engine;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;

/** What holds for every structure. */
class StructurePropertiesTest {
    private static final int CATEGORIES = 3;
    private static final int[] SHAPE = {2, 3};
    private static final ImageShape IMAGE = new ImageShape(2, 3, 1);
    private static final int VARIABLES = 6;
    private static final List<InputFamily> FAMILIES =
            Collections.nCopies(VARIABLES, new Categorical(CATEGORIES));

    private static final ChowLiuTree TREE = ChowLiuTree.ofParents(-1, 0, 0, 1, 3, 1);

    /** How a small circuit is built. */
    record Size(int latents, int block, long seed) {}

    /** Structures with settings, over {@link #FAMILIES} and over images. */
    enum Structure {
        HIDDEN_CHOW_LIU_TREE(
                true,
                size -> tree(size).build(),
                images -> Hclt.builder(images).latents(4).build()),
        TIED_SPARSE_TREES_OF_SEVERAL_ROOTS(
                true,
                size -> tiedAndSparse(tree(size)),
                images -> tiedAndSparse(Hclt.builder(images).latents(4).blockSize(2))),
        HIDDEN_MARKOV_MODEL(
                true,
                size -> chain(Hmm.builder(VARIABLES, FAMILIES.get(0)), size).build(),
                images -> Hmm.builder(images).states(4).build()),
        GENERALISED_HIDDEN_MARKOV_MODEL(
                true,
                size ->
                        chain(Hmm.builder(FAMILIES), size)
                                .edges(EdgePattern.randomBlocks(1, size.seed()))
                                .build(),
                images -> Hmm.builder(images).states(4).tiedEmissions(false).build()),
        POON_DOMINGOS(size -> grid(size).build(), images -> pixels(images).build()),
        POON_DOMINGOS_OF_TREES(
                size -> sized(PoonDomingos.builder(rows()), size).treeLeaves(true).build(),
                images -> pixels(images).treeLeaves(true).build()),
        SPARSE_POON_DOMINGOS(
                size -> grid(size).productsPerSum(1).build(),
                images -> pixels(images).blockSize(2).productsPerSum(1).build()),
        PRODUCT_DOMINATED_POON_DOMINGOS(
                size -> grid(size).sharedSums(false).build(),
                images -> pixels(images).sharedSums(false).build()),
        HOMOGENEOUS_POON_DOMINGOS(
                size -> grid(size).homogeneous(true).build(),
                images -> pixels(images).homogeneous(true).build()),
        SHALLOW_POON_DOMINGOS(
                size -> grid(size).depth(2).build(), images -> pixels(images).depth(2).build()),
        RANDOM_SUM_PRODUCT_NETWORK(
                size ->
                        RatSpn.builder(FAMILIES)
                                .latents(size.latents())
                                .blockSize(size.block())
                                .seed(size.seed())
                                .build(),
                images -> RatSpn.builder(images).latents(4).build()),
        QUAD_TREE(
                true,
                size -> quad(QuadTree.builder(IMAGE, FAMILIES), size),
                images -> QuadTree.builder(images).latents(4).build()),
        QUAD_GRAPH(
                size -> quad(QuadGraph.builder(IMAGE, FAMILIES), size),
                images -> QuadGraph.builder(images).latents(4).build());

        private final boolean structured;

        @SuppressWarnings("ImmutableEnumChecker") // builders keep no state
        private final Function<Size, Circuit> small;

        @SuppressWarnings("ImmutableEnumChecker")
        private final Function<Dataset, Circuit> ofImages;

        Structure(
                boolean structured,
                Function<Size, Circuit> small,
                Function<Dataset, Circuit> ofImages) {
            this.structured = structured;
            this.small = small;
            this.ofImages = ofImages;
        }

        Structure(Function<Size, Circuit> small, Function<Dataset, Circuit> ofImages) {
            this(false, small, ofImages);
        }

        private static HcltBuilder tree(Size size) {
            return Hclt.builder(TREE, FAMILIES)
                    .latents(size.latents())
                    .blockSize(size.block())
                    .seed(size.seed());
        }

        private static Circuit tiedAndSparse(HcltBuilder builder) {
            return builder.roots(3).tiedInputs(true).edges(EdgePattern.monarch()).build();
        }

        private static HmmBuilder chain(HmmBuilder builder, Size size) {
            return builder.states(size.latents()).blockSize(size.block()).seed(size.seed());
        }

        private static Dataset rows() {
            return StructureFixtures.randomRows(50, VARIABLES, CATEGORIES, 3);
        }

        private static PoonDomingosBuilder sized(PoonDomingosBuilder builder, Size size) {
            return builder.splitIntervals(2)
                    .latents(size.latents())
                    .blockSize(size.block())
                    .seed(size.seed());
        }

        private static PoonDomingosBuilder grid(Size size) {
            return sized(PoonDomingos.builder(FAMILIES, SHAPE), size).splitIntervals(1);
        }

        private static Circuit quad(QuadBuilder builder, Size size) {
            return builder.latents(size.latents())
                    .blockSize(size.block())
                    .seed(size.seed())
                    .build();
        }

        private static PoonDomingosBuilder pixels(Dataset images) {
            return PoonDomingos.builder(images).splitIntervals(7).latents(4);
        }

        /** Over {@link #FAMILIES}. */
        Circuit small(int latents, int block, long seed) {
            return small.apply(new Size(latents, block, seed));
        }

        Circuit ofImages(Dataset images) {
            return ofImages.apply(images);
        }
    }

    private static final DataParts DIGITS = Datasets.open("builtin:digits");
    private static final int[][] SIZES = {{1, 1}, {4, 2}, {6, 6}, {9, 3}};

    @ParameterizedTest
    @EnumSource
    void circuits_are_smooth_and_decomposable(Structure structure) {
        Circuit circuit = structure.small(4, 2, 1);
        assertTrue(circuit.properties().smooth());
        assertTrue(circuit.properties().decomposable());
        assertEquals(structure.structured, circuit.properties().structuredDecomposable());
    }

    @ParameterizedTest
    @EnumSource
    void the_probabilities_of_all_rows_sum_to_one(Structure structure) {
        for (int[] size : SIZES) {
            Circuit circuit = structure.small(size[0], size[1], 2);
            assertEquals(1, totalProbability(circuit, VARIABLES, CATEGORIES), 1e-5);
        }
    }

    @ParameterizedTest
    @EnumSource
    void marginalising_every_variable_gives_probability_one(Structure structure) {
        float[] nothing = new float[VARIABLES];
        Arrays.fill(nothing, Float.NaN);
        Dataset row =
                Dataset.ofFloats(nothing, VARIABLES, Schema.categorical(VARIABLES, CATEGORIES));
        for (int[] size : SIZES) {
            Circuit circuit = structure.small(size[0], size[1], 3);
            assertEquals(0, logLikelihoods(circuit, row)[0], 1e-5);
        }
    }

    @ParameterizedTest
    @EnumSource
    void the_seed_decides_the_circuit(Structure structure) {
        Circuit first = structure.small(4, 2, 1);
        assertTrue(sameParameters(first, structure.small(4, 2, 1)));
        assertFalse(sameParameters(first, structure.small(4, 2, 2)));
        Dataset rows = randomRows(20, VARIABLES, CATEGORIES, 4);
        assertTrue(
                Arrays.equals(
                        logLikelihoods(first, rows),
                        logLikelihoods(structure.small(4, 2, 1), rows)));
    }

    @ParameterizedTest
    @EnumSource
    void learning_makes_drawn_digits_likelier(Structure structure) {
        Dataset train = DIGITS.train().slice(0, 300);
        Dataset test = DIGITS.testOrAll().slice(0, 100);
        try (Engine engine = Engine.compile(structure.ofImages(train), Device.auto())) {
            double before = engine.logLikelihood(test).mean();
            ExpectationMaximization.miniBatch()
                    .batchSize(50)
                    .stepSize(0.2)
                    .pseudocount(0.1)
                    .epochs(2)
                    .fit(engine, train);
            double after = engine.logLikelihood(test).mean();
            assertTrue(after > before + 50, before + " to " + after);
        }
    }
}
