package io.sluice.cli;

import io.sluice.circuit.Circuit;
import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.Schema;
import io.sluice.model.Model;
import io.sluice.structure.ChowLiuModel;
import io.sluice.structure.ChowLiuTree;
import io.sluice.structure.Factorized;
import io.sluice.structure.Hclt;
import io.sluice.structure.HcltBuilder;
import io.sluice.structure.Hmm;
import io.sluice.structure.HmmBuilder;
import io.sluice.structure.LatentClusters;
import io.sluice.structure.PoonDomingos;
import io.sluice.structure.PoonDomingosBuilder;
import io.sluice.structure.QuadBuilder;
import io.sluice.structure.QuadGraph;
import io.sluice.structure.QuadTree;
import io.sluice.structure.RatSpn;
import io.sluice.structure.RatSpnBuilder;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.IntConsumer;

/** The circuit that training begins with: a new one, or a model's. */
final class StructureOption {
    private static final int DEFAULT_LATENTS = 64;

    /** Structures that can be named. */
    private enum Name {
        HCLT,
        HMM,
        PD,
        PD_HCLT,
        RAT_SPN,
        QUAD_TREE,
        QUAD_GRAPH,
        CHOW_LIU,
        FACTORIZED;

        /** What is typed. */
        String title() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        static List<String> titles() {
            return Arrays.stream(values()).map(Name::title).toList();
        }
    }

    @Option(
            names = "--structure",
            paramLabel = "NAME|MODEL",
            description = {
                "hclt, hmm, pd, pd-hclt, rat-spn, quad-tree, quad-graph, chow-liu, factorized, or"
                        + " a model to train further.",
                "The default is hclt; for a table, when no option about structure or learning is"
                        + " given, the best of several on rows held out.",
                "hclt: hidden Chow-Liu tree; hmm: hidden Markov model, the columns being the steps"
                        + " of a sequence;",
                "pd: Poon-Domingos, for any grid; quad-tree, quad-graph: for images; pd-hclt: pd"
                        + " whose smallest boxes are hidden Chow-Liu trees;",
                "rat-spn: random splits;",
                "chow-liu: the plain tree; factorized: independent columns; both are estimated by"
                        + " counting."
            })
    String structure = "hclt";

    @Option(
            names = "--latents",
            paramLabel = "N",
            description = "States of each latent variable (default: 64).")
    @Nullable Integer latents;

    @Rare
    @Option(
            names = "--block-size",
            paramLabel = "N",
            description = {
                "Nodes in a block, a divisor of the latents (default: the largest up to 128, for pd"
                        + " and pd-hclt up to 32)."
            })
    @Nullable Integer blockSize;

    @Mixin final SplitOptions splits = new SplitOptions();
    @Mixin final SharingOptions sharing = new SharingOptions();

    private @Nullable ChowLiuTree tree; // once it is known

    void check() {
        Name name = name();
        if (name == null) {
            if (!Files.exists(Path.of(structure))) {
                throw new UsageException(
                        "--structure "
                                + structure
                                + " is no structure and no file"
                                + NearestWord.hint(structure, Name.titles())
                                + "give "
                                + String.join(", ", Name.titles())
                                + " or a model file");
            }
            ModelOption.check("--structure", Path.of(structure));
        }
        if ((name == null || isEstimated()) && (latents != null || blockSize != null)) {
            throw new UsageException(
                    (latents != null ? "--latents " + latents : "--block-size " + blockSize)
                            + " does not go with --structure "
                            + structure
                            + ", which has its sizes: leave it out");
        }
        splits.check(structure);
        sharing.check(structure);
        checkPositive("--latents", latents);
        checkPositive("--block-size", blockSize);
        int states = states();
        if (blockSize != null && states % blockSize != 0) {
            throw new UsageException(
                    "--block-size "
                            + blockSize
                            + " does not divide the "
                            + states
                            + " latents: give a divisor");
        }
    }

    private static void checkPositive(String option, @Nullable Integer value) {
        if (value != null && value < 1) {
            throw new UsageException(option + " is " + value + ": give at least 1");
        }
    }

    private @Nullable Name name() {
        for (Name name : Name.values()) {
            if (name.title().equals(structure)) {
                return name;
            }
        }
        return null;
    }

    /** Whether building has estimated the parameters already, so that nothing is left to learn. */
    boolean isEstimated() {
        return name() == Name.FACTORIZED || name() == Name.CHOW_LIU;
    }

    /** The model to begin with; null when a circuit has to be built for the data. */
    @Nullable Model model() throws IOException {
        return name() == null ? ModelOption.read(Path.of(structure)) : null;
    }

    /** Takes blocks of at most this many nodes where nothing else was asked for. */
    void limitBlocks(int most) {
        int states = states();
        if (blockSize == null && name() != null && !isEstimated()) {
            int size = Math.min(states, most);
            while (states % size != 0) {
                size--;
            }
            blockSize = size;
        }
    }

    /** Whether all columns share their inputs, and thus need one alphabet. */
    boolean sharesInputs() {
        Name name = name();
        return name != null && sharing.sharesInputs(name == Name.HMM);
    }

    /** Checks that columns which share their inputs can do so. */
    void requireOneKind(Schema schema) {
        Column first = schema.column(0);
        for (Column column : schema.columns()) {
            if (column.isCategorical() != first.isCategorical()) {
                throw new UsageException(
                        "--structure "
                                + structure
                                + " shares the inputs of all columns, but '"
                                + first.name()
                                + "' and '"
                                + column.name()
                                + "' differ in kind: give columns of one kind, or add --tied"
                                + " false");
            }
        }
    }

    /** The Chow-Liu tree of data, which is the same data whenever it is asked for. */
    private ChowLiuTree tree(Dataset train) {
        ChowLiuTree known = tree;
        if (known == null) {
            known = ChowLiuTree.of(train);
            tree = known;
        }
        return known;
    }

    /** States of the latent variables that clusters of the data make. */
    Dataset clusters(Dataset train, long seed) {
        LatentClusters clusters = LatentClusters.builder(train).clusters(states()).seed(seed);
        return name() == Name.HMM ? clusters.overSequence() : clusters.overTree(tree(train));
    }

    /** States of each latent variable. */
    int states() {
        return latents == null ? DEFAULT_LATENTS : latents;
    }

    /** Builds a circuit for data. */
    Circuit build(Dataset train, long seed) {
        Name name = name();
        if (name == null) {
            throw new IllegalStateException("the structure is a model's");
        }
        int states = states();
        return switch (name) {
            case HCLT -> {
                HcltBuilder builder =
                        Hclt.builder(train).tree(tree(train)).latents(states).seed(seed);
                setBlockSize(builder::blockSize);
                yield sharing.applyTo(builder, seed).build();
            }
            case HMM -> {
                HmmBuilder builder = Hmm.builder(train).states(states).seed(seed);
                setBlockSize(builder::blockSize);
                yield sharing.applyTo(builder, seed).build();
            }
            case PD, PD_HCLT -> {
                PoonDomingosBuilder builder =
                        PoonDomingos.builder(train)
                                .latents(states)
                                .treeLeaves(name == Name.PD_HCLT)
                                .seed(seed);
                setBlockSize(builder::blockSize);
                yield sharing.applyTo(splits.applyTo(builder)).build();
            }
            case RAT_SPN -> {
                RatSpnBuilder builder = RatSpn.builder(train).latents(states).seed(seed);
                setBlockSize(builder::blockSize);
                yield splits.applyTo(builder).build();
            }
            case QUAD_TREE -> quad(QuadTree.builder(train), states, seed);
            case QUAD_GRAPH -> quad(QuadGraph.builder(train), states, seed);
            case CHOW_LIU -> ChowLiuModel.of(train);
            case FACTORIZED -> Factorized.of(train);
        };
    }

    private Circuit quad(QuadBuilder builder, int states, long seed) {
        setBlockSize(builder.latents(states).seed(seed)::blockSize);
        return builder.build();
    }

    private void setBlockSize(IntConsumer setter) {
        if (blockSize != null) {
            setter.accept(blockSize);
        }
    }
}
