package io.sluice.model;

import io.sluice.FileFormatException;
import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.Parameters;
import io.sluice.data.AtomicFile;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * The native model file, {@code .sluice}: a circuit with its parameters, schema and metadata.
 *
 * <p>Parameters are stored in the order and form in which engines take them, on a page boundary.
 * {@link #read} copies them into memory, and {@link #map} leaves them in a file that does not
 * change.
 *
 * <p>{@code FORMAT.md}, in the folder of the Java API, describes every byte.
 *
 * <p>All methods may be called by any number of threads.
 */
public final class ModelFile {
    /** Ending of the names of model files. */
    public static final String EXTENSION = ".sluice";

    private static final long MAGIC = 0x0A1A0A0D_554C5389L;
    private static final int VERSION = 2;
    private static final int HEADER_BYTES = 128;
    private static final int VERSION_AT = 8;
    private static final int HEADER_CRC_AT = 12;
    private static final int HEADER_CHECKED_FROM = 16;
    private static final int FILE_LENGTH_AT = 16;
    private static final int SECTIONS_AT = 32;
    private static final int SECTION_BYTES = 24;
    private static final int SECTION_LENGTH_AT = 8;
    private static final int SECTION_CRC_AT = 16;
    private static final int STRUCTURE = 0;
    private static final int SCHEMA = 1;
    private static final int METADATA = 2;
    private static final int PARAMETERS = 3;
    private static final String[] NAMES = {"structure", "schema", "metadata", "parameters"};
    private static final long PAGE = 4096;

    /** A byte buffer ends before 2^31 bytes. */
    private static final long PORTION_BYTES = 1L << 26;

    private ModelFile() {}

    /**
     * Whether a file begins like a model file.
     *
     * @throws IOException when it cannot be read
     */
    public static boolean isModelFile(Path file) throws IOException {
        ByteBuffer start = ByteBuffer.allocate(Long.BYTES);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            boolean more = true;
            while (more && start.hasRemaining()) {
                more = channel.read(start) >= 0;
            }
        }
        return !start.hasRemaining()
                && MemorySegment.ofArray(start.array()).get(SectionReader.LONG, 0) == MAGIC;
    }

    /**
     * CRC32C of a circuit's structure section: equal for circuits of equal structure, whatever
     * their parameters.
     */
    public static int structureChecksum(Circuit circuit) {
        return checksum(StructureEncoder.encode(circuit));
    }

    /**
     * Writes a model file atomically: the target is complete or unchanged, also after a crash.
     *
     * @param file target, by convention with {@link #EXTENSION}; replaced when it exists
     * @throws InvalidArgumentException when the target is a folder, a pipe or the like, or its
     *     folder does not exist
     * @throws IOException when it cannot be written
     */
    public static void write(Model model, Path file) throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new InvalidArgumentException(
                    "'" + file + "' is not a regular file: give the name of a file");
        }
        MemorySegment[] sections = {
            StructureEncoder.encode(model.circuit()),
            TextSections.encode(model.schema()),
            TextSections.encode(model.metadata()),
            model.circuit().parameters().segment()
        };
        long[] offsets = new long[sections.length];
        long end = HEADER_BYTES;
        for (int s = 0; s < sections.length; s++) {
            offsets[s] = s == PARAMETERS ? roundUp(end) : end;
            end = offsets[s] + sections[s].byteSize();
        }
        MemorySegment header = header(sections, offsets, end);
        AtomicFile.writeChannel(
                file,
                channel -> {
                    write(channel, header);
                    write(channel, sections[STRUCTURE]);
                    write(channel, sections[SCHEMA]);
                    write(channel, sections[METADATA]);
                    long padding = offsets[PARAMETERS] - channel.position();
                    write(channel, MemorySegment.ofArray(new byte[(int) padding]));
                    write(channel, sections[PARAMETERS]);
                });
    }

    private static MemorySegment header(MemorySegment[] sections, long[] offsets, long fileLength) {
        MemorySegment header = MemorySegment.ofArray(new byte[HEADER_BYTES]);
        header.set(SectionReader.LONG, 0, MAGIC);
        header.set(SectionReader.INT, VERSION_AT, VERSION);
        header.set(SectionReader.LONG, FILE_LENGTH_AT, fileLength);
        for (int s = 0; s < sections.length; s++) {
            long at = SECTIONS_AT + (long) s * SECTION_BYTES;
            header.set(SectionReader.LONG, at, offsets[s]);
            header.set(SectionReader.LONG, at + SECTION_LENGTH_AT, sections[s].byteSize());
            header.set(SectionReader.INT, at + SECTION_CRC_AT, checksum(sections[s]));
        }
        header.set(SectionReader.INT, HEADER_CRC_AT, checksum(header.asSlice(HEADER_CHECKED_FROM)));
        return header;
    }

    private static void write(FileChannel channel, MemorySegment bytes) throws IOException {
        for (long at = 0; at < bytes.byteSize(); at += PORTION_BYTES) {
            long length = Math.min(PORTION_BYTES, bytes.byteSize() - at);
            ByteBuffer portion = bytes.asSlice(at, length).asByteBuffer();
            while (portion.hasRemaining()) {
                channel.write(portion);
            }
        }
    }

    /**
     * Reads a model file into memory. Nothing that happens to the file later changes the model.
     *
     * @throws FileFormatException when it is damaged, of another version, or no model file: names
     *     the file and what is wrong with it
     * @throws io.sluice.OutOfMemoryException when there is no room for it outside the Java heap
     * @throws IOException when it cannot be read
     */
    public static Model read(Path file) throws IOException {
        return read(file, FileCopy::of);
    }

    /**
     * Reads a model file whose parameters stay in the file, mapped into memory: processes share the
     * pages, and a model may be larger than memory. Only for files that nothing changes while the
     * model is in use, such as those of a read-only file system. {@link #write} replaces a file and
     * does no harm, but when another program truncates the file, the JVM dies, and when it writes
     * into the file, the parameters change after they were checked.
     *
     * @throws FileFormatException when it is damaged, of another version, or no model file: names
     *     the file and what is wrong with it
     * @throws IOException when it cannot be read
     */
    public static Model map(Path file) throws IOException {
        return read(
                file,
                (channel, offset, length, arena) ->
                        channel.map(FileChannel.MapMode.READ_ONLY, offset, length, arena));
    }

    /** Gives a range of a file as memory. */
    @FunctionalInterface
    private interface Access {
        MemorySegment bytes(FileChannel file, long offset, long length, Arena arena)
                throws IOException;
    }

    private static Model read(Path file, Access access) throws IOException {
        if (!Files.isRegularFile(file)) {
            Files.newByteChannel(file).close(); // no such file, or no permission
            throw new FileFormatException(file + " is not a regular file: give a model file");
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return decode(channel, access);
        } catch (FileFormatException e) {
            throw new FileFormatException(file + ": " + e.getMessage(), e);
        }
    }

    private static Model decode(FileChannel channel, Access access) throws IOException {
        long length = channel.size();
        if (length < HEADER_BYTES) {
            throw new FileFormatException(
                    length
                            + " bytes, but a model file has at least "
                            + HEADER_BYTES
                            + ": give a file written by Sluice, or copy it again");
        }
        Arena arena = Arena.ofAuto();
        MemorySegment header = access.bytes(channel, 0, HEADER_BYTES, arena);
        checkHeader(header, length);
        MemorySegment[] sections = new MemorySegment[NAMES.length];
        long end = HEADER_BYTES;
        for (int s = 0; s < sections.length; s++) {
            long at = SECTIONS_AT + (long) s * SECTION_BYTES;
            long offset = header.get(SectionReader.LONG, at);
            long size = header.get(SectionReader.LONG, at + SECTION_LENGTH_AT);
            if (offset != (s == PARAMETERS ? roundUp(end) : end)
                    || size < 0
                    || size > length - offset) {
                throw new FileFormatException(
                        "the "
                                + NAMES[s]
                                + " section is at byte "
                                + offset
                                + " and has "
                                + size
                                + " bytes, expected it after byte "
                                + end
                                + " of "
                                + length
                                + ": the file is damaged, write or copy it again");
            }
            sections[s] = access.bytes(channel, offset, size, arena);
            end = offset + size;
            if (checksum(sections[s]) != header.get(SectionReader.INT, at + SECTION_CRC_AT)) {
                throw new FileFormatException(
                        "the checksum of the "
                                + NAMES[s]
                                + " section is wrong: the file is damaged, write or copy it again");
            }
        }
        if (end != length || sections[PARAMETERS].byteSize() % Float.BYTES != 0) {
            throw new FileFormatException(
                    "the parameters end at byte "
                            + end
                            + " of "
                            + length
                            + ", expected whole float32 numbers up to the end: the file is damaged,"
                            + " write or copy it again");
        }
        Circuit circuit =
                StructureDecoder.decode(
                        sections[STRUCTURE], Parameters.ofMapped(sections[PARAMETERS]));
        try {
            return new Model(
                    circuit,
                    TextSections.decodeSchema(sections[SCHEMA]),
                    TextSections.decodeMetadata(sections[METADATA]));
        } catch (InvalidArgumentException e) {
            throw new FileFormatException("the file describes no model: " + e.getMessage(), e);
        }
    }

    private static void checkHeader(MemorySegment bytes, long length) {
        if (bytes.get(SectionReader.LONG, 0) != MAGIC) {
            throw new FileFormatException(
                    "the first 8 bytes are not a model file's: give a file written by Sluice");
        }
        int version = bytes.get(SectionReader.INT, VERSION_AT);
        if (version != VERSION) {
            throw new FileFormatException(
                    "format version "
                            + Integer.toUnsignedString(version)
                            + ", but this Sluice reads version "
                            + VERSION
                            + ": use a newer Sluice");
        }
        MemorySegment checked =
                bytes.asSlice(HEADER_CHECKED_FROM, HEADER_BYTES - HEADER_CHECKED_FROM);
        if (checksum(checked) != bytes.get(SectionReader.INT, HEADER_CRC_AT)) {
            throw new FileFormatException(
                    "the checksum of the header is wrong: the file is damaged, write or copy it"
                            + " again");
        }
        long expected = bytes.get(SectionReader.LONG, FILE_LENGTH_AT);
        if (expected != length) {
            throw new FileFormatException(
                    length
                            + " bytes, but the header says "
                            + expected
                            + ": the file is truncated or has something appended, copy it again");
        }
    }

    private static int checksum(MemorySegment bytes) {
        CRC32C crc = new CRC32C();
        for (long at = 0; at < bytes.byteSize(); at += PORTION_BYTES) {
            long length = Math.min(PORTION_BYTES, bytes.byteSize() - at);
            crc.update(bytes.asSlice(at, length).asByteBuffer());
        }
        return (int) crc.getValue();
    }

    private static long roundUp(long offset) {
        return (offset + PAGE - 1) / PAGE * PAGE;
    }
}
