package io.sluice.learning;

import io.sluice.InvalidArgumentException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Lets one run at a time use a checkpoint folder. It is the operating system's lock on a file in
 * the folder, which ends with the process, however that ends. The file stays and holds the number
 * of the last process that had the lock.
 */
final class FolderLock implements AutoCloseable {
    static final String FILE = "checkpoint.lock";

    private static final int LONGEST_CONTENT = 64;

    /**
     * Folders that this process has locked. The lock belongs to the process, and closing any other
     * channel to the file would release it. So the file of a locked folder is not opened again.
     */
    private static final Set<Path> OF_THIS_PROCESS = ConcurrentHashMap.newKeySet();

    private final Path folder;
    private final FileChannel channel;

    private FolderLock(Path folder, FileChannel channel) {
        this.folder = folder;
        this.channel = channel;
    }

    /**
     * Locks a folder, which exists.
     *
     * @throws InvalidArgumentException when another run has locked it
     * @throws IOException when it cannot be locked
     */
    static FolderLock of(Path folder) throws IOException {
        Path real = folder.toRealPath();
        if (!OF_THIS_PROCESS.add(real)) {
            throw inUse(folder, "this process");
        }
        FileChannel channel = null;
        try {
            channel =
                    FileChannel.open(
                            real.resolve(FILE),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE);
            @Nullable FileLock lock = channel.tryLock();
            if (lock == null) {
                throw inUse(folder, holder(channel));
            }
            String process = "process " + ProcessHandle.current().pid();
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(process.getBytes(StandardCharsets.UTF_8)), 0);
            return new FolderLock(real, channel);
        } catch (IOException | RuntimeException e) {
            if (channel != null) {
                channel.close();
            }
            OF_THIS_PROCESS.remove(real);
            throw e;
        }
    }

    private static String holder(FileChannel channel) throws IOException {
        ByteBuffer content = ByteBuffer.allocate(LONGEST_CONTENT);
        channel.read(content, 0);
        String text = new String(content.array(), 0, content.position(), StandardCharsets.UTF_8);
        return text.matches("process [0-9]+") ? text : "another process";
    }

    private static InvalidArgumentException inUse(Path folder, String holder) {
        return new InvalidArgumentException(
                "checkpoint folder "
                        + folder
                        + " is in use by a run of "
                        + holder
                        + ": wait until that run ends, stop it, or give another folder");
    }

    @Override
    public void close() throws IOException {
        channel.close();
        OF_THIS_PROCESS.remove(folder);
    }
}
