package io.sluice.data.format;

import io.sluice.FileFormatException;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.ServiceLoader;

/** The formats with types that are there: JSON lines, and those of other modules. */
final class TypedFormats {
    private static final String PARQUET = ".parquet";
    private static final byte[] PARQUET_START = "PAR1".getBytes(StandardCharsets.US_ASCII);
    private static final List<TypedFormat> ALL = load();

    private TypedFormats() {}

    static List<TypedFormat> all() {
        return ALL;
    }

    private static List<TypedFormat> load() {
        List<TypedFormat> all = new ArrayList<>(List.of(JsonLines.FORMAT));
        ServiceLoader.load(TypedFormat.class, TypedFormat.class.getClassLoader()).forEach(all::add);
        return List.copyOf(all);
    }

    /**
     * The format of a file; null for a text table.
     *
     * @param head the first bytes
     * @throws FileFormatException when no module reads the format
     */
    static @Nullable TypedFormat of(SourceFile file, byte[] head) {
        for (TypedFormat format : all()) {
            if (format.isStartedBy(head)
                    || format.endings().stream().anyMatch(file.name()::endsWith)) {
                return format;
            }
        }
        boolean parquet = Arrays.equals(Arrays.copyOf(head, PARQUET_START.length), PARQUET_START);
        if (parquet || file.name().endsWith(PARQUET)) {
            throw new FileFormatException(
                    file
                            + " is a Parquet file, which no module here reads: convert it to CSV or"
                            + " JSON lines");
        }
        return null;
    }
}
