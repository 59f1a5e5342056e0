package io.sluice.cli;

import io.sluice.circuit.Circuit;
import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.Schema;
import io.sluice.data.format.DataOptions;
import io.sluice.data.format.Datasets;
import io.sluice.learning.LatentDistillation;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

/** Whether training starts from given states of the latent variables. */
final class DistillOption {
    private static final String CLUSTERS = "clusters";

    @Rare
    @Option(
            names = "--distill",
            paramLabel = "clusters|DATA",
            description = {
                "hclt, hmm: start from given states of the latent variables: clusters finds them by"
                    + " k-means over nearby columns; DATA is a table of the shape of the training"
                    + " data, whose cells are states from 0 to latents - 1."
            })
    @Nullable String source;

    void check(String structure) {
        if (source == null) {
            return;
        }
        Structures.check(structure, "--distill " + source, "hclt", "hmm");
        if (!source.equals(CLUSTERS)) {
            DataReading.checkSource("--distill", source);
        }
    }

    /** The circuit with the parameters to begin with. */
    Circuit start(Session session, Circuit circuit, StructureOption structure, Dataset train) {
        String from = source;
        if (from == null) {
            return circuit;
        }
        session.remark("states of the latent variables from " + from);
        Dataset states =
                from.equals(CLUSTERS)
                        ? structure.clusters(train, session.seed())
                        : read(from, train, structure.states());
        return LatentDistillation.of(circuit).distill(train, states, session::compile);
    }

    private static Dataset read(String from, Dataset train, int latents) {
        Schema schema =
                Schema.of(
                        train.schema().columns().stream()
                                .map(column -> Column.categorical(column.name(), latents))
                                .toList());
        return Datasets.open(from, DataOptions.defaults().withSchema(schema)).train();
    }
}
