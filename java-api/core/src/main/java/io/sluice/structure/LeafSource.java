package io.sluice.structure;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.InputFamily;
import io.sluice.circuit.ParameterInitializer;
import io.sluice.data.Dataset;

import java.util.Collections;
import java.util.List;

/** Provides the inputs of a structure. */
sealed interface LeafSource {

    /** How many variables there are. */
    int variables();

    /** Inputs for each variable separately. */
    Leaves leaves(long seed);

    /**
     * Inputs that all variables share.
     *
     * @throws InvalidArgumentException if the variables have different kinds
     */
    Leaves homogeneousLeaves(long seed);

    /** Given families; all parameters start at random. */
    record Families(List<InputFamily> families) implements LeafSource {

        public Families {
            families = List.copyOf(families);
            if (families.isEmpty()) {
                throw new InvalidArgumentException(
                        "no families: give one for each variable, at least one");
            }
        }

        @Override
        public int variables() {
            return families.size();
        }

        @Override
        public Leaves leaves(long seed) {
            return new Leaves(families, ParameterInitializer.random(seed));
        }

        @Override
        public Leaves homogeneousLeaves(long seed) {
            InputFamily first = families.get(0);
            for (InputFamily family : families) {
                if (!family.equals(first)) {
                    throw new InvalidArgumentException(
                            "variables of different families ("
                                    + first
                                    + ", "
                                    + family
                                    + ") cannot share their inputs: give one family, or let each"
                                    + " have its own");
                }
            }
            return leaves(seed);
        }
    }

    /**
     * Categorical inputs for categorical columns and Gaussians for continuous ones. They start near
     * the marginals of a data set; if the columns share inputs, near those of all columns together.
     */
    record Data(Dataset data) implements LeafSource {

        @Override
        public int variables() {
            return data.variables();
        }

        @Override
        public Leaves leaves(long seed) {
            Marginals marginals = Marginals.of(data);
            return new Leaves(
                    marginals.families(), new MarginalInitializer(marginals, false, seed));
        }

        @Override
        public Leaves homogeneousLeaves(long seed) {
            SharedAlphabet.require(data.schema());
            Marginals pooled = Marginals.of(data).pooled();
            return new Leaves(
                    Collections.nCopies(data.variables(), pooled.family(0)),
                    new MarginalInitializer(pooled, true, seed));
        }
    }
}
