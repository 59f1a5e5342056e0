package io.sluice.runtime;

import io.sluice.circuit.Distribution;
import io.sluice.circuit.Parameters;
import io.sluice.circuit.RandomStreams;
import io.sluice.compile.Plan;
import io.sluice.data.Dataset;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Runs kernels for a circuit with families that they do not know. It tabulates log-densities before
 * each batch, gives flows to the families after it, and replaces nodes that the kernels chose by
 * values.
 */
final class TabulatedRunner extends DelegatingRunner {

    private final TabulatedLeaves leaves;
    private double stepSize;
    private double pseudocount;

    TabulatedRunner(KernelRunner kernels, TabulatedLeaves leaves) {
        super(kernels);
        this.leaves = leaves;
    }

    @Override
    public int mostRows(Work work) {
        int most = kernels().mostRows(work);
        return leaves.limitsRows() ? Math.min(most, Plan.MOST_LOG_ROWS) : most;
    }

    @Override
    public CallResults run(Work work, Batch batch, @Nullable Batch next) {
        double[] back = leaves.fill(kernels(), batch, work instanceof Work.MaxProduct);
        if (work.addsStatistics()) {
            if (work.keepsStatistics()) {
                leaves.clearRows(kernels(), batch.count());
            } else {
                leaves.clear();
            }
        }
        CallResults results = kernels().run(work, batch, next);
        for (int i = 0; i < back.length; i++) {
            if (back[i] != 0) {
                results.logLikelihood()
                        .setAtIndex(ValueLayout.JAVA_DOUBLE, i, results.logLikelihood(i) + back[i]);
            }
        }
        if (work.addsStatistics()) {
            leaves.addRows(kernels(), batch);
        }
        boolean failed = results.failed();
        switch (work) {
            case Work.Step step when results.flaggedRows() == 0 -> failed |= updateLeaves();
            case Work.Sample sample -> complete(batch, sample.perRow(), results, drawing(sample));
            case Work.MaxProduct decoding ->
                    complete(batch, 1, results, (draw, variable, node) -> node.mode());
            default -> {}
        }
        return results.withFailed(failed);
    }

    /** Chooses a value for a missing cell. */
    private interface Completion {
        /**
         * @param draw index of the draw in the batch
         */
        double value(long draw, int variable, Distribution node);
    }

    /** Each cell of each draw has a random generator of its own, so batches do not change draws. */
    private static Completion drawing(Work.Sample sample) {
        return (draw, variable, node) ->
                node.draw(RandomStreams.of(sample.seed(), sample.firstDraw() + draw, variable));
    }

    /** Replaces the nodes that the kernels chose by values, and copies the observed values. */
    private void complete(Batch batch, int perRow, CallResults results, Completion completion) {
        Dataset data = batch.data();
        MemorySegment cells = results.output();
        for (int i = 0; i < batch.count(); i++) {
            for (int variable : leaves.variables()) {
                double observed = data.value(batch.row(i), variable);
                for (int j = 0; j < perRow; j++) {
                    long draw = (long) i * perRow + j;
                    long at = draw * data.variables() + variable;
                    double value = observed;
                    if (Double.isNaN(observed)) {
                        int node = cells.getAtIndex(ValueLayout.JAVA_INT, at);
                        if (node < 0) {
                            continue; // the row is impossible: nothing is drawn
                        }
                        value = completion.value(draw, variable, leaves.distribution(node));
                    }
                    cells.setAtIndex(ValueLayout.JAVA_FLOAT, at, (float) value);
                }
            }
        }
    }

    private boolean updateLeaves() {
        return leaves.update(kernels(), stepSize, pseudocount);
    }

    @Override
    public void setStep(double newStepSize, double newPseudocount) {
        stepSize = newStepSize;
        pseudocount = newPseudocount;
        kernels().setStep(newStepSize, newPseudocount);
    }

    @Override
    public boolean update() {
        boolean kernelsFailed = kernels().update();
        boolean leavesFailed = updateLeaves();
        return kernelsFailed || leavesFailed;
    }

    @Override
    public void clearStatistics() {
        kernels().clearStatistics();
        leaves.clear();
    }

    @Override
    public void load(Parameters parameters) {
        kernels().load(parameters);
        leaves.load(parameters);
        leaves.refresh(kernels());
    }
}
