/**
 * Probabilistic circuits: structures, learning, and exact queries on CPU and GPU.
 *
 * <p>Kernels are native code: start Java with {@code
 * --enable-native-access=io.sluice,io.sluice.bindings}, or with {@code ALL-UNNAMED} when the
 * library is on the class path.
 */
@SuppressWarnings("module") // io.sluice.benchmarks is compiled after this module
module io.sluice {
    requires de.siegmar.fastcsv;
    requires io.sluice.bindings;
    requires io.sluice.kernels;
    requires java.management;
    requires jdk.management;
    requires static transitive org.jspecify;
    requires tools.jackson.core;

    exports io.sluice;
    exports io.sluice.circuit;
    exports io.sluice.data;
    exports io.sluice.data.format;
    exports io.sluice.leaf;
    exports io.sluice.learning;
    exports io.sluice.model;
    exports io.sluice.reference;
    exports io.sluice.runtime;
    exports io.sluice.structure;
    exports io.sluice.transform;
    exports io.sluice.compile to
            io.sluice.benchmarks;

    uses io.sluice.circuit.InputFamily;
    uses io.sluice.data.format.TypedFormat;
}
