package io.sluice.learning;

import io.sluice.circuit.Circuit;
import io.sluice.data.Dataset;
import io.sluice.runtime.Engine;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Steps along the gradient of the log-likelihood of a step's rows, summed over them, in {@link
 * LogParameters}: plain with momentum,
 *
 * <pre>{@code
 * m <- momentum m + gradient,   step m,
 * }</pre>
 *
 * or Adam (Kingma and Ba 2015, algorithm 1) with {@code beta1} the momentum.
 *
 * <p>The host combines flows and parameters, vectors in parallel.
 */
final class GradientRule implements UpdateRule {
    private static final double BETA_2 = 0.999;
    private static final double EPSILON = 1e-8;

    private final boolean adam;
    private final double momentum;
    private final OwnedVectors owners;

    /** First moments of the owners, for Adam then the second moments; last the number of steps. */
    private List<double[]> moments = new ArrayList<>();

    /**
     * @param momentum at least 0, below 1
     */
    GradientRule(boolean adam, double momentum, Circuit circuit) {
        this.adam = adam;
        this.momentum = momentum;
        this.owners = new OwnedVectors(circuit);
    }

    @Override
    public double step(Engine engine, Dataset data, int[] rows, int[] upcoming, StepSettings step) {
        double total = engine.accumulate(data, rows);
        List<double[]> flows = owners.flows(engine);
        MemorySegment parameters = engine.circuit().parameters().segment();
        if (moments.isEmpty()) {
            begin();
        }
        double[] count = moments.get(moments.size() - 1);
        count[0]++;
        owners.replace(
                engine,
                parameters,
                (i, old, changed) -> {
                    LogParameters coordinates = new LogParameters(owners.get(i), old);
                    double[] gradient = coordinates.gradient(flows.get(i));
                    coordinates.move(direction(i, gradient, count[0], step.size()), changed);
                });
        return total;
    }

    private void begin() {
        for (int copy = 0; copy < (adam ? 2 : 1); copy++) {
            owners.parameters().forEach(length -> moments.add(new double[length]));
        }
        moments.add(new double[1]);
    }

    /** Adds the gradient of a vector to the moments and returns the step. */
    private double[] direction(int index, double[] gradient, double count, double stepSize) {
        double[] first = moments.get(index);
        double[] step = new double[first.length];
        if (!adam) {
            for (int i = 0; i < step.length; i++) {
                first[i] = momentum * first[i] + gradient[i];
                step[i] = stepSize * first[i];
            }
            return step;
        }
        double[] second = moments.get(owners.size() + index);
        double firstBias = 1 - StrictMath.pow(momentum, count);
        double secondBias = 1 - StrictMath.pow(BETA_2, count);
        for (int i = 0; i < step.length; i++) {
            first[i] = momentum * first[i] + (1 - momentum) * gradient[i];
            second[i] = BETA_2 * second[i] + (1 - BETA_2) * gradient[i] * gradient[i];
            double scale = Math.sqrt(second[i] / secondBias) + EPSILON;
            step[i] = stepSize * first[i] / firstBias / scale;
        }
        return step;
    }

    @Override
    public List<double[]> state() {
        return moments;
    }

    @Override
    public void restore(List<double[]> state) {
        List<Integer> lengths = new ArrayList<>();
        for (int copy = 0; !state.isEmpty() && copy < (adam ? 2 : 1); copy++) {
            lengths.addAll(owners.parameters());
        }
        if (!state.isEmpty()) {
            lengths.add(1);
        }
        UpdateRule.checkState(state, lengths);
        moments = new ArrayList<>(state);
    }
}
