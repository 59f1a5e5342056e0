package io.sluice.data.format;

import io.sluice.FileFormatException;
import io.sluice.InvalidArgumentException;
import io.sluice.data.DataParts;
import io.sluice.data.Dataset;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The images of a folder with the four canonical MNIST names ({@code train-images-idx3-ubyte},
 * ...), plain or compressed with gzip: MNIST itself (LeCun et al. 1998) and what imitates it. Rows
 * are images {@code [28 * 28]} of bytes.
 */
public final class Mnist {
    private static final String TRAIN = "train-images-idx3-ubyte";
    private static final String TEST = "t10k-images-idx3-ubyte";

    private Mnist() {}

    /**
     * The training images.
     *
     * @throws InvalidArgumentException when the folder has no such file
     * @throws FileFormatException when the file is damaged
     */
    public static Dataset train(Path folder) {
        return read(folder, TRAIN, DataOptions.defaults());
    }

    /**
     * The test images.
     *
     * @throws InvalidArgumentException when the folder has no such file
     * @throws FileFormatException when the file is damaged
     */
    public static Dataset test(Path folder) {
        return read(folder, TEST, DataOptions.defaults());
    }

    /** Whether a folder has the files. */
    static boolean isIn(Path folder) {
        return Files.isRegularFile(file(folder, TRAIN)) && Files.isRegularFile(file(folder, TEST));
    }

    /** Both parts of the folder. */
    static DataParts read(Path folder, DataOptions options) {
        return new DataParts(read(folder, TRAIN, options), null, read(folder, TEST, options));
    }

    private static Dataset read(Path folder, String name, DataOptions options) {
        Path file = file(folder, name);
        if (!Files.isRegularFile(file)) {
            throw new InvalidArgumentException(
                    "'"
                            + folder
                            + "' has neither "
                            + name
                            + " nor "
                            + name
                            + ".gz: give the folder that holds the MNIST files");
        }
        return new IdxFormat().read(List.of(new SourceFile(file)), options, new Notes()).get(0);
    }

    private static Path file(Path folder, String name) {
        Path compressed = folder.resolve(name + ".gz");
        return Files.isRegularFile(compressed) ? compressed : folder.resolve(name);
    }
}
