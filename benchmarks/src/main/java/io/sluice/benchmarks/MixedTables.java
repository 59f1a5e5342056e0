package io.sluice.benchmarks;

import io.sluice.InvalidArgumentException;
import io.sluice.data.Column;
import io.sluice.data.DataParts;
import io.sluice.data.Dataset;
import io.sluice.data.Numbers;
import io.sluice.data.Schema;
import io.sluice.data.format.DataOptions;
import io.sluice.data.format.Datasets;
import io.sluice.data.format.UnseenRule;
import io.sluice.runtime.Device;
import io.sluice.runtime.Engine;
import io.sluice.tables.BinCoding;
import io.sluice.tables.TableFit;
import io.sluice.tables.TableTrainer;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Trains each table of a folder of mixed tables by default, as {@code sluice train --data} does,
 * and prints mean test log-likelihoods (nats a row) as a Markdown table. Beside them stand those of
 * the columns taken alone, each with the leaf that fits it best: one of the parametric families, or
 * one of these and the column's bins.
 *
 * <p>All models are judged on the same rows and columns: columns that the default leaves out and
 * rows with a value that the training rows lack count for none. Densities are per unit of the file.
 *
 * <p>A table is a folder {@code NAME} with {@code NAME.train.csv.gz}, {@code NAME.valid.csv.gz},
 * {@code NAME.test.csv.gz} without headers, and {@code NAME.meta.json} with the lists {@code
 * meta_types}, {@code DISCRETE} or {@code REAL} for each column, and {@code domains}: all values of
 * a discrete column, or both ends of a real one. Cells that say {@code nan} are missing.
 */
public final class MixedTables {
    private static final double NANOS = 1e9;

    private MixedTables() {}

    /** Runs on a folder of tables; further arguments name those to run, by default all. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length < 1) {
            System.err.println("give a folder of tables and, if you like, names of some of them");
            System.exit(2);
        }
        List<String> names = List.of(arguments).subList(1, arguments.length);
        System.out.println(
                "| table | columns | train | test | leaves alone | leaves or bins alone | default"
                        + " | s | chosen |");
        System.out.println("|---|--:|--:|--:|--:|--:|--:|--:|---|");
        try (Stream<Path> folders = Files.list(Path.of(arguments[0]))) {
            for (Path folder : folders.filter(Files::isDirectory).sorted().toList()) {
                if (names.isEmpty() || names.contains(folder.getFileName().toString())) {
                    System.out.println(line(folder));
                }
            }
        } catch (InvalidArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
        }
    }

    private static String line(Path folder) {
        String name = folder.getFileName().toString();
        DataOptions options =
                DataOptions.defaults()
                        .withHeader(false)
                        .withUnseen(UnseenRule.MISSING)
                        .withCoding(new BinCoding());
        DataParts parts =
                Datasets.open(
                        file(folder, "train"),
                        file(folder, "valid"),
                        file(folder, "test"),
                        options);
        Dataset valid = Objects.requireNonNull(parts.valid());
        Dataset allTest = Objects.requireNonNull(parts.test());
        int[] known =
                IntStream.range(0, Math.toIntExact(allTest.rows()))
                        .filter(row -> !allTest.hasUnseen(row))
                        .toArray();
        Dataset test = allTest.rows(known);

        long start = System.nanoTime();
        TableFit fit =
                TableTrainer.create()
                        .validation(valid)
                        .fit(parts.train(), c -> Engine.compile(c, Device.auto()));
        double seconds = (System.nanoTime() - start) / NANOS;
        double found;
        try (Engine engine = Engine.compile(fit.circuit(), Device.auto())) {
            double sum = engine.logLikelihood(test).mean() * test.rows();
            for (long row = 0; row < test.rows(); row++) {
                sum -= test.logUnits(row);
            }
            found = sum / test.rows();
        }
        double[] alone = alone(folder, name, new Coded(parts.train(), valid, test), known);
        return String.format(
                Locale.ROOT,
                "| %s | %d | %d | %d | %.3f | %.3f | %.3f | %.1f | %s |",
                name,
                test.variables(),
                parts.train().rows(),
                test.rows(),
                alone[0],
                alone[1],
                found,
                seconds,
                fit.chosen().structure());
    }

    /** Rows as the default codes them. */
    private record Coded(Dataset train, Dataset valid, Dataset test) {}

    /** The best leaves alone, without and with bins among them. */
    private static double[] alone(Path folder, String name, Coded coded, int[] known) {
        TableDescription description = TableDescription.read(folder.resolve(name + ".meta.json"));
        Dataset train = raw(folder, "train", description.continuous());
        Dataset valid = raw(folder, "valid", description.continuous());
        Dataset test = raw(folder, "test", description.continuous()).rows(known);
        double leaves = 0;
        double leavesOrBins = 0;
        Schema schema = coded.train().schema();
        for (int v = 0; v < schema.variables(); v++) {
            int column = Integer.parseInt(schema.column(v).name().substring(1)); // x0, x1, ...
            LeafChoice leaf = LeafChoice.of(description.candidates(column), train, valid, column);
            BinsAlone bins = new BinsAlone(coded.train(), v);
            double leafValid = leaf.mean(valid, column);
            double leafTest = leaf.mean(test, column);
            boolean better = bins.mean(coded.valid()) > leafValid;
            leaves += leafTest;
            leavesOrBins += better ? bins.mean(coded.test()) : leafTest;
        }
        return new double[] {leaves, leavesOrBins};
    }

    /** The bins or categories of a column, by how often training rows have them. */
    private static final class BinsAlone {
        private final int variable;
        private final double[] logs;

        BinsAlone(Dataset train, int variable) {
            this.variable = variable;
            Column column = train.schema().column(variable);
            @Nullable Numbers numbers = column.numbers();
            double[] counts = new double[column.categories()];
            double total = 0;
            for (long row = 0; row < train.rows(); row++) {
                if (!train.isMissing(row, variable)) {
                    counts[(int) train.value(row, variable)]++;
                    total++;
                }
            }
            logs = new double[counts.length];
            for (int k = 0; k < logs.length; k++) {
                logs[k] = Math.log((counts[k] + 1) / (total + logs.length));
                logs[k] -= numbers == null ? 0 : numbers.logWidth(k);
            }
        }

        double mean(Dataset rows) {
            double sum = 0;
            for (long row = 0; row < rows.rows(); row++) {
                sum += rows.isMissing(row, variable) ? 0 : logs[(int) rows.value(row, variable)];
            }
            return sum / rows.rows();
        }
    }

    private static String file(Path folder, String which) {
        return folder.resolve(folder.getFileName() + "." + which + ".csv.gz").toString();
    }

    private static Dataset raw(Path folder, String which, Schema schema) {
        DataOptions options = DataOptions.defaults().withHeader(false).withSchema(schema);
        return Datasets.open(file(folder, which), options).train();
    }
}
