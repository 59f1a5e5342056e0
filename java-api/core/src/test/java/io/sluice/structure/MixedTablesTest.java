package io.sluice.structure;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.data.Schema;
import io.sluice.runtime.Device;
import io.sluice.runtime.Engine;
import io.sluice.testing.Sweep;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiFunction;

/** Every structure, on small random tables of mixed columns. */
class MixedTablesTest {
    private static final int TABLES = Sweep.size(30, 300);

    /** Structures for tables, and their messages about tables that they refuse. */
    enum Structure {
        HCLT((data, latents) -> Hclt.builder(data).latents(latents).build()),
        TIED_HCLT(
                "cannot share their inputs",
                (data, latents) -> Hclt.builder(data).latents(latents).tiedInputs(true).build()),
        HMM(
                "cannot share their inputs",
                (data, latents) -> Hmm.builder(data).states(latents).build()),
        HMM_OF_OWN_EMISSIONS(
                (data, latents) -> Hmm.builder(data).states(latents).homogeneous(false).build()),
        POON_DOMINGOS((data, latents) -> PoonDomingos.builder(data).latents(latents).build()),
        POON_DOMINGOS_OF_TREES(
                (data, latents) ->
                        PoonDomingos.builder(data)
                                .splitIntervals(2)
                                .treeLeaves(true)
                                .latents(latents)
                                .build()),
        RAT_SPN((data, latents) -> RatSpn.builder(data).latents(latents).build()),
        QUAD_TREE(
                "needs images", (data, latents) -> QuadTree.builder(data).latents(latents).build()),
        CHOW_LIU("is continuous", (data, latents) -> ChowLiuModel.of(data)),
        FACTORIZED((data, latents) -> Factorized.of(data));

        private final String refusal;

        @SuppressWarnings("ImmutableEnumChecker") // builders keep no state
        private final BiFunction<Dataset, Integer, Circuit> builder;

        Structure(BiFunction<Dataset, Integer, Circuit> builder) {
            this("", builder);
        }

        Structure(String refusal, BiFunction<Dataset, Integer, Circuit> builder) {
            this.refusal = refusal;
            this.builder = builder;
        }
    }

    /** Kinds of columns. */
    private enum Kind {
        CATEGORY,
        COUNT,
        REAL,
        CONSTANT_REAL,
        CONSTANT_CATEGORY,
        NEVER_OBSERVED_REAL,
        NEVER_OBSERVED_CATEGORY
    }

    private static Dataset table(SplittableRandom random) {
        int variables = 1 + random.nextInt(7);
        Kind[] kinds = new Kind[variables];
        List<Column> columns = new ArrayList<>();
        for (int v = 0; v < variables; v++) {
            kinds[v] = Kind.values()[random.nextInt(random.nextInt(4) == 0 ? 7 : 3)];
            String name = "x" + v;
            columns.add(
                    switch (kinds[v]) {
                        case CATEGORY, NEVER_OBSERVED_CATEGORY ->
                                Column.categorical(name, 1 + random.nextInt(5));
                        case COUNT -> Column.categorical(name, 1 + random.nextInt(120));
                        case CONSTANT_CATEGORY -> Column.categorical(name, List.of("only"));
                        case REAL, CONSTANT_REAL, NEVER_OBSERVED_REAL -> Column.continuous(name);
                    });
        }
        double missing = random.nextInt(3) == 0 ? random.nextDouble() : 0;
        DatasetBuilder builder = Dataset.builder(Schema.of(columns));
        double[] row = new double[variables];
        for (int rows = 1 + random.nextInt(random.nextBoolean() ? 6 : 60); rows > 0; rows--) {
            for (int v = 0; v < variables; v++) {
                row[v] =
                        switch (kinds[v]) {
                            case CATEGORY, COUNT -> random.nextInt(columns.get(v).categories());
                            case REAL -> 100 * random.nextGaussian();
                            case CONSTANT_REAL -> 7.25;
                            case CONSTANT_CATEGORY -> 0;
                            case NEVER_OBSERVED_REAL, NEVER_OBSERVED_CATEGORY -> Double.NaN;
                        };
                row[v] = random.nextDouble() < missing ? Double.NaN : row[v];
            }
            builder.add(row);
        }
        return builder.build();
    }

    @ParameterizedTest
    @EnumSource
    void tables_are_learned_or_refused_with_a_reason(Structure structure) {
        SplittableRandom random = new SplittableRandom(structure.name().hashCode());
        for (int i = 0; i < TABLES; i++) {
            Dataset data = table(random);
            int latents = 1 + random.nextInt(6);
            Circuit circuit;
            try {
                circuit = structure.builder.apply(data, latents);
            } catch (InvalidArgumentException e) {
                String message = String.valueOf(e.getMessage());
                assertTrue(!structure.refusal.isEmpty() && message.contains(structure.refusal));
                continue;
            }
            try (Engine engine = Engine.compile(circuit, Device.reference())) {
                engine.accumulate(data);
                engine.update(0.5, 0.1);
                for (double logLikelihood : engine.logLikelihood(data).values()) {
                    assertTrue(Double.isFinite(logLikelihood), "table " + i);
                }
            }
        }
    }
}
