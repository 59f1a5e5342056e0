package io.sluice.benchmarks;

import io.sluice.InvalidArgumentException;
import io.sluice.runtime.Device;
import io.sluice.runtime.EngineOptions;
import io.sluice.runtime.Precision;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * Arguments of {@link DeviceThroughput}.
 *
 * @param device that is measured
 * @param engine precision and threads
 * @param circuits names of {@link Shapes}
 * @param batches rows per batch
 * @param seconds least duration of each measurement
 * @param roofline of the device
 * @param checkedRows rows whose log-likelihoods are checked, instead of measuring; 0: none
 * @param seed of the rows that are checked
 * @param json one line of JSON for each figure instead of a table
 */
record DeviceOptions(
        Device device,
        EngineOptions engine,
        List<String> circuits,
        List<Integer> batches,
        double seconds,
        Roofline roofline,
        int checkedRows,
        long seed,
        boolean json) {

    static final String USAGE =
            """
            usage: DeviceThroughput [OPTION VALUE]...
              --device       cuda, cuda:N, cpu or auto; by default auto
              --precision    fast or precise; by default fast
              --threads      of a cpu; by default one for each processor
              --circuits     list of names such as hclt784-256, hclt768-64, pd784-128, pd768-128, rat784-256 (latents),
                             hclt784m-256 (leaves merged), hclt784-64b8 (blocks of 8) and hmm32-512-v33279 (states, words);
                             by default some of each
              --batch        list of batch sizes up to 4096, by default 512,64
              --seconds      that each figure is measured for, by default 1
              --peak-tflops  peak rate of the device's arithmetic in TFLOP/s, for the roofline
              --peak-gbytes  peak rate of its memory in GB/s
              --format       table (Markdown) or json (a line for each figure); by default table
              --check        ROWS: instead of measuring, compares the log-likelihoods of as many fresh random rows with
                             those in float64 on the CPU, before and after three training steps
              --seed         of these rows, by default another one each time
            """;

    /**
     * @throws InvalidArgumentException naming the argument that cannot be used
     */
    static DeviceOptions parse(String[] arguments) {
        Parser parser = new Parser();
        for (int i = 0; i < arguments.length; i += 2) {
            if (i + 1 == arguments.length) {
                throw unusable(arguments[i], "nothing", "a value after it");
            }
            parser.take(arguments[i], arguments[i + 1]);
        }
        return parser.options();
    }

    private static final class Parser {
        private String device = "auto";
        private EngineOptions engine = EngineOptions.defaults();
        private List<String> circuits = Shapes.DEFAULT;
        private List<Integer> batches = List.of(512, 64);
        private double seconds = 1;
        private OptionalDouble teraflops = OptionalDouble.empty();
        private OptionalDouble gigabytes = OptionalDouble.empty();
        private int checkedRows;
        private long seed = System.nanoTime();
        private boolean json;

        void take(String name, String value) {
            switch (name) {
                case "--device" -> device = value;
                case "--precision" -> engine = engine.withPrecision(precision(name, value));
                case "--threads" -> engine = engine.withThreads(number(name, value));
                case "--circuits" -> circuits = List.of(value.split(",", -1));
                case "--batch" -> batches = batches(name, value);
                case "--seconds" -> seconds = positive(name, value);
                case "--peak-tflops" -> teraflops = OptionalDouble.of(positive(name, value));
                case "--peak-gbytes" -> gigabytes = OptionalDouble.of(positive(name, value));
                case "--format" -> json = isJson(name, value);
                case "--check" -> checkedRows = number(name, value);
                case "--seed" -> seed = number(name, value);
                default -> throw unusable(name, value, "one of the options below");
            }
        }

        DeviceOptions options() {
            return new DeviceOptions(
                    Device.parse(device),
                    engine,
                    circuits,
                    batches,
                    seconds,
                    new Roofline(teraflops, gigabytes),
                    checkedRows,
                    seed,
                    json);
        }

        private static Precision precision(String name, String value) {
            return switch (value.toLowerCase(Locale.ROOT)) {
                case "fast" -> Precision.FAST;
                case "precise" -> Precision.PRECISE;
                default -> throw unusable(name, value, "fast or precise");
            };
        }

        private static List<Integer> batches(String name, String value) {
            List<Integer> batches =
                    Stream.of(value.split(",", -1)).map(word -> number(name, word)).toList();
            if (Collections.max(batches) > RandomRows.ROWS) {
                throw unusable(name, value, "at most " + RandomRows.ROWS + " rows");
            }
            return batches;
        }

        private static boolean isJson(String name, String value) {
            if (!value.equals("table") && !value.equals("json")) {
                throw unusable(name, value, "table or json");
            }
            return value.equals("json");
        }

        private static int number(String name, String value) {
            if (!value.matches("[1-9][0-9]{0,8}")) {
                throw unusable(name, value, "whole numbers from 1");
            }
            return Integer.parseInt(value);
        }

        private static double positive(String name, String value) {
            if (!value.matches("[0-9]{1,6}(\\.[0-9]{1,5})?") || Double.parseDouble(value) == 0) {
                throw unusable(name, value, "a number over 0 such as 0.5");
            }
            return Double.parseDouble(value);
        }
    }

    private static InvalidArgumentException unusable(String name, String value, String expected) {
        return new InvalidArgumentException(
                name + " is given " + value + ", expected " + expected + "\n" + USAGE);
    }
}
