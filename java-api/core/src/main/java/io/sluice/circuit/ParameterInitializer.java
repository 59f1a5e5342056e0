package io.sluice.circuit;

import java.lang.foreign.MemorySegment;

/**
 * Writes the first parameters of a circuit that is being built.
 *
 * <p>{@link CircuitBuilder#build} calls it once for each vector that owns parameters, in id order,
 * and checks afterwards that the parameters are distributions.
 */
@FunctionalInterface
public interface ParameterInitializer {

    /**
     * Writes the parameters of one vector.
     *
     * @param vector an {@link InputVector} or {@link SumVector} that owns its parameters
     * @param slice receives them: zeroed float32 memory with room for exactly the vector's
     *     parameters, in the order that {@link ParameterLayout} documents. It must not be kept
     */
    void fill(NodeVector vector, MemorySegment slice);

    /**
     * Random distributions: sum weights and category probabilities are {@linkplain LogNormalNoise
     * exponentials of standard normal noise}, normalised for each node over all its tiles; other
     * inputs start as their families do around {@link Marginal#UNKNOWN}. The same seed gives the
     * same bits, whatever the number of threads.
     *
     * @param seed any number
     */
    static ParameterInitializer random(long seed) {
        return new RandomInitializer(seed);
    }
}
