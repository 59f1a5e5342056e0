package io.sluice.benchmarks;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.InputFamily;
import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.Schema;
import io.sluice.data.format.DataOptions;
import io.sluice.data.format.Datasets;
import io.sluice.learning.ExpectationMaximization;
import io.sluice.runtime.Device;
import io.sluice.runtime.Engine;
import io.sluice.runtime.LogLikelihoods;
import io.sluice.structure.Hclt;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Trains a hidden Chow-Liu tree on each table of a folder of mixed tables, every column with the
 * leaf that fits it best, and prints mean test log-likelihoods (nats a row) as a Markdown table.
 *
 * <p>A table is a folder {@code NAME} with {@code NAME.train.csv.gz}, {@code NAME.valid.csv.gz},
 * {@code NAME.test.csv.gz} without headers, and {@code NAME.meta.json} with the lists {@code
 * meta_types}, {@code DISCRETE} or {@code REAL} for each column, and {@code domains}: all values of
 * a discrete column, or both ends of a real one. Cells that say {@code nan} are missing.
 */
public final class MixedTables {
    private static final int DEFAULT_LATENTS = 16;
    private static final int EPOCHS = 100;
    private static final int PATIENCE = 8;
    private static final int BATCH = 128;

    private MixedTables() {}

    /** Runs on a folder of tables; a second argument is the number of latents. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length < 1 || arguments.length > 2) {
            System.err.println("give a folder of tables and, if you like, the number of latents");
            System.exit(2);
        }
        int latents = arguments.length == 2 ? Integer.parseInt(arguments[1]) : DEFAULT_LATENTS;
        System.out.println(
                "| table | columns | train | factorised | HCLT-" + latents + " | leaves |");
        System.out.println("|---|--:|--:|--:|--:|---|");
        try (Stream<Path> folders = Files.list(Path.of(arguments[0]))) {
            for (Path folder : folders.filter(Files::isDirectory).sorted().toList()) {
                System.out.println(line(folder, latents));
            }
        } catch (InvalidArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
        }
    }

    private static String line(Path folder, int latents) {
        String name = folder.getFileName().toString();
        TableDescription description = TableDescription.read(folder.resolve(name + ".meta.json"));
        Dataset raw = part(folder, "train", description.continuous());
        Dataset rawValid = part(folder, "valid", description.continuous());
        List<InputFamily> families = new ArrayList<>();
        List<Column> columns = new ArrayList<>();
        double factorised = 0;
        Dataset rawTest = part(folder, "test", description.continuous());
        for (int v = 0; v < description.columns(); v++) {
            LeafChoice choice = LeafChoice.of(description.candidates(v), raw, rawValid, v);
            families.add(choice.family());
            factorised += choice.mean(rawTest, v);
            columns.add(
                    choice.family().finite()
                            ? Column.categorical("x" + v, choice.family().categories())
                            : Column.continuous("x" + v));
        }
        Schema schema = Schema.of(columns);
        Dataset train = part(folder, "train", schema);
        Circuit circuit = Hclt.builder(train, families).latents(latents).seed(1).build();
        try (Engine engine = Engine.compile(circuit, Device.auto())) {
            ExpectationMaximization.miniBatch()
                    .batchSize(BATCH)
                    .epochs(EPOCHS)
                    .validation(part(folder, "valid", schema))
                    .patience(PATIENCE)
                    .fit(engine, train);
            LogLikelihoods found = engine.logLikelihood(part(folder, "test", schema));
            String leaves =
                    families.stream()
                            .collect(
                                    Collectors.groupingBy(InputFamily::type, Collectors.counting()))
                            .entrySet()
                            .stream()
                            .sorted(Map.Entry.comparingByKey())
                            .map(entry -> entry.getValue() + " " + entry.getKey())
                            .collect(Collectors.joining(", "));
            return String.format(
                    Locale.ROOT,
                    "| %s | %d | %d | %.3f | %.3f | %s |",
                    name,
                    families.size(),
                    train.rows(),
                    factorised,
                    found.mean(),
                    leaves);
        }
    }

    private static Dataset part(Path folder, String which, Schema schema) {
        Path file = folder.resolve(folder.getFileName() + "." + which + ".csv.gz");
        return Datasets.open(file.toString(), DataOptions.defaults().withSchema(schema)).train();
    }
}
