package io.sluice.data.format;

import io.sluice.FileFormatException;
import io.sluice.data.ImageShape;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Header of a {@code .npy} file: a magic string, a version, and a Python dictionary with the keys
 * {@code descr}, {@code fortran_order} and {@code shape}.
 *
 * @param rows the first dimension
 * @param variables product of the other dimensions
 * @param image shape of the images that rows of bytes are, or null
 */
record NpyHeader(
        NpyType type, ByteOrder order, long rows, int variables, @Nullable ImageShape image) {

    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int LONGEST_HEADER = 1 << 16;
    private static final Pattern DESCR =
            Pattern.compile("['\"]descr['\"]\\s*:\\s*['\"]([^'\"]*)['\"]");
    private static final Pattern ORDER =
            Pattern.compile("['\"]fortran_order['\"]\\s*:\\s*(True|False)");
    private static final Pattern SHAPE =
            Pattern.compile("['\"]shape['\"]\\s*:\\s*\\(([0-9,\\s]*)\\)");

    /** Whether a file that starts with these bytes is a {@code .npy} file. */
    static boolean isStartedBy(byte[] head) {
        return head.length >= MAGIC.length
                && Arrays.equals(head, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
    }

    /** Reads the header; the stream then stands at the first value. */
    static NpyHeader read(SourceFile file, InputStream in) throws IOException {
        byte[] start = file.readHeader(in, MAGIC.length + 2);
        if (!isStartedBy(start)) {
            throw refused(file, "it does not start with \\x93NUMPY", "give a file saved by NumPy");
        }
        int major = start[MAGIC.length];
        if (major < 1 || major > 3) {
            throw refused(file, "it has format version " + major, "save it as version 1, 2 or 3");
        }
        byte[] lengthBytes = file.readHeader(in, major == 1 ? 2 : 4);
        ByteBuffer lengthBuffer = ByteBuffer.wrap(lengthBytes).order(ByteOrder.LITTLE_ENDIAN);
        long length =
                major == 1
                        ? Short.toUnsignedInt(lengthBuffer.getShort())
                        : Integer.toUnsignedLong(lengthBuffer.getInt());
        if (length > LONGEST_HEADER) {
            throw refused(
                    file,
                    "its header is " + length + " bytes long, at most " + LONGEST_HEADER + " fit",
                    "save a plain array");
        }
        String text = new String(file.readHeader(in, (int) length), StandardCharsets.UTF_8).strip();
        return parse(file, text);
    }

    private static NpyHeader parse(SourceFile file, String text) {
        String descr = find(file, DESCR, text, "descr");
        if (find(file, ORDER, text, "fortran_order").equals("True")) {
            throw refused(
                    file, "it is in Fortran order", "save numpy.ascontiguousarray(a) instead");
        }
        String shapeText = find(file, SHAPE, text, "shape");
        List<Long> shape = new ArrayList<>();
        for (String size : shapeText.split(",", -1)) {
            if (!size.isBlank()) {
                shape.add(parseSize(file, size.strip()));
            }
        }
        if (shape.isEmpty()) {
            throw refused(file, "it holds a single number", "save an array of rows");
        }
        long rows = shape.get(0);
        long variables = 1;
        for (long size : shape.subList(1, shape.size())) {
            variables = Math.min(variables * size, DataLimits.MAXIMUM_VARIABLES + 1L);
        }
        DataLimits.requireTable(file.path(), rows, variables);
        NpyType type = type(file, descr);
        return new NpyHeader(
                type,
                descr.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN,
                rows,
                (int) variables,
                type == NpyType.U8 ? image(shape) : null);
    }

    private static @Nullable ImageShape image(List<Long> shape) {
        int last = shape.size() - 1;
        if (last == 2) {
            return new ImageShape(shape.get(1).intValue(), shape.get(2).intValue(), 1);
        }
        if (last == 3 && (shape.get(1) == 1 || shape.get(1) == 3)) {
            return new ImageShape(
                    shape.get(2).intValue(), shape.get(3).intValue(), shape.get(1).intValue());
        }
        return null;
    }

    private static NpyType type(SourceFile file, String descr) {
        for (NpyType type : NpyType.values()) {
            if (descr.matches("[<>=|]?" + type.code())) {
                return type;
            }
        }
        throw refused(
                file,
                "its values are of type '" + descr + "'",
                "convert it to uint8, int32, int64, float32 or float64");
    }

    private static long parseSize(SourceFile file, String size) {
        try {
            long value = Long.parseLong(size);
            if (value <= Integer.MAX_VALUE) {
                return value;
            }
        } catch (NumberFormatException e) {
            // too long to be a number of rows: refused below
        }
        throw refused(file, "it has a dimension of " + size, "save fewer rows");
    }

    private static String find(SourceFile file, Pattern pattern, String text, String key) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw refused(file, "its header has no valid '" + key + "'", "save it with NumPy");
        }
        return matcher.group(1);
    }

    private static FileFormatException refused(SourceFile file, String what, String remedy) {
        return new FileFormatException(file + " cannot be read as .npy: " + what + "; " + remedy);
    }
}
