package io.sluice.transform;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.InputFamily;
import io.sluice.circuit.LeafKernel;

import java.util.Map;

/**
 * Evidence that makes values more or less likely without excluding any (virtual evidence; Pearl
 * 1988, section 2.2.2): a likelihood {@code lambda_v(x_v)} for some variables.
 */
public final class SoftEvidence {
    private SoftEvidence() {}

    /**
     * Conditions on the evidence.
     *
     * @param likelihoods for a finite variable the likelihood of each of its categories, finite and
     *     at least 0; all ones are no evidence, a single one and zeros observe the variable
     * @return {@code log sum_x p(x) prod_v lambda_v(x_v)}, and the distribution {@code p(x | the
     *     evidence)} over all variables
     * @throws InvalidArgumentException naming a variable that the circuit does not have or that is
     *     continuous, likelihoods that are not so, or evidence of probability zero
     */
    public static Normalised on(Circuit circuit, Map<Integer, double[]> likelihoods) {
        double[][] factors = new double[circuit.variables()][];
        likelihoods.forEach(
                (variable, given) -> {
                    InputFamily family = circuit.family(variable);
                    if (family.kernel() != LeafKernel.PROBABILITIES
                            || given.length != family.categories()) {
                        throw new InvalidArgumentException(
                                given.length
                                        + " likelihoods for variable "
                                        + variable
                                        + ", which is "
                                        + family
                                        + ": give one for each category of a variable with a"
                                        + " table of probabilities");
                    }
                    for (double likelihood : given) {
                        if (!(likelihood >= 0) || Double.isInfinite(likelihood)) {
                            throw new InvalidArgumentException(
                                    "the likelihood "
                                            + likelihood
                                            + " for variable "
                                            + variable
                                            + ": give finite numbers of at least 0");
                        }
                    }
                    factors[variable] = given.clone();
                });
        return ReweightedLeaves.normalised(
                circuit, circuit.parameters(), factors, "the likelihoods");
    }
}
