package io.sluice.benchmarks;

import io.sluice.InvalidArgumentException;
import io.sluice.OutOfMemoryException;
import io.sluice.runtime.Precision;
import io.sluice.structure.ChowLiuTree;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Measures inference and training beside what the machine can do, in one run: first the ceilings of
 * arithmetic and of memory, then log-likelihoods, statistics and training steps of circuits of
 * several sizes. Prints a Markdown table; {@link ThroughputOptions#USAGE} lists the options.
 */
public final class Throughput {
    private static final double GIGA = 1e9;

    private final ThroughputOptions options;
    private final PrintStream out;

    private Throughput(ThroughputOptions options, PrintStream out) {
        this.options = options;
        this.out = out;
    }

    /** Runs the measurements. */
    public static void main(String[] arguments) {
        try {
            Throughput throughput =
                    new Throughput(ThroughputOptions.parse(arguments), System.out);
            if (throughput.options.json()) {
                throughput.measure(throughput::printJson);
            } else {
                throughput.printTable();
            }
        } catch (InvalidArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
        }
    }

    private record Figure(
            int latents, int batch, int threads, Phase phase, Workload workload, double seconds) {
        double rows() {
            return batch / seconds;
        }

        double gigaflops() {
            return workload.flop(phase) * rows() / GIGA;
        }

        double gigabytes() {
            return workload.bytes(phase, batch) * rows() / GIGA;
        }
    }

    private interface Report {
        void add(Figure figure);
    }

    private record Ceilings(Map<Integer, Double> gigaflops, Map<Integer, Double> gigabytes) {}

    private void printTable() {
        print("%s; load %.1f", Machine.describe(), Machine.load());
        if (Machine.load() > Runtime.getRuntime().availableProcessors() / 4.0) {
            print("**The machine is not idle: do not quote these figures.**");
        }
        print("");
        Ceilings ceilings = measureCeilings();
        print("");
        print(
                "| latents | batch | threads | | rows/s | GFLOP/s | of product | GB/s (estimate) |"
                        + " of copy |");
        print("|--:|--:|--:|---|--:|--:|--:|--:|--:|");
        measure(figure -> printRow(figure, ceilings));
    }

    private Ceilings measureCeilings() {
        String python = System.getenv().getOrDefault("PYTHON", "python3");
        Map<Integer, Double> gigaflops = new TreeMap<>();
        Map<Integer, Double> gigabytes = new TreeMap<>();
        print("| threads | matrix product, GFLOP/s | copy, GB/s |");
        print("|--:|--:|--:|");
        for (int threads : options.threads()) {
            MatrixProductRate.measure(python, threads)
                    .ifPresent(rate -> gigaflops.put(threads, rate));
            gigabytes.put(threads, CopyBandwidth.measure(threads));
            Double product = gigaflops.get(threads);
            print(
                    "| %d | %s | %.1f |",
                    threads,
                    product == null ? "no NumPy" : fixed(product, 0),
                    gigabytes.get(threads));
        }
        if (gigaflops.isEmpty()) {
            print("");
            print(
                    "%s has no NumPy, so the ceiling of arithmetic was not measured: name a Python"
                            + " that has it in PYTHON.",
                    python);
        }
        return new Ceilings(gigaflops, gigabytes);
    }

    private void printRow(Figure figure, Ceilings ceilings) {
        print(
                "| %d | %d | %d | %s | %s | %s | %s | %s | %s |",
                figure.latents,
                figure.batch,
                figure.threads,
                figure.phase.title(),
                fixed(figure.rows(), 0),
                fixed(figure.gigaflops(), 1),
                share(figure.gigaflops(), ceilings.gigaflops.get(figure.threads)),
                fixed(figure.gigabytes(), 1),
                share(figure.gigabytes(), ceilings.gigabytes.get(figure.threads)));
    }

    private void printJson(Figure figure) {
        print(
                "{\"peer\": \"sluice\", \"structure\": \"%s\", \"phase\": \"%s\", \"K\": %d,"
                        + " \"batch\": %d, \"threads\": %d, \"median_s\": %.9f,"
                        + " \"samples_per_s\": %.2f, \"load1\": %.2f, \"rss_mib\": %d}",
                options.structure().name().toLowerCase(Locale.ROOT),
                figure.phase.id(),
                figure.latents,
                figure.batch,
                figure.threads,
                figure.seconds,
                figure.rows(),
                Machine.load(),
                Machine.peakMebibytes().orElse(0));
    }

    private void measure(Report report) {
        ChowLiuTree tree =
                options.tree()
                        .map(PixelTree::read)
                        .orElseGet(() -> PixelTree.random(Workload.SIDE));
        for (int latents : options.latents()) {
            Workload workload =
                    switch (options.structure()) {
                        case HCLT -> Workload.hclt(tree, latents);
                        case HMM ->
                                Workload.hmm(latents, options.vocabulary(), options.length());
                    };
            for (int batch : options.batches()) {
                for (int threads : options.threads()) {
                    measure(latents, batch, threads, workload, report);
                }
            }
        }
    }

    private void measure(int latents, int batch, int threads, Workload workload, Report report) {
        try (BenchmarkEngine engine =
                new BenchmarkEngine(workload.circuit(), Precision.FAST, batch, threads)) {
            for (Phase phase : Phase.values()) {
                double seconds = Stopwatch.median(options.seconds(), () -> phase.run(engine));
                engine.discardStatistics();
                report.add(new Figure(latents, batch, threads, phase, workload, seconds));
            }
        } catch (OutOfMemoryException e) {
            System.err.println(latents + " latents are left out: " + e.getMessage());
        }
    }

    private void print(String format, Object... values) {
        out.println(String.format(Locale.ROOT, format, values));
    }

    private static String fixed(double value, int decimals) {
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }

    private static String share(double value, Double ceiling) {
        return ceiling == null ? "" : fixed(100 * value / ceiling, 0) + "%";
    }
}
