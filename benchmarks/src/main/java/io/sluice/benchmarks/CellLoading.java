package io.sluice.benchmarks;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.InputFamily;
import io.sluice.data.Dataset.ElementType;
import io.sluice.leaf.Categorical;
import io.sluice.leaf.Gaussian;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Log-likelihoods of a circuit of single nodes over 784 variables, which load a cell and multiply
 * one number: an upper bound of the cost of loading, for each type of stored cells.
 */
@SuppressWarnings("NullAway.Init") // JMH fills the parameters
public class CellLoading extends EngineBenchmark {
    /** The type of stored cells, which the circuit's families decide. */
    @Param({"U8", "I32", "F32"})
    public ElementType cells;

    /** Rows per batch. */
    @Param({"512", "64", "1"})
    public int batch;

    @Override
    Circuit circuit() {
        return Circuits.inputs(families(), 1);
    }

    @Override
    int batchRows() {
        return batch;
    }

    private List<InputFamily> families() {
        int categories = cells == ElementType.I32 ? CATEGORIES + 1 : CATEGORIES;
        List<InputFamily> families =
                new ArrayList<>(Collections.nCopies(VARIABLES, new Categorical(categories)));
        if (cells == ElementType.F32) {
            families.set(0, new Gaussian()); // one continuous column makes all cells floats
        }
        return families;
    }

    /** The whole query. */
    @Benchmark
    public double logLikelihood() {
        return engine.logLikelihood();
    }
}
