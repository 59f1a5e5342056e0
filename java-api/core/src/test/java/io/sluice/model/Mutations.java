package io.sluice.model;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;

/** Random damage to valid files. The same seed does the same damage. */
public final class Mutations {
    private static final long[] NUMBERS = {
        -1,
        0,
        1,
        2,
        3,
        7,
        127,
        128,
        255,
        1000,
        65535,
        1 << 20,
        1 << 30,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        0x7fc00000,
        0x7f800000,
        1,
    };
    private static final List<String> WORDS =
            List.of(
                    "-1",
                    "0",
                    "1",
                    "2",
                    "999999999",
                    "2147483647",
                    "2147483648",
                    "1e308",
                    "1e-40",
                    "-inf",
                    "NaN",
                    "null",
                    "true",
                    "\"\"",
                    "[]",
                    "{}",
                    "[",
                    "]",
                    "{",
                    "}",
                    ",",
                    ":",
                    "\"",
                    "\\u0000",
                    "\\ud800",
                    "[[[[[[[[[[",
                    "external",
                    "categorical");

    private final Random random;

    public Mutations(long seed) {
        random = new Random(seed);
    }

    /** A damaged copy. */
    public byte[] of(byte[] valid) {
        byte[] bytes = valid;
        for (int times = 1 + random.nextInt(3); times > 0; times--) {
            bytes = once(bytes.length == 0 ? new byte[1] : bytes.clone());
        }
        return bytes;
    }

    private byte[] once(byte[] bytes) {
        int at = random.nextInt(bytes.length);
        int length = Math.min(bytes.length - at, 1 + random.nextInt(16));
        switch (random.nextInt(8)) {
            case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> bytes[at] = (byte) random.nextInt(256);
            case 2 -> number(bytes, at, Integer.BYTES);
            case 3 -> number(bytes, at, Long.BYTES);
            case 4 -> {
                return spliced(bytes, at, at + length, new byte[0]);
            }
            case 5 -> {
                return spliced(bytes, at, at, Arrays.copyOfRange(bytes, at, at + length));
            }
            case 6 -> {
                byte[] word =
                        WORDS.get(random.nextInt(WORDS.size())).getBytes(StandardCharsets.UTF_8);
                return spliced(bytes, at, random.nextBoolean() ? at : at + length, word);
            }
            default -> {
                int from = random.nextInt(bytes.length - length + 1);
                System.arraycopy(bytes.clone(), from, bytes, at, length);
            }
        }
        return bytes;
    }

    private void number(byte[] bytes, int at, int width) {
        long number = NUMBERS[random.nextInt(NUMBERS.length)];
        int aligned = random.nextBoolean() ? at / width * width : at;
        for (int i = 0; i < width && aligned + i < bytes.length; i++) {
            bytes[aligned + i] = (byte) (number >> (Byte.SIZE * i));
        }
    }

    private static byte[] spliced(byte[] bytes, int from, int to, byte[] with) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(bytes, 0, from);
        out.writeBytes(with);
        out.write(bytes, to, bytes.length - to);
        return out.toByteArray();
    }

    /** A model file with one damaged section, whose offsets, lengths and checksums are right. */
    public byte[] ofModelFile(byte[] valid) {
        ByteBuffer file = ByteBuffer.wrap(valid).order(ByteOrder.LITTLE_ENDIAN);
        int damaged = random.nextInt(4);
        byte[][] sections = new byte[4][];
        for (int s = 0; s < 4; s++) {
            int offset = (int) file.getLong(32 + 24 * s);
            int length = (int) file.getLong(40 + 24 * s);
            byte[] section = Arrays.copyOfRange(valid, offset, offset + length);
            sections[s] = s == damaged ? of(section) : section;
        }
        return modelFile(sections);
    }

    /** A model file of these sections. */
    static byte[] modelFile(byte[]... sections) {
        int end = 128;
        int[] offsets = new int[4];
        for (int s = 0; s < 4; s++) {
            offsets[s] = s == 3 ? (end + 4095) / 4096 * 4096 : end;
            end = offsets[s] + sections[s].length;
        }
        ByteBuffer file = ByteBuffer.allocate(end).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(0x0A1A0A0D_554C5389L).putInt(2).putInt(0).putLong(end).putLong(0);
        for (int s = 0; s < 4; s++) {
            file.putLong(offsets[s]).putLong(sections[s].length);
            file.putInt(checksum(sections[s], 0, sections[s].length)).putInt(0);
        }
        for (int s = 0; s < 4; s++) {
            file.put(offsets[s], sections[s]);
        }
        file.putInt(12, checksum(file.array(), 16, 112));
        return file.array();
    }

    private static int checksum(byte[] bytes, int from, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, length);
        return (int) crc.getValue();
    }
}
