/** Tables: models that choose themselves, answers and measures. */
module io.sluice.tables {
    requires transitive io.sluice;
    requires static transitive org.jspecify;

    exports io.sluice.tables;
    exports io.sluice.tables.measure;
    exports io.sluice.tables.synthesis;
}
