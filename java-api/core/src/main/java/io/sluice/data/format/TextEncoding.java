package io.sluice.data.format;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * How the characters of a text file are stored: UTF-16 when a byte order mark says so, UTF-8 when
 * the whole file is valid UTF-8, otherwise Windows-1252, or ISO-8859-1 when the file has bytes that
 * Windows-1252 leaves undefined.
 *
 * @param bom length of the byte order mark; 0 for none
 */
record TextEncoding(Charset charset, int bom) {
    private static final int BUFFER = 1 << 16;
    private static final int MARK_BYTES = 3;
    private static final char MARK = '\uFEFF';
    private static final Charset WINDOWS = Charset.forName("windows-1252");
    private static final byte[] UNDEFINED_IN_WINDOWS = {
        (byte) 0x81, (byte) 0x8D, (byte) 0x8F, (byte) 0x90, (byte) 0x9D
    };

    static TextEncoding of(SourceFile file, Notes notes) {
        byte[] head = file.head(MARK_BYTES);
        for (Charset charset :
                new Charset[] {StandardCharsets.UTF_16BE, StandardCharsets.UTF_16LE}) {
            if (startsWithMark(head, charset)) {
                return new TextEncoding(charset, 2);
            }
        }
        int bom = startsWithMark(head, StandardCharsets.UTF_8) ? MARK_BYTES : 0;
        if (file.read(TextEncoding::isUtf8)) {
            return new TextEncoding(StandardCharsets.UTF_8, bom);
        }
        Charset charset = file.read(TextEncoding::singleBytes);
        notes.add(
                file
                        + " is not UTF-8 and is read as "
                        + charset
                        + ": save it as UTF-8 if its texts look wrong");
        return new TextEncoding(charset, 0);
    }

    /** A reader of the characters after the byte order mark. */
    Reader reader(InputStream in) throws IOException {
        in.skipNBytes(bom);
        return new BufferedReader(new InputStreamReader(in, charset), BUFFER);
    }

    /** The bytes that start the file. */
    byte[] mark() {
        return bom == 0 ? new byte[0] : String.valueOf(MARK).getBytes(charset);
    }

    private static boolean startsWithMark(byte[] head, Charset charset) {
        byte[] mark = String.valueOf(MARK).getBytes(charset);
        return head.length >= mark.length
                && Arrays.equals(head, 0, mark.length, mark, 0, mark.length);
    }

    private static boolean isUtf8(InputStream in) throws IOException {
        CharsetDecoder decoder =
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer bytes = ByteBuffer.allocate(BUFFER);
        CharBuffer characters = CharBuffer.allocate(BUFFER);
        boolean ended = false;
        while (!ended) {
            int n = in.read(bytes.array(), bytes.position(), bytes.remaining());
            ended = n < 0;
            bytes.position(bytes.position() + Math.max(n, 0)).flip();
            CoderResult result = decoder.decode(bytes, characters.clear(), ended);
            if (result.isError()) {
                return false;
            }
            bytes.compact();
        }
        return true;
    }

    private static Charset singleBytes(InputStream in) throws IOException {
        byte[] buffer = new byte[BUFFER];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            for (int i = 0; i < n; i++) {
                if (buffer[i] < 0 && undefined(buffer[i])) {
                    return StandardCharsets.ISO_8859_1;
                }
            }
        }
        return WINDOWS;
    }

    private static boolean undefined(byte value) {
        for (byte none : UNDEFINED_IN_WINDOWS) {
            if (value == none) {
                return true;
            }
        }
        return false;
    }
}
