package io.sluice.data.format;

import io.sluice.data.Dataset;
import io.sluice.data.Schema;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** A format of files that hold rows. */
interface FileFormat {
    /**
     * Reads files that belong together.
     *
     * @param files parts of one source, at least one
     * @param options how; the schema there, or one inferred from the first file, is that of every
     *     result
     * @param notes takes what the user should know
     * @return a data set for each file
     * @throws io.sluice.FileFormatException when a file is not what it says
     * @throws io.sluice.InvalidArgumentException when the schema has no place for a value
     */
    List<Dataset> read(List<SourceFile> files, DataOptions options, Notes notes);

    /**
     * Reads files that each say what their columns are; without a schema in the options, the first
     * file's holds for all.
     */
    static List<Dataset> readEach(
            List<SourceFile> files, DataOptions options, Function<SourceFile, Dataset> reader) {
        @Nullable Schema schema = options.schema();
        List<Dataset> parts = new ArrayList<>();
        for (SourceFile file : files) {
            Dataset part = Conform.to(reader.apply(file), schema, file.toString());
            schema = part.schema();
            parts.add(part);
        }
        return parts;
    }
}
