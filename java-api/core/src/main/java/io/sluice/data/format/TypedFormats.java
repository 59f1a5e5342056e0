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
    private static final String TABLES_MODULE =
            "Parquet needs the module io.sluice.tables (sluice-tables and what it depends on): add"
                    + " it to the class path or module path";

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
     * @throws FileFormatException when the module that reads the format is absent
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
            throw new FileFormatException(file + " cannot be read: " + TABLES_MODULE);
        }
        return null;
    }

    /** What to say of an ending that no format here has. */
    static String hint(String name) {
        return name.endsWith(PARQUET) ? TABLES_MODULE : "";
    }
}
