package io.sluice.benchmarks;

import io.sluice.runtime.Precision;
import io.sluice.structure.ChowLiuTree;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * Measures how the cost of hidden Chow-Liu trees grows with variables, rows of a batch and latents,
 * and falls with threads. Prints a Markdown table of each and the exponent of the power law that
 * fits it (least squares on logarithms). Part of a batch's cost does not grow with its rows, and
 * part of that of latents grows with nodes rather than edges. So it also fits the sum of two parts
 * (least squares on relative deviations).
 */
public final class ScalingTable {
    /** Height and width of the images. */
    private static final int[][] IMAGES = {{8, 8}, {16, 16}, {28, 28}, {32, 48}, {48, 64}};

    private static final int[] BATCHES = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024};
    private static final int[] LATENTS = {16, 32, 64, 128, 256, 512};
    private static final int[] MNIST = {28, 28};
    private static final int USUAL_LATENTS = 32;
    private static final int USUAL_BATCH = 256;

    /** The exponent is fitted from this batch on: smaller ones fetch weights for few rows. */
    private static final int FEWEST_FITTED_ROWS = 64;

    private static final double SECONDS = 0.3;
    private static final double MICRO = 1e6;

    private final int most = Math.min(2, Runtime.getRuntime().availableProcessors());

    private ScalingTable() {}

    /** Seconds of a batch. */
    private record Cost(long edges, int latents, int rows, double forward, double step) {}

    /** Runs all of it. */
    public static void main(String[] arguments) {
        if (arguments.length > 0) {
            System.err.println(arguments[0] + " is given, but there are no options");
            System.exit(2);
        }
        System.out.printf(Locale.ROOT, "%s; load %.1f%n", Machine.describe(), Machine.load());
        ScalingTable table = new ScalingTable();
        table.variables();
        table.batches();
        table.latents();
    }

    private void variables() {
        title("variables", USUAL_LATENTS + " latents, batch " + USUAL_BATCH);
        List<Cost> costs = new ArrayList<>();
        for (int[] image : IMAGES) {
            costs.add(row(image[0] * image[1], image, USUAL_LATENTS, USUAL_BATCH));
        }
        exponents("edges", costs, Cost::edges);
    }

    private void batches() {
        title("batch", "784 variables, " + USUAL_LATENTS + " latents");
        List<Cost> costs = new ArrayList<>();
        for (int batch : BATCHES) {
            Cost cost = row(batch, MNIST, USUAL_LATENTS, batch);
            if (batch >= FEWEST_FITTED_ROWS) {
                costs.add(cost);
            }
        }
        exponents("rows, from " + FEWEST_FITTED_ROWS, costs, Cost::rows);
        parts("a batch and its rows", costs, c -> 1, Cost::rows);
    }

    private void latents() {
        title("latents", "784 variables, batch " + USUAL_BATCH);
        List<Cost> costs = new ArrayList<>();
        for (int latents : LATENTS) {
            costs.add(row(latents, MNIST, latents, USUAL_BATCH));
        }
        exponents("edges", costs, Cost::edges);
        parts("nodes and edges", costs, Cost::latents, Cost::edges);
    }

    private void title(String what, String rest) {
        System.out.printf("%n%s.%n%n", rest);
        System.out.printf(
                "| %s | forward, us a row, 1 thread | %d threads | ratio | training step, us a row,"
                        + " 1 thread | %d threads | ratio |%n",
                what, most, most);
        System.out.println("|--:|--:|--:|--:|--:|--:|--:|");
    }

    /** Prints a row; returns its cost with all threads. */
    private Cost row(int label, int[] image, int latents, int batch) {
        ChowLiuTree tree = PixelTree.random(image[0], image[1]);
        Workload workload = Workload.hclt(tree, latents);
        Cost one = measure(workload, latents, batch, 1);
        Cost all = measure(workload, latents, batch, most);
        System.out.printf(
                Locale.ROOT,
                "| %d | %.2f | %.2f | %.2f | %.2f | %.2f | %.2f |%n",
                label,
                MICRO * one.forward / batch,
                MICRO * all.forward / batch,
                one.forward / all.forward,
                MICRO * one.step / batch,
                MICRO * all.step / batch,
                one.step / all.step);
        return all;
    }

    private static Cost measure(Workload workload, int latents, int batch, int threads) {
        try (BenchmarkEngine engine =
                new BenchmarkEngine(workload.circuit(), Precision.FAST, batch, threads)) {
            double forward = Stopwatch.median(SECONDS, () -> Phase.FORWARD.run(engine));
            double step = Stopwatch.median(SECONDS, () -> Phase.STEP.run(engine));
            return new Cost(workload.edges(), latents, batch, forward, step);
        }
    }

    private static void exponents(String of, List<Cost> costs, ToDoubleFunction<Cost> size) {
        double[] sizes = logarithms(costs, size);
        System.out.printf(
                Locale.ROOT,
                "%nExponent of the time of a batch in %s: forward %.2f, training step %.2f.%n",
                of,
                slope(sizes, logarithms(costs, Cost::forward)),
                slope(sizes, logarithms(costs, Cost::step)));
    }

    private static double[] logarithms(List<Cost> costs, ToDoubleFunction<Cost> of) {
        return costs.stream().mapToDouble(of).map(Math::log).toArray();
    }

    private static void parts(
            String of,
            List<Cost> costs,
            ToDoubleFunction<Cost> first,
            ToDoubleFunction<Cost> second) {
        System.out.printf(
                Locale.ROOT,
                "Parts in proportion to %s: forward %s, training step %s.%n",
                of,
                parts(costs, first, second, Cost::forward),
                parts(costs, first, second, Cost::step));
    }

    /** Fits time = a first + b second. */
    private static String parts(
            List<Cost> costs,
            ToDoubleFunction<Cost> first,
            ToDoubleFunction<Cost> second,
            ToDoubleFunction<Cost> time) {
        double xx = 0;
        double xy = 0;
        double yy = 0;
        double x1 = 0;
        double y1 = 0;
        for (Cost cost : costs) {
            double x = first.applyAsDouble(cost) / time.applyAsDouble(cost);
            double y = second.applyAsDouble(cost) / time.applyAsDouble(cost);
            xx += x * x;
            xy += x * y;
            yy += y * y;
            x1 += x;
            y1 += y;
        }
        double determinant = xx * yy - xy * xy;
        double a = (x1 * yy - y1 * xy) / determinant;
        double b = (y1 * xx - x1 * xy) / determinant;
        double worst = 0;
        for (Cost cost : costs) {
            double fitted = a * first.applyAsDouble(cost) + b * second.applyAsDouble(cost);
            worst = Math.max(worst, Math.abs(fitted / time.applyAsDouble(cost) - 1));
        }
        return String.format(
                Locale.ROOT,
                "%.3g and %.3g us each, off by %.0f%% at most",
                MICRO * a,
                MICRO * b,
                100 * worst);
    }

    private static double slope(double[] x, double[] y) {
        double meanX = mean(x);
        double meanY = mean(y);
        double above = 0;
        double below = 0;
        for (int i = 0; i < x.length; i++) {
            above += (x[i] - meanX) * (y[i] - meanY);
            below += (x[i] - meanX) * (x[i] - meanX);
        }
        return above / below;
    }

    private static double mean(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum / values.length;
    }
}
