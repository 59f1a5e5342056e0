package io.sluice.runtime;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.Distribution;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeValues;
import io.sluice.reference.VariableFamilies;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** The distributions of a variable's input nodes under the current parameters. */
final class LeafDistributions {
    private final VariableFamilies families;
    private final KernelRunner runner;

    LeafDistributions(VariableFamilies families, KernelRunner runner) {
        this.families = families;
        this.runner = runner;
    }

    Circuit circuit() {
        return families.circuit();
    }

    /** Number of nodes of a variable's inputs. */
    int nodes(int variable) {
        return families.inputs(variable).stream().mapToInt(InputVector::nodes).sum();
    }

    /** The current distributions of a variable's nodes, input by input. */
    Distribution[] of(int variable) {
        List<Distribution> distributions = new ArrayList<>();
        for (InputVector input : families.inputs(variable)) {
            MemorySegment table =
                    Arena.ofAuto()
                            .allocate(
                                    ValueLayout.JAVA_FLOAT, circuit().layout().length(input.id()));
            runner.copyParameters(circuit().layout().offset(input.id()), table);
            for (int node = 0; node < input.nodes(); node++) {
                distributions.add(
                        families.of(variable)
                                .distribution(NodeValues.of(table, input.nodes(), node)));
            }
        }
        return distributions.toArray(Distribution[]::new);
    }
}
