package io.sluice.structure;

import io.sluice.circuit.InputFamily;
import io.sluice.circuit.ParameterInitializer;

import java.util.List;

/**
 * The inputs that a structure is built on.
 *
 * @param families of each variable
 * @param initializer of all parameters
 */
record Leaves(List<InputFamily> families, ParameterInitializer initializer) {

    Leaves {
        families = List.copyOf(families);
    }
}
