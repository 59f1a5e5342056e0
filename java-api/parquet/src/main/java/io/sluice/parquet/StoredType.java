package io.sluice.parquet;

import io.sluice.data.format.TypedColumn;
import io.sluice.data.format.TypedColumn.Kind;

import org.apache.parquet.format.ConvertedType;
import org.apache.parquet.format.DateType;
import org.apache.parquet.format.DecimalType;
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
 * @param detail how a Parquet file that was read stored the column: {@link #NARROW}, {@link #UTC},
 *     {@link #decimal}, or empty
 */
record StoredType(Kind kind, Type physical, String detail) {
    /** The detail of a column of 32-bit numbers. */
    static final String NARROW = "32 bits";

    /** The detail of a column of timestamps that are instants. */
    static final String UTC = "UTC";

    private static final String DECIMAL = "decimal ";

    /** The most digits that an INT64 holds. */
    private static final int MOST_DIGITS = 18;

    /** The detail of a column of decimal numbers; empty where they do not fit an INT64. */
    static String decimal(int precision, int scale) {
        return precision <= MOST_DIGITS ? DECIMAL + precision + " " + scale : "";
    }

    static StoredType of(TypedColumn column) {
        boolean narrow = column.detail().equals(NARROW);
        boolean decimal = column.detail().startsWith(DECIMAL);
        Type physical =
                switch (column.kind()) {
                    case TEXT -> Type.BYTE_ARRAY;
                    case TRUTH -> Type.BOOLEAN;
                    case WHOLE -> narrow ? Type.INT32 : Type.INT64;
                    case REAL -> decimal ? Type.INT64 : narrow ? Type.FLOAT : Type.DOUBLE;
                    case DATE -> Type.INT32;
                    case TIME, TIMESTAMP -> Type.INT64;
                };
        return new StoredType(column.kind(), physical, column.detail());
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
                            LogicalType.TIMESTAMP(new TimestampType(detail.equals(UTC), micros())));
            case REAL -> {
                if (isDecimal()) {
                    element.setLogicalType(
                                    LogicalType.DECIMAL(new DecimalType(scale(), precision())))
                            .setConverted_type(ConvertedType.DECIMAL)
                            .setPrecision(precision())
                            .setScale(scale());
                }
            }
            case TRUTH, WHOLE -> {}
        }
    }

    /** Whether values are decimal numbers, stored as multiples of their last digit. */
    boolean isDecimal() {
        return detail.startsWith(DECIMAL);
    }

    /** Digits after the point of a decimal number. */
    int scale() {
        return Integer.parseInt(detail.substring(detail.lastIndexOf(' ') + 1));
    }

    private int precision() {
        return Integer.parseInt(detail.substring(DECIMAL.length(), detail.lastIndexOf(' ')));
    }

    private static TimeUnit micros() {
        return TimeUnit.MICROS(new MicroSeconds());
    }
}
