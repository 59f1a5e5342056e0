package io.sluice.benchmarks;

import io.sluice.InvalidArgumentException;
import io.sluice.OutOfMemoryException;
import io.sluice.runtime.Precision;
import io.sluice.structure.ChowLiuTree;

import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Measures inference and training and compares them with the machine's peak rates, in one run:
 * first the ceilings of arithmetic and of memory, then log-likelihoods, statistics and training
 * steps of circuits of several sizes. Prints a Markdown table; {@link ThroughputOptions#USAGE}
 * lists the options.
 */
public final class Throughput {
    private static final double GIGA = 1e9;

    /** Figures do not count if the machine was busier than this when the run began. */
    private static final double IDLE_LOAD = 0.5;

    private final ThroughputOptions options;

    private Throughput(ThroughputOptions options) {
        this.options = options;
    }

    /** Runs the measurements. */
    public static void main(String[] arguments) {
        try {
            Throughput throughput = new Throughput(ThroughputOptions.parse(arguments));
            if (throughput.options.json()) {
                throughput.measure(throughput::printJson);
            } else {
                throughput.printTables();
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

    private void printTables() {
        double load = Machine.load();
        System.out.printf(Locale.ROOT, "%s; load %.1f%n", Machine.describe(), load);
        if (load > IDLE_LOAD) {
            System.out.println();
            System.out.println("**The machine is not idle: do not quote these figures.**");
        }
        List<Ceilings> ceilings =
                Ceilings.measure(
                        options.threads(), System.getenv().getOrDefault("PYTHON", "python3"));
        System.out.println();
        System.out.println(
                "| threads | multiply-adds, GFLOP/s | matrix product, GFLOP/s | copy, GB/s |");
        System.out.println("|--:|--:|--:|--:|");
        for (Ceilings ceiling : ceilings) {
            System.out.printf(
                    Locale.ROOT,
                    "| %d | %s | %s | %.1f |%n",
                    ceiling.threads(),
                    ceiling.fused().isPresent()
                            ? fixed(ceiling.fused().getAsDouble(), 0)
                            : "no C compiler",
                    ceiling.product().isPresent()
                            ? fixed(ceiling.product().getAsDouble(), 0)
                            : "no NumPy",
                    ceiling.copy());
        }
        System.out.println();
        System.out.println(
                "| latents | batch | threads | | rows/s | GFLOP/s | of ceiling |"
                        + " GB/s, estimate | of copy |");
        System.out.println("|--:|--:|--:|---|--:|--:|--:|--:|--:|");
        measure(
                figure ->
                        ceilings.stream()
                                .filter(ceiling -> ceiling.threads() == figure.threads)
                                .findFirst()
                                .ifPresent(ceiling -> printRow(figure, ceiling)));
    }

    private void printRow(Figure figure, Ceilings ceiling) {
        System.out.printf(
                Locale.ROOT,
                "| %d | %d | %d | %s | %.0f | %.1f | %s | %.1f | %s |%n",
                figure.latents,
                figure.batch,
                figure.threads,
                figure.phase.title(),
                figure.rows(),
                figure.gigaflops(),
                ceiling.arithmetic().isPresent()
                        ? percent(figure.gigaflops() / ceiling.arithmetic().getAsDouble())
                        : "",
                figure.gigabytes(),
                percent(figure.gigabytes() / ceiling.copy()));
    }

    private void printJson(Figure figure) {
        System.out.printf(
                Locale.ROOT,
                "{\"peer\": \"Sluice\", \"structure\": \"%s\", \"phase\": \"%s\", \"K\": %d,"
                    + " \"params\": %d, \"edges\": %d, \"batch\": %d, \"threads\": %d,"
                    + " \"median_s\": %.9f, \"samples_per_s\": %.2f, \"load1\": %.2f, \"rss_mib\":"
                    + " %d}%n",
                options.structure().name().toLowerCase(Locale.ROOT),
                figure.phase.id(),
                figure.latents,
                figure.workload.sumWeights() + figure.workload.inputParameters(),
                figure.workload.edges(),
                figure.batch,
                figure.threads,
                figure.seconds,
                figure.rows(),
                Machine.load(),
                Machine.peakMebibytes().orElse(0));
    }

    private void measure(Consumer<Figure> report) {
        ChowLiuTree tree =
                options.tree()
                        .map(PixelTree::read)
                        .orElseGet(() -> PixelTree.random(Workload.SIDE));
        for (int latents : options.latents()) {
            Workload workload =
                    switch (options.structure()) {
                        case HCLT -> Workload.hclt(tree, latents);
                        case HMM -> Workload.hmm(latents, options.vocabulary(), options.length());
                        case QUAD -> Workload.quadGraph(latents);
                    };
            for (int batch : options.batches()) {
                for (int threads : options.threads()) {
                    measure(latents, batch, threads, workload, report);
                }
            }
        }
    }

    private void measure(
            int latents, int batch, int threads, Workload workload, Consumer<Figure> report) {
        try (BenchmarkEngine engine =
                new BenchmarkEngine(workload.circuit(), Precision.FAST, batch, threads)) {
            for (Phase phase : Phase.values()) {
                double seconds = Stopwatch.median(options.seconds(), () -> phase.run(engine));
                engine.discardStatistics();
                report.accept(new Figure(latents, batch, threads, phase, workload, seconds));
            }
        } catch (OutOfMemoryException e) {
            System.err.println(latents + " latents are left out: " + e.getMessage());
        }
    }

    private static String fixed(double value, int decimals) {
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }

    private static String percent(double share) {
        return fixed(100 * share, 0) + "%";
    }
}
