package io.sluice.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * The peak rates of a machine with some threads.
 *
 * @param threads that worked together
 * @param fused peak rate of multiply-adds, in GFLOP/s; empty if it could not be measured
 * @param product rate of a large matrix product, in GFLOP/s; empty if it could not be measured
 * @param copy bandwidth of memory, in GB/s
 */
record Ceilings(int threads, OptionalDouble fused, OptionalDouble product, double copy) {

    /** Measures for each of several numbers of threads. */
    static List<Ceilings> measure(List<Integer> threads, String python) {
        List<Ceilings> all = new ArrayList<>();
        try (FusedRate fused = new FusedRate()) {
            for (int count : threads) {
                all.add(
                        new Ceilings(
                                count,
                                fused.measure(count),
                                MatrixProductRate.measure(python, count),
                                CopyBandwidth.measure(count)));
            }
        }
        return all;
    }

    /** The ceiling of arithmetic: the peak, or the product where the peak is not known. */
    OptionalDouble arithmetic() {
        return fused.isPresent() ? fused : product;
    }
}
