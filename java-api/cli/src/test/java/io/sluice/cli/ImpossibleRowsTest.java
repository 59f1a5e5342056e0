package io.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Every query says of the same rows that they are impossible, and answers the others. */
class ImpossibleRowsTest {
    private static final int VARIABLES = 4;

    @TempDir Path folder;

    /** A mixture of two products of Bernoullis, many of which are certain. */
    private Path model(SplittableRandom random) throws IOException {
        StringBuilder nodes = new StringBuilder();
        for (int v = 0; v < VARIABLES; v++) {
            nodes.append(
                    "{\"kind\":\"input\",\"var\":%d,\"nodes\":2,\"dist\":{\"type\":\"bernoulli\"},\"params\":[%s,%s]},"
                            .formatted(v, probability(random), probability(random)));
        }
        return Files.writeString(
                folder.resolve("m.json"),
                "{\"name\":\"m\",\"nodes\":["
                        + nodes
                        + "{\"kind\":\"product\",\"children\":[0,1,2,3],"
                        + "\"edges\":[[0,0,0,0],[1,1,1,1]]},"
                        + "{\"kind\":\"sum\",\"children\":[4],\"nodes\":1,"
                        + "\"edges\":[[0,0,0.25],[0,1,0.75]]}]}");
    }

    private static double probability(SplittableRandom random) {
        return random.nextInt(3) == 0 ? random.nextInt(1, 8) / 8.0 : random.nextInt(2);
    }

    private static List<String> rows(SplittableRandom random) {
        List<String> rows = new ArrayList<>();
        for (int r = 0; r < 30; r++) {
            rows.add(
                    IntStream.range(0, VARIABLES)
                            .mapToObj(v -> random.nextInt(3) == 0 ? "" : "" + random.nextInt(2))
                            .collect(Collectors.joining(",")));
        }
        return rows;
    }

    private Path table(String name, List<String> rows) throws IOException {
        return Files.writeString(
                folder.resolve(name), "x0,x1,x2,x3\n" + String.join("\n", rows) + "\n");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5})
    void impossible_rows_are_named_alike_and_the_others_answered(int seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        Path model = model(random);
        List<String> rows = rows(random);
        Path data = table("all.csv", rows);
        Path scores = folder.resolve("s.csv");
        JsonNode scored =
                Cli.run("score --json --model", model, "--data", data, "--out", scores).json();
        List<String> lines = Files.readAllLines(scores);
        List<Integer> impossible =
                IntStream.range(0, rows.size())
                        .filter(r -> lines.get(r + 1).equals("-Infinity"))
                        .boxed()
                        .toList();
        String named = impossible.toString().replace(" ", ""); // as JSON writes a list
        assertTrue(!impossible.isEmpty() && impossible.size() < rows.size());
        assertEquals(named, scored.get("impossible_rows").toString());
        List<String> others =
                IntStream.range(0, rows.size())
                        .filter(r -> !impossible.contains(r))
                        .mapToObj(rows::get)
                        .toList();
        Path possible = table("possible.csv", others);

        for (String line :
                List.of(
                        "impute --method mpe --data",
                        "impute --method mean --data",
                        "impute --method sample --data",
                        "sample --count 1 --evidence")) {
            Path out = folder.resolve("out.csv");
            Cli.Result result = Cli.run(line, data, "--json --model", model, "--out", out);
            assertEquals(named, result.json().get("impossible_rows").toString(), line);
            assertTrue(result.err().contains("warning: " + impossible.size() + " of 30 rows"));
            List<String> filled = Files.readAllLines(out);
            Cli.run(line, possible, "--json --model", model, "--out", out).json();
            List<String> expected = new ArrayList<>(Files.readAllLines(out));
            for (int row : impossible) {
                expected.add(row + 1, rows.get(row));
            }
            assertEquals(expected, filled, line);
        }

        Path out = folder.resolve("c.json");
        JsonNode report =
                Cli.run("condition --json --data", data, "--model", model, "--out", out).json();
        assertEquals(named, report.get("impossible_rows").toString());
        for (JsonNode cell : JsonMapper.shared().readTree(Files.readString(out))) {
            boolean known = !impossible.contains(cell.get("row").asInt());
            assertEquals(known, cell.has("probabilities"));
            assertEquals(!known, cell.has("impossible"));
        }
        JsonNode evaluated = Cli.run("evaluate --json --data", data, "--model", model).json();
        assertEquals(named, evaluated.get("impossible_rows").toString());
    }
}
