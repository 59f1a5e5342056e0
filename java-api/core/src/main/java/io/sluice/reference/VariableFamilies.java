package io.sluice.reference;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.InputFamily;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeValues;
import io.sluice.circuit.SuppliedFamily;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** The family of each variable of an engine's circuit, with its supplied items. */
public final class VariableFamilies {
    private final Circuit circuit;
    private final InputFamily[] families;
    private final List<List<InputVector>> inputs = new ArrayList<>();

    /** The families of a circuit before anything is supplied. */
    public VariableFamilies(Circuit circuit) {
        this.circuit = circuit;
        families = new InputFamily[circuit.variables()];
        for (int v = 0; v < families.length; v++) {
            families[v] = circuit.family(v);
            inputs.add(new ArrayList<>());
        }
        circuit.vectors().stream()
                .filter(InputVector.class::isInstance)
                .map(InputVector.class::cast)
                .forEach(input -> inputs.get(input.variable()).add(input));
    }

    /** The circuit. */
    public Circuit circuit() {
        return circuit;
    }

    /** The family of a variable. */
    public InputFamily of(int variable) {
        return families[variable];
    }

    /** The family of an input vector's variable. */
    public InputFamily of(InputVector input) {
        return families[input.variable()];
    }

    /** Input vectors of a variable in the order of their ids. */
    public List<InputVector> inputs(int variable) {
        return inputs.get(variable);
    }

    /**
     * Supplies the meaning of a variable's items, and replaces what was supplied before.
     *
     * @throws InvalidArgumentException when the variable takes no items, or these are impossible
     */
    public void supply(int variable, double[][] items) {
        if (!(circuit.family(variable) instanceof SuppliedFamily family)) {
            throw new InvalidArgumentException(
                    "variable "
                            + variable
                            + " is "
                            + circuit.family(variable)
                            + " and takes no items: supply variables of the families external and"
                            + " soft categorical");
        }
        SuppliedFamily supplied = family.with(items);
        for (InputVector input : inputs(variable)) {
            for (int node = 0; node < input.nodes(); node++) {
                checkNode(supplied, input, node);
            }
        }
        families[variable] = supplied;
    }

    private void checkNode(SuppliedFamily supplied, InputVector input, int node) {
        MemorySegment table =
                circuit.parameters()
                        .segment()
                        .asSlice(circuit.layout().offset(input.id()) * Float.BYTES);
        try {
            supplied.check(NodeValues.of(table, input.nodes(), node));
        } catch (InvalidArgumentException e) {
            throw new InvalidArgumentException(
                    "node " + node + " of " + input + " has " + e.getMessage());
        }
    }
}
