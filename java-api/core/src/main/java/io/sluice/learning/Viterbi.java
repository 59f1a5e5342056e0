package io.sluice.learning;

import io.sluice.circuit.Circuit;
import io.sluice.data.Dataset;
import io.sluice.reference.MaximalFlows;
import io.sluice.runtime.Engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The step of EM from the counts of {@link MaximalFlows}. The counts are kept until the next step;
 * between steps there is nothing to save.
 */
final class Viterbi implements UpdateRule {
    private final OwnedVectors owners;
    private final List<double[]> counts = new ArrayList<>(); // of the owners; empty: none yet

    Viterbi(Circuit circuit) {
        owners = new OwnedVectors(circuit);
    }

    @Override
    public double accumulate(Engine engine, Dataset data, int[] rows) {
        MaximalFlows more = engine.maximalFlows(data, rows);
        for (int i = 0; i < owners.size(); i++) {
            double[] latest = more.flows(owners.get(i).id());
            if (counts.size() == i) {
                counts.add(latest);
            } else {
                double[] sum = counts.get(i);
                Arrays.setAll(sum, j -> sum[j] + latest[j]);
            }
        }
        return more.total();
    }

    @Override
    public double step(Engine engine, Dataset data, int[] rows, int[] upcoming, StepSettings step) {
        double total = accumulate(engine, data, rows);
        List<double[]> sums = List.copyOf(counts);
        counts.clear();
        owners.replace(
                engine,
                engine.circuit().parameters().segment(),
                (i, old, changed) -> {
                    double[] sizes = new double[owners.get(i).nodes()];
                    Arrays.fill(sizes, step.size());
                    new VectorStep(owners.get(i), old, sums.get(i), step.pseudocount())
                            .take(sizes, changed);
                });
        return total;
    }
}
