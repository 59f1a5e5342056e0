package io.sluice.transform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ParameterInitializer;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.data.Schema;
import io.sluice.leaf.Categorical;
import io.sluice.runtime.Device;
import io.sluice.runtime.Engine;
import io.sluice.structure.ChowLiuTree;
import io.sluice.structure.Hclt;
import io.sluice.structure.Hmm;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;

class LatentVariablesTest {
    private static final int VALUES = 3;
    private static final int STATES = 4;

    private static final List<Circuit> CIRCUITS =
            List.of(
                    Hclt.builder(
                                    ChowLiuTree.ofParents(-1, 0, 0),
                                    Collections.nCopies(3, new Categorical(VALUES)))
                            .latents(STATES)
                            .blockSize(2)
                            .build(),
                    Hclt.builder(
                                    ChowLiuTree.ofParents(-1, 0, 1),
                                    Collections.nCopies(3, new Categorical(VALUES)))
                            .latents(STATES)
                            .roots(2)
                            .tiedInputs(true)
                            .build(),
                    Hmm.builder(3, new Categorical(VALUES)).states(STATES).build());

    /** Log-likelihood of values, then states, NaN for missing ones. */
    private static double[] logLikelihoods(Circuit circuit, double[]... rows) {
        DatasetBuilder builder = Dataset.builder(Schema.categorical(circuit.variables(), STATES));
        Arrays.stream(rows).forEach(builder::add);
        try (Engine engine = Engine.compile(circuit, Device.reference())) {
            return engine.logLikelihood(builder.build()).values();
        }
    }

    private static double[] withStates(double[] values, double... states) {
        double[] row = Arrays.copyOf(values, values.length + states.length);
        System.arraycopy(states, 0, row, values.length, states.length);
        return row;
    }

    @Test
    void with_no_state_observed_the_distribution_is_that_of_the_source() {
        double none = Double.NaN;
        for (Circuit circuit : CIRCUITS) {
            double[] row = {2, none, 1};
            double[] joint =
                    logLikelihoods(
                            LatentVariables.of(circuit).joint(), withStates(row, none, none, none));
            assertEquals(logLikelihoods(circuit, row)[0], joint[0], 1e-12);
        }
    }

    @Test
    void the_probabilities_of_all_states_sum_to_that_of_the_row() {
        for (Circuit circuit : CIRCUITS) {
            double[] row = {2, 0, 1};
            double total = 0;
            Circuit joint = LatentVariables.of(circuit).joint();
            for (int code = 0; code < STATES * STATES * STATES; code++) {
                int first = code % STATES;
                int second = code / STATES % STATES;
                int third = code / STATES / STATES;
                double[] both = withStates(row, first, second, third);
                total += Math.exp(logLikelihoods(joint, both)[0]);
            }
            assertEquals(Math.exp(logLikelihoods(circuit, row)[0]), total, 1e-7);
        }
    }

    @Test
    void the_source_comes_back_with_its_parameters() {
        for (Circuit circuit : CIRCUITS) {
            LatentVariables latent = LatentVariables.of(circuit);
            Circuit back = latent.withoutStates(latent.joint().parameters());
            assertEquals(STATES, latent.states(1));
            assertEquals(-1, circuit.parameters().segment().mismatch(back.parameters().segment()));
        }
    }

    @Test
    void variables_with_several_vectors_of_inputs_are_refused() {
        CircuitBuilder b = Circuit.builder();
        NodeVector one = b.input(0, new Categorical(2), 2, 1);
        NodeVector other = b.input(0, new Categorical(2), 2, 1);
        Circuit circuit = b.build(b.sum(List.of(one, other), 1, 1), ParameterInitializer.random(1));
        InvalidArgumentException e =
                assertThrows(InvalidArgumentException.class, () -> LatentVariables.of(circuit));
        assertTrue(String.valueOf(e.getMessage()).contains("variable 0"));
    }
}
