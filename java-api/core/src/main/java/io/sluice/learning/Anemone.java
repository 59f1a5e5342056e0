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
 * The step of Anemone (Liu, Shao and Van den Broeck 2025, arXiv 2505.19982): mini-batch EM that
 * keeps the change of the whole distribution small. The more a batch uses a node, the larger is the
 * step of the node.
 *
 * <p>With F the flows of a step's rows divided by their number, averaged over steps with momentum,
 * and TD the {@linkplain TopDown top-down probability} of a node under the old parameters,
 *
 * <pre>
 * theta_nc' is proportional to  step F_nc + (1 - step) TD_n theta_nc
 * </pre>
 *
 * which is the step of EM with a separate step size for each node,
 *
 * <pre>
 * s_n = step F_n / (step F_n + (1 - step) TD_n).
 * </pre>
 *
 * Inputs of any family take that step. Flows and row counts are averaged in the same way, {@code a
 * <- momentum a + (1 - momentum) new}, so their quotient needs no correction for starting at zero.
 *
 * <p>The host combines flows and parameters, vectors in parallel. A step thus copies both from the
 * device, and the parameters back.
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
     * @param totals flow of each node, including the pseudocount
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
