/** JMH benchmarks and comparisons. They run from the class path, as JMH wants it. */
@SuppressWarnings("requires-automatic") // jmh.core
module io.sluice.benchmarks {
    requires io.sluice;
    requires io.sluice.tables;
    requires java.management;
    requires jmh.core;
    requires static org.jspecify;
    requires tools.jackson.databind;
}
