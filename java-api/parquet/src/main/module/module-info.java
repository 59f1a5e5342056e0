/** Tables in Parquet files. */
@SuppressWarnings("requires-automatic") // neither library is a module
module io.sluice.parquet {
    requires dev.hardwood.core;
    requires parquet.format.structures;
    requires static transitive org.jspecify;
    requires transitive io.sluice;

    exports io.sluice.parquet;

    provides io.sluice.data.format.TypedFormat with
            io.sluice.parquet.ParquetFormat;
}
