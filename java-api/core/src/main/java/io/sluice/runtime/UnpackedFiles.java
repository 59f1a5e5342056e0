package io.sluice.runtime;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Set;

/**
 * Files unpacked from jars, kept in a folder that only the user can write. Every file is named by
 * the hash of its content, so JVMs and versions share the folder, and a file is used only if its
 * content is that of the jar. Files that were not used for a month are deleted.
 */
final class UnpackedFiles {
    private static final Duration KEPT = Duration.ofDays(30);

    private static final Set<PosixFilePermission> WRITE_FOR_OTHERS =
            EnumSet.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

    private static final String NAME = "sluice";

    private final Path parent;
    private final Path folder;

    /**
     * @param parent where the folder is, made if it does not exist
     */
    UnpackedFiles(Path parent) {
        this.parent = parent;
        this.folder = parent.resolve(NAME);
    }

    /** The folder of this user. */
    static UnpackedFiles ofUser() {
        String cache = System.getenv("XDG_CACHE_HOME");
        Path base =
                cache == null || !Path.of(cache).isAbsolute()
                        ? Path.of(System.getProperty("user.home"), ".cache")
                        : Path.of(cache);
        return new UnpackedFiles(base.toAbsolutePath());
    }

    Path folder() {
        return folder;
    }

    /**
     * A file with some content.
     *
     * @throws IOException when it cannot be written, or others can write the folder
     */
    Path file(String name, byte[] content) throws IOException {
        prepareFolder();
        String hash = hash(content);
        Path home = folder.resolve(hash);
        Path file = home.resolve(name);
        if (!Files.isRegularFile(file) || !hash.equals(hash(Files.readAllBytes(file)))) {
            Files.createDirectories(home);
            Path partial = Files.createTempFile(folder, name, ".partial");
            try {
                Files.write(partial, content);
                // Other JVMs see the old file or the new one; what they have loaded stays.
                Files.move(
                        partial,
                        file,
                        StandardCopyOption.ATOMIC_MOVE,
                        StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(partial);
            }
        }
        Files.setLastModifiedTime(home, FileTime.from(Instant.now()));
        deleteUnused(home);
        return file;
    }

    private void prepareFolder() throws IOException {
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(parent);
            if (isPosix(parent)) {
                Files.createDirectories(
                        folder,
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rwx------")));
            } else {
                Files.createDirectories(folder);
            }
        }
        if (isPosix(folder)) {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(folder);
            if (permissions.stream().anyMatch(WRITE_FOR_OTHERS::contains)) {
                throw new IOException("others can write the folder");
            }
        }
    }

    private static boolean isPosix(Path folder) throws IOException {
        return Files.getFileStore(folder).supportsFileAttributeView(PosixFileAttributeView.class);
    }

    private void deleteUnused(Path used) {
        Instant oldest = Instant.now().minus(KEPT);
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                if (!entry.equals(used)
                        && Files.getLastModifiedTime(entry).toInstant().isBefore(oldest)) {
                    delete(entry);
                }
            }
        } catch (IOException e) {
            // Another JVM deletes it, or the next one will.
        }
    }

    private static void delete(Path entry) throws IOException {
        if (Files.isDirectory(entry)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(entry)) {
                for (Path file : files) {
                    Files.deleteIfExists(file);
                }
            }
        }
        Files.deleteIfExists(entry);
    }

    private static String hash(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JVM has it
        }
    }
}
