package io.sluice.benchmarks;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Distribution;
import io.sluice.circuit.InputFamily;
import io.sluice.circuit.Marginal;
import io.sluice.circuit.NodeValues;
import io.sluice.data.Dataset;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

/** The family that fits a single column best, and its distribution. */
record LeafChoice(InputFamily family, Distribution distribution) {
    private static final int STEPS = 20;
    private static final double PSEUDOCOUNT = 1;

    /** Fits all families that take every value to train, and chooses by the densities of valid. */
    static LeafChoice of(List<InputFamily> candidates, Dataset train, Dataset valid, int v) {
        double[] learned = values(train, v);
        double[] judged = values(valid, v);
        LeafChoice best = null;
        double highest = Double.NEGATIVE_INFINITY;
        for (InputFamily family : candidates) {
            if (Arrays.stream(learned).allMatch(family::accepts)
                    && Arrays.stream(judged).allMatch(family::accepts)) {
                LeafChoice choice = new LeafChoice(family, fitted(family, learned));
                double mean = choice.mean(judged);
                if (best == null || mean > highest) {
                    best = choice;
                    highest = mean;
                }
            }
        }
        if (best == null) {
            throw new InvalidArgumentException(
                    "column " + v + " has values that no family takes: correct its domain");
        }
        return best;
    }

    private static double[] values(Dataset data, int v) {
        return LongStream.range(0, data.rows())
                .mapToDouble(row -> data.value(row, v))
                .filter(value -> !Double.isNaN(value))
                .toArray();
    }

    private static Distribution fitted(InputFamily family, double[] values) {
        double mean = Arrays.stream(values).average().orElse(0);
        double variance =
                Arrays.stream(values).map(x -> (x - mean) * (x - mean)).average().orElse(1);
        NodeValues parameters = NodeValues.of(new double[family.parameterRows()], 1, 0);
        family.start(
                parameters,
                new Marginal(mean, variance > 0 ? Math.sqrt(variance) : 1),
                new SplittableRandom(1));
        for (int step = 0; step < STEPS; step++) {
            NodeValues statistics = NodeValues.of(new double[family.statisticRows()], 1, 0);
            for (double value : values) {
                family.addStatistics(parameters, value, 1, statistics);
            }
            family.update(parameters, statistics, 1, PSEUDOCOUNT);
        }
        return family.distribution(parameters);
    }

    private double mean(double[] values) {
        return Arrays.stream(values).map(distribution::logDensity).average().orElse(0);
    }

    /** Mean log-density of the column's cells, over all rows; a missing one counts 0. */
    double mean(Dataset data, int v) {
        return Arrays.stream(values(data, v)).map(distribution::logDensity).sum() / data.rows();
    }
}
