package io.sluice.data.format;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.SluiceException;
import io.sluice.data.Bytes;
import io.sluice.testing.Sweep;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;

/** Damaged files are read as something else or refused, and nothing worse happens. */
class HostileFilesTest {
    private static final int DAMAGES = Sweep.size(100, 400);

    private static final Map<String, byte[]> SOUND =
            Map.of(
                    "a-ubyte",
                            Bytes.idx(new int[] {2, 2, 3}, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12),
                    "a.npy", Bytes.npy("<f4", "(2, 3)", new byte[24]),
                    "a.bin", new byte[3073],
                    "a.csv",
                            "name,n,size\n\"x, y\",1,2.5\n?,0,-1e3\nz,,inf\n"
                                    .getBytes(StandardCharsets.UTF_8),
                    "a.data", "0 1 0\n1 1 0\n".getBytes(StandardCharsets.UTF_8),
                    "a.csv.gz", Bytes.gzip("a,b\n1,2.5\n3,4.5\n".getBytes(StandardCharsets.UTF_8)));

    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource({"a-ubyte", "a.npy", "a.bin", "a.csv", "a.data", "a.csv.gz"})
    void damage_is_refused_with_an_error_of_ours(String name) {
        byte[] sound = SOUND.getOrDefault(name, new byte[0]);
        for (int seed = 0; seed < DAMAGES; seed++) {
            Path file = Bytes.write(folder.resolve(name), damaged(sound, seed));
            try {
                assertTrue(Datasets.open(file.toString()).train().rows() > 0);
            } catch (SluiceException e) {
                assertTrue(String.valueOf(e.getMessage()).length() > 20, "an error that helps");
            }
        }
    }

    private static byte[] damaged(byte[] sound, int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] copy = sound.clone();
        for (int i = random.nextInt(4); i >= 0; i--) {
            copy[random.nextInt(copy.length)] = (byte) random.nextInt(256);
        }
        return random.nextInt(3) == 0 ? Arrays.copyOf(copy, random.nextInt(copy.length + 9)) : copy;
    }
}
