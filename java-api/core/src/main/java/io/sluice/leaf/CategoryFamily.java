package io.sluice.leaf;

import io.sluice.circuit.InputFamily;

/** Families over the categories {@code 0 .. categories - 1}. */
interface CategoryFamily extends InputFamily {

    @Override
    int categories();

    @Override
    default boolean accepts(double value) {
        return Probabilities.isCategory(value, categories());
    }

    @Override
    default String values() {
        return Probabilities.values(categories());
    }
}
