package io.sluice.data.format;

import io.sluice.FileFormatException;
import io.sluice.InvalidArgumentException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The files of a folder whose names say which part of a data set they are: those with the word
 * {@code train}, {@code valid} and {@code test}, as in {@code nltcs.train.data.gz}.
 */
record PartsFolder(SourceFile train, @Nullable SourceFile valid, @Nullable SourceFile test) {

    /**
     * Looks into a folder.
     *
     * @throws InvalidArgumentException when no file, or more than one, is the training part
     */
    static PartsFolder of(Path folder) {
        List<Path> files;
        try (Stream<Path> entries = Files.list(folder)) {
            files = entries.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            throw new FileFormatException("'" + folder + "' cannot be listed: " + e, e);
        }
        SourceFile train = only(folder, files, "train");
        if (train == null) {
            throw new InvalidArgumentException(
                    "'"
                            + folder
                            + "' has no file with the word 'train' in its name, nor the MNIST"
                            + " files: give the name of a file instead");
        }
        return new PartsFolder(train, only(folder, files, "valid"), only(folder, files, "test"));
    }

    private static @Nullable SourceFile only(Path folder, List<Path> files, String word) {
        List<Path> named = files.stream().filter(file -> hasWord(file, word)).toList();
        if (named.size() > 1) {
            throw new InvalidArgumentException(
                    "'"
                            + folder
                            + "' has "
                            + named.size()
                            + " files with the word '"
                            + word
                            + "' in their names, "
                            + named.get(0).getFileName()
                            + " and "
                            + named.get(1).getFileName()
                            + " among them: give the name of one file instead");
        }
        return named.isEmpty() ? null : new SourceFile(named.get(0));
    }

    private static boolean hasWord(Path file, String word) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        return Arrays.asList(name.split("[^a-z0-9]")).contains(word);
    }
}
