package io.sluice.compile;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;

/**
 * Compiles circuits into plans, in time linear in the number of tiles, apart from one sort of the
 * sum blocks. See PyJuice (Liu, Ahmed and Van den Broeck 2024, section 4) for the layered
 * block-sparse form; here products are not layers of their own but are formed while a sum block
 * reads them.
 */
public final class Compiler {
    private Compiler() {}

    /**
     * The plan of a circuit. Thread-safe; equal circuits have equal plans.
     *
     * @throws InvalidArgumentException when the circuit is larger than a plan can number
     */
    public static Plan compile(Circuit circuit) {
        try {
            return plan(circuit);
        } catch (ArithmeticException overflow) {
            throw new InvalidArgumentException(
                    "the circuit has more than "
                            + Integer.MAX_VALUE
                            + " blocks, products of blocks, edges between blocks, or child nodes of"
                            + " one sum: use larger blocks or fewer latents",
                    overflow);
        }
    }

    private static Plan plan(Circuit circuit) {
        SumOrder order = SumOrder.of(circuit);
        BlockNumbers blocks = BlockNumbers.of(circuit, order);
        Elements elements = new Elements(circuit, blocks);
        Tiles tiles = Tiles.of(circuit, order, blocks, elements);
        return new PlanAssembly(circuit, order, blocks, elements, tiles).plan();
    }
}
