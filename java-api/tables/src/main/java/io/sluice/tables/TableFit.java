package io.sluice.tables;

import io.sluice.circuit.Circuit;

import java.util.List;

/**
 * The model that {@link TableTrainer} chose, and what it was compared with. Log-likelihoods are
 * means in nats per row, in the user's units.
 *
 * @param circuit the chosen circuit with its parameters
 * @param chosen what it is
 * @param tried all that were tried, in order; {@code chosen} is the one with the best validation
 *     log-likelihood
 * @param trainRows how many rows were learned from
 * @param validRows how many rows chose
 */
public record TableFit(
        Circuit circuit, Tried chosen, List<Tried> tried, long trainRows, long validRows) {

    /** Takes a copy of the list. */
    public TableFit {
        tried = List.copyOf(tried);
    }

    /**
     * A model that was tried.
     *
     * @param structure what it is, such as {@code hidden Chow-Liu tree, 64 latents}
     * @param epochs how many epochs it was trained for, 0 when it is estimated by counting
     * @param bestEpoch the epoch whose parameters it has, 0 when it is estimated
     * @param trainLogLikelihood on the rows that it learned from
     * @param validLogLikelihood on the rows held out
     */
    public record Tried(
            String structure,
            int epochs,
            int bestEpoch,
            double trainLogLikelihood,
            double validLogLikelihood) {}

    /** The best of the models that are estimated by counting, the fully factorised one first. */
    public List<Tried> baselines() {
        return tried.stream().filter(each -> each.epochs() == 0).toList();
    }
}
