package io.sluice.parquet;

import io.sluice.data.format.TypedColumn;
import io.sluice.data.format.TypedColumn.Kind;

import org.apache.parquet.format.ConvertedType;
import org.apache.parquet.format.DateType;
import org.apache.parquet.format.LogicalType;
import org.apache.parquet.format.MicroSeconds;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.format.StringType;
import org.apache.parquet.format.TimeType;
import org.apache.parquet.format.TimeUnit;
import org.apache.parquet.format.TimestampType;
import org.apache.parquet.format.Type;

import java.util.Locale;

/**
 * How a column is stored.
 *
 * @param kind of its values
 * @param physical what stands in the file
 */
record StoredType(Kind kind, Type physical) {

    static StoredType of(TypedColumn column) {
        boolean narrow = column.detail().equals(ParquetSink.NARROW);
        Type physical =
                switch (column.kind()) {
                    case TEXT -> Type.BYTE_ARRAY;
                    case TRUTH -> Type.BOOLEAN;
                    case WHOLE -> narrow ? Type.INT32 : Type.INT64;
                    case REAL -> narrow ? Type.FLOAT : Type.DOUBLE;
                    case DATE -> Type.INT32;
                    case TIME, TIMESTAMP -> Type.INT64;
                };
        return new StoredType(column.kind(), physical);
    }

    String title() {
        return kind == Kind.TRUTH
                ? "true or false"
                : kind.name().toLowerCase(Locale.ROOT)
                        + (kind == Kind.WHOLE || kind == Kind.REAL ? " numbers" : " values");
    }

    /** Says what the stored values mean. */
    void annotate(SchemaElement element) {
        switch (kind) {
            case TEXT ->
                    element.setLogicalType(LogicalType.STRING(new StringType()))
                            .setConverted_type(ConvertedType.UTF8);
            case DATE ->
                    element.setLogicalType(LogicalType.DATE(new DateType()))
                            .setConverted_type(ConvertedType.DATE);
            case TIME -> element.setLogicalType(LogicalType.TIME(new TimeType(false, micros())));
            case TIMESTAMP ->
                    element.setLogicalType(
                            LogicalType.TIMESTAMP(new TimestampType(false, micros())));
            case TRUTH, WHOLE, REAL -> {}
        }
    }

    private static TimeUnit micros() {
        return TimeUnit.MICROS(new MicroSeconds());
    }
}
