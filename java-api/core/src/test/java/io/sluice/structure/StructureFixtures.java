package io.sluice.structure;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.SumVector;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.data.Schema;
import io.sluice.runtime.Device;
import io.sluice.runtime.Engine;

import java.util.SplittableRandom;
import java.util.stream.Stream;

/** Rows for small circuits, and their likelihoods. */
final class StructureFixtures {

    private StructureFixtures() {}

    static Dataset everyRow(int variables, int categories) {
        DatasetBuilder builder = Dataset.builder(Schema.categorical(variables, categories));
        double[] row = new double[variables];
        for (int code = 0; code < Math.pow(categories, variables); code++) {
            int rest = code;
            for (int v = 0; v < variables; v++) {
                row[v] = rest % categories;
                rest /= categories;
            }
            builder.add(row);
        }
        return builder.build();
    }

    static Dataset randomRows(int rows, int variables, int categories, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        DatasetBuilder builder = Dataset.builder(Schema.categorical(variables, categories));
        for (int r = 0; r < rows; r++) {
            builder.add(random.ints(variables, 0, categories).asDoubleStream().toArray());
        }
        return builder.build();
    }

    static double[] logLikelihoods(Circuit circuit, Dataset data) {
        try (Engine engine = Engine.compile(circuit, Device.reference())) {
            return engine.logLikelihood(data).values();
        }
    }

    static double totalProbability(Circuit circuit, int variables, int categories) {
        double total = 0;
        for (double logLikelihood : logLikelihoods(circuit, everyRow(variables, categories))) {
            total += Math.exp(logLikelihood);
        }
        return total;
    }

    static boolean sameParameters(Circuit first, Circuit second) {
        return first.parameters().segment().mismatch(second.parameters().segment()) < 0;
    }

    static Stream<SumVector> sums(Circuit circuit) {
        return circuit.vectors().stream()
                .filter(SumVector.class::isInstance)
                .map(SumVector.class::cast);
    }

    /** Edges of all sums, tied ones included. */
    static long sumEdges(Circuit circuit) {
        return sums(circuit).mapToLong(SumVector::parameters).sum();
    }
}
