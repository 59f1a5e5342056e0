package io.sluice.data;

import io.sluice.InvalidArgumentException;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Writes a file so that under its final name there is either what was there before or the whole new
 * content, whatever happens: the content goes to a temporary file in the same folder, is forced to
 * the disk and then renamed.
 */
public final class AtomicFile {
    private static final int BUFFER = 1 << 16;

    private AtomicFile() {}

    /** Writes the content of a file. */
    @FunctionalInterface
    public interface Content {
        /** Writes everything; the stream is buffered and closed by the caller. */
        void writeTo(OutputStream out) throws IOException;
    }

    /** Writes the content of a file that needs positions. */
    @FunctionalInterface
    public interface ChannelContent {
        /** Writes everything; the channel is closed by the caller. */
        void writeTo(FileChannel out) throws IOException;
    }

    /**
     * Writes a file through a stream. What exists and is no regular file, as {@code /dev/stdout},
     * is written to directly.
     *
     * @throws InvalidArgumentException when there is no folder to write into
     * @throws IOException when writing fails; the temporary file is gone then
     */
    public static void write(Path file, Content content) throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file) && !Files.isDirectory(file)) {
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), BUFFER)) {
                content.writeTo(out);
            }
            return;
        }
        writeChannel(
                file,
                channel -> {
                    OutputStream out =
                            new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER);
                    content.writeTo(out);
                    out.flush();
                });
    }

    /**
     * Writes a file through a channel.
     *
     * @throws InvalidArgumentException when there is no folder to write into
     * @throws IOException when writing fails; the temporary file is gone then
     */
    public static void writeChannel(Path file, ChannelContent content) throws IOException {
        // through a symbolic link: its target is replaced, not the link
        Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
        Path folder = target.getParent();
        Path name = target.getFileName();
        if (Files.isDirectory(target) || folder == null || name == null) {
            throw new InvalidArgumentException(
                    "'" + file + "' is a folder, expected the name of a file to write");
        }
        if (!Files.isDirectory(folder)) {
            throw new InvalidArgumentException(
                    "the folder of '" + file + "' does not exist: create '" + folder + "' first");
        }
        Path temporary = folder.resolve("." + name + "." + randomSuffix() + ".tmp");
        try {
            try (FileChannel channel =
                    FileChannel.open(
                            temporary,
                            StandardOpenOption.CREATE_NEW,
                            StandardOpenOption.READ, // so that the content may be mapped
                            StandardOpenOption.WRITE)) {
                content.writeTo(channel);
                channel.force(true);
            }
            move(temporary, target);
            forceNames(folder);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException | FileAlreadyExistsException e) {
            // file systems that cannot replace atomically
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** Forces the names of a folder's files to the disk, where the platform can. */
    private static void forceNames(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (AccessDeniedException e) {
            // Windows opens no folders, and needs no force; elsewhere a folder may be write-only
        }
    }

    private static String randomSuffix() {
        return Long.toUnsignedString(ThreadLocalRandom.current().nextLong(), Character.MAX_RADIX);
    }
}
