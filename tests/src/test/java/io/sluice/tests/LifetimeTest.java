package io.sluice.tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.circuit.Circuit;
import io.sluice.data.Dataset;
import io.sluice.learning.ExpectationMaximization;
import io.sluice.runtime.Engine;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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
    void threads_that_share_an_engine_all_get_their_answers(EngineKind kind) throws Exception {
        Circuit circuit = RandomCircuit.mixed(8);
        Dataset rows = Rows.random(circuit, 50, 0.1, 1);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (Engine engine = kind.compile(circuit)) {
            double[] alone = engine.logLikelihood(rows).values();
            Callable<Boolean> query =
                    () -> {
                        for (int i = 0; i < 20; i++) {
                            assertArrayEquals(alone, engine.logLikelihood(rows).values());
                        }
                        return true;
                    };
            for (Future<Boolean> answer : threads.invokeAll(Collections.nCopies(4, query))) {
                assertTrue(answer.get());
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void queries_of_another_thread_change_nothing_that_is_learned(EngineKind kind)
            throws Exception {
        Circuit circuit = RandomCircuit.mixed(8);
        Dataset rows = Rows.random(circuit, 300, 0.1, 1);
        ExpectationMaximization learner =
                ExpectationMaximization.miniBatch().batchSize(32).epochs(4);
        ExecutorService threads = Executors.newSingleThreadExecutor();
        AtomicBoolean done = new AtomicBoolean();
        try (Engine alone = kind.compile(circuit);
                Engine shared = kind.compile(circuit)) {
            learner.fit(alone, rows);
            Future<Integer> asked =
                    threads.submit(
                            () -> {
                                int queries = 0;
                                while (!done.get()) {
                                    shared.logLikelihood(rows.slice(0, 20));
                                    queries++;
                                }
                                return queries;
                            });
            learner.fit(shared, rows);
            done.set(true);
            assertTrue(asked.get() > 0);
            Near.assertSameParameters(alone, shared, Near.EXACTLY);
        } finally {
            done.set(true);
            threads.shutdownNow();
        }
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
