package io.sluice.learning;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.NodeVector;
import io.sluice.data.Dataset;
import io.sluice.runtime.Engine;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * The step of Anemone (Liu, Shao and Van den Broeck 2025, arXiv 2505.19982): mini-batch EM whose
 * change of the whole distribution is kept small, which makes the step of a node the larger the
 * more the batch uses the node.
 *
 * <p>With F the flows of a step's rows divided by their number, averaged over steps with momentum,
 * and TD the {@linkplain TopDown top-down probability} of a node under the old parameters,
 *
 * <pre>
 * theta_nc' is proportional to  step F_nc + (1 - step) TD_n theta_nc
 * </pre>
 *
 * which is the step of EM with a step size of the node's own,
 *
 * <pre>
 * s_n = step F_n / (step F_n + (1 - step) TD_n).
 * </pre>
 *
 * Inputs of any family take that step. Averages are exponential, of flows and of row counts alike,
 * {@code a <- momentum a + (1 - momentum) new}: their quotient needs no correction for the zeros
 * that they began with.
 *
 * <p>Flows and parameters are combined on the host, vectors in parallel, so that a step costs a
 * copy of both from the device and a copy of the parameters back.
 */
final class Anemone implements UpdateRule {
    private final double momentum;
    private final Circuit circuit;
    private final OwnedVectors owners;
    private @Nullable List<double[]>
            averages; // of the owners' flows, then the rows; null: none yet

    /**
     * @param momentum at least 0, below 1
     * @param circuit of the engine; its parameters do not matter
     */
    Anemone(double momentum, Circuit circuit) {
        this.momentum = momentum;
        this.circuit = circuit;
        this.owners = new OwnedVectors(circuit);
    }

    @Override
    public double step(Engine engine, Dataset data, int[] rows, int[] upcoming, StepSettings step) {
        double total = engine.accumulate(data, rows);
        List<double[]> flows = owners.flows(engine);
        flows.add(new double[] {step.rows()});
        List<double[]> mixed = averaged(flows);
        double averageRows = mixed.get(owners.size())[0];
        MemorySegment parameters = engine.circuit().parameters().segment();
        double[][] topDown = TopDown.probabilities(circuit, parameters);
        owners.replace(
                engine,
                parameters,
                (i, old, changed) -> {
                    NodeVector owner = owners.get(i);
                    VectorStep vector =
                            new VectorStep(owner, old, mixed.get(i), step.pseudocount());
                    double[] visits = topDown[owner.id()];
                    double[] sizes = stepSizes(vector.totals(), visits, averageRows, step.size());
                    vector.take(sizes, changed);
                });
        return total;
    }

    /**
     * @param totals of the nodes' flows, pseudocount included
     */
    private static double[] stepSizes(
            double[] totals, double[] topDown, double rows, double stepSize) {
        double[] sizes = new double[totals.length];
        for (int node = 0; node < totals.length; node++) {
            double moved = stepSize * totals[node];
            double kept = (1 - stepSize) * topDown[node] * rows;
            sizes[node] = moved > 0 ? moved / (moved + kept) : 0;
        }
        return sizes;
    }

    private List<double[]> averaged(List<double[]> flows) {
        if (momentum == 0) {
            return flows;
        }
        List<double[]> all = averages;
        if (all == null) {
            all = flows.stream().map(array -> new double[array.length]).toList();
            averages = all;
        }
        for (int i = 0; i < flows.size(); i++) {
            double[] average = all.get(i);
            double[] latest = flows.get(i);
            for (int j = 0; j < average.length; j++) {
                average[j] = momentum * average[j] + (1 - momentum) * latest[j];
            }
        }
        return all;
    }

    @Override
    public List<double[]> state() {
        return averages == null ? List.of() : averages;
    }

    @Override
    public void restore(List<double[]> state) {
        if (state.isEmpty()) {
            averages = null;
            return;
        }
        List<Integer> lengths = new ArrayList<>();
        if (momentum != 0) {
            lengths.addAll(owners.statistics());
            lengths.add(1);
        }
        UpdateRule.checkState(state, lengths);
        averages = state;
    }
}
