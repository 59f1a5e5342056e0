package io.sluice.tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.data.Dataset;
import io.sluice.learning.ExpectationMaximization;
import io.sluice.runtime.Engine;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** Engines at the same time, one after the other, and used by several threads. */
class LifetimeTest {
    private static final Path PROCESS_STATUS = Path.of("/proc/self/status");
    private static final long KIBIBYTES_OF_NOISE = 64 << 10;

    static Stream<EngineKind> engines() {
        return Engines.usable();
    }

    static Stream<EngineKind> kernels() {
        return Engines.kernels();
    }

    private static double[] learned(EngineKind kind, Circuit circuit, Dataset rows) {
        try (Engine engine = kind.compile(circuit)) {
            for (int step = 0; step < 3; step++) {
                engine.accumulate(rows);
                engine.update(0.5, 0.1);
            }
            return engine.logLikelihood(rows).values();
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void engines_in_two_threads_give_the_same_bits_as_alone(EngineKind kind) throws Exception {
        Circuit one = RandomCircuit.mixed(5);
        Circuit other = RandomCircuit.mixed(6);
        Dataset oneRows = Rows.random(one, 50, 0.1, 1);
        Dataset otherRows = Rows.random(other, 50, 0.1, 2);
        double[] oneAlone = learned(kind, one, oneRows);
        double[] otherAlone = learned(kind, other, otherRows);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            Future<double[]> first = threads.submit(() -> learned(kind, one, oneRows));
            Future<double[]> second = threads.submit(() -> learned(kind, other, otherRows));
            assertArrayEquals(oneAlone, first.get());
            assertArrayEquals(otherAlone, second.get());
        } finally {
            threads.shutdownNow();
        }
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void engines_give_back_their_memory_and_threads(EngineKind kind) throws IOException {
        assumeTrue(Files.exists(PROCESS_STATUS), "only Linux tells how much memory is in use");
        Circuit circuit = LogicCircuit.exactly(4, 10);
        Dataset rows = Rows.random(circuit, 20, 0.5, 1);
        openAndClose(kind, circuit, rows, 20);
        long memory = status("VmRSS");
        long threads = status("Threads");
        openAndClose(kind, circuit, rows, kind.size(60, 200));
        long grown = status("VmRSS") - memory;
        assertTrue(grown < KIBIBYTES_OF_NOISE, () -> "grown by " + grown + " KiB");
        assertTrue(status("Threads") <= threads + 5);
    }

    private static void openAndClose(EngineKind kind, Circuit circuit, Dataset rows, int times) {
        for (int i = 0; i < times; i++) {
            try (Engine engine = kind.compile(circuit)) {
                engine.accumulate(rows);
                engine.update(1, 0.1);
            }
        }
    }

    private static long status(String field) throws IOException {
        for (String line : Files.readAllLines(PROCESS_STATUS)) {
            if (line.startsWith(field + ":")) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        throw new IllegalStateException("no " + field + " in " + PROCESS_STATUS);
    }

    @ParameterizedTest
    @MethodSource("engines")
    void queries_of_other_threads_change_nothing_of_a_run(EngineKind kind) throws Exception {
        Circuit circuit = RandomCircuit.mixed(8);
        Dataset rows = Rows.random(circuit, 100, 0.1, 1);
        double[] alone = fitted(kind, circuit, rows, 0);
        assertArrayEquals(alone, fitted(kind, circuit, rows, 3));
    }

    /** Log-likelihoods after a run, during which some other threads put queries. */
    private static double[] fitted(EngineKind kind, Circuit circuit, Dataset rows, int others)
            throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        AtomicBoolean done = new AtomicBoolean();
        CountDownLatch started = new CountDownLatch(others);
        try (Engine engine = kind.compile(circuit)) {
            List<Future<?>> queries = new ArrayList<>();
            for (int i = 0; i < others; i++) {
                queries.add(threads.submit(() -> query(engine, rows, started, done)));
            }
            started.await();
            ExpectationMaximization.miniBatch().batchSize(10).epochs(2).fit(engine, rows);
            done.set(true);
            for (Future<?> query : queries) {
                query.get(1, TimeUnit.MINUTES);
            }
            return engine.logLikelihood(rows).values();
        } finally {
            done.set(true);
            threads.shutdown();
        }
    }

    private static void query(
            Engine engine, Dataset rows, CountDownLatch started, AtomicBoolean done) {
        do {
            engine.logLikelihood(rows);
            engine.conditionals(rows);
            engine.sample(5, 1);
            started.countDown();
        } while (!done.get());
    }

    @ParameterizedTest
    @MethodSource("engines")
    void one_run_at_a_time_trains_an_engine(EngineKind kind) {
        Circuit circuit = RandomCircuit.mixed(8);
        Dataset rows = Rows.random(circuit, 20, 0.1, 1);
        try (Engine engine = kind.compile(circuit)) {
            ExpectationMaximization run = ExpectationMaximization.miniBatch().epochs(1);
            BooleanSupplier second =
                    () -> {
                        run.fit(engine, rows);
                        return false;
                    };
            ExpectationMaximization first = run.stopWhen(second);
            InvalidArgumentException refused =
                    assertThrows(InvalidArgumentException.class, () -> first.fit(engine, rows));
            assertTrue(String.valueOf(refused.getMessage()).contains("another run"));
            assertEquals(1, run.fit(engine, rows).epochs().size());
        }
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void dropped_engines_leave_no_threads(EngineKind kind) throws Exception {
        assumeTrue(Files.exists(PROCESS_STATUS), "only Linux tells how many threads there are");
        Circuit circuit = LogicCircuit.exactly(4, 10);
        Dataset rows = Rows.random(circuit, 20, 0.5, 1);
        openAndClose(kind, circuit, rows, 3);
        long threads = status("Threads");
        for (int i = 0; i < 20; i++) {
            useAndDrop(kind, circuit, rows);
        }
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (status("Threads") > threads + 5 && System.nanoTime() < end) {
            System.gc();
            Thread.sleep(20);
        }
        assertTrue(status("Threads") <= threads + 5, () -> "more than " + threads + " threads");
    }

    @SuppressWarnings("MustBeClosedChecker") // dropped on purpose
    private static void useAndDrop(EngineKind kind, Circuit circuit, Dataset rows) {
        kind.compile(circuit).accumulate(rows);
    }

    @ParameterizedTest
    @MethodSource("engines")
    void closing_waits_for_the_call_that_runs(EngineKind kind) throws Exception {
        Circuit circuit = RandomCircuit.mixed(8);
        Dataset rows = Rows.random(circuit, 500, 0.1, 1);
        ExecutorService threads = Executors.newSingleThreadExecutor();
        Engine engine = kind.compile(circuit);
        try {
            double[] alone = engine.logLikelihood(rows).values();
            CountDownLatch started = new CountDownLatch(1);
            Future<?> busy = threads.submit(() -> untilClosed(engine, rows, alone, started));
            started.await();
            engine.close();
            busy.get(1, TimeUnit.MINUTES);
        } finally {
            engine.close();
            threads.shutdownNow();
        }
    }

    private static void untilClosed(
            Engine engine, Dataset rows, double[] expected, CountDownLatch started) {
        String refusal = "";
        while (!refusal.contains("closed")) {
            try {
                assertArrayEquals(expected, engine.logLikelihood(rows).values());
                started.countDown();
            } catch (IllegalStateException e) {
                refusal = String.valueOf(e.getMessage());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void what_an_engine_returned_outlives_it(EngineKind kind) {
        Circuit circuit = RandomCircuit.mixed(9);
        Dataset drawn;
        Circuit learned;
        try (Engine engine = kind.compile(circuit)) {
            drawn = engine.sample(20, 1);
            engine.accumulate(drawn);
            engine.update(0.5, 0.1);
            learned = engine.circuit();
        }
        try (Engine engine = kind.compile(learned)) {
            assertEquals(20, engine.logLikelihood(drawn).values().length);
        }
    }
}
