package io.sluice.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dotty.tools.dotc.Driver;
import dotty.tools.dotc.reporting.Reporter;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.ParameterInitializer;
import io.sluice.data.Dataset;
import io.sluice.data.Schema;
import io.sluice.leaf.Bernoulli;
import io.sluice.learning.ExpectationMaximization;
import io.sluice.runtime.Device;
import io.sluice.runtime.Engine;

import org.jetbrains.kotlin.cli.common.ExitCode;
import org.jetbrains.kotlin.cli.jvm.K2JVMCompiler;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The library compiles and runs in other languages of the JVM. */
class OtherLanguagesTest {
    @TempDir Path folder;

    /** The output of the programs in the other languages. */
    private static double learnedInJava() {
        CircuitBuilder b = Circuit.builder();
        InputVector x = b.input(0, new Bernoulli(), 4);
        InputVector y = b.input(1, new Bernoulli(), 4);
        Circuit coins = b.build(b.sum(1, b.product(x, y)), ParameterInitializer.random(1));
        byte[] bits = {0, 0, 1, 1, 0, 0, 1, 1, 0, 1};
        Dataset rows = Dataset.ofBytes(bits, 2, Schema.categorical(2, 2));
        try (Engine engine = Engine.compile(coins, Device.reference())) {
            ExpectationMaximization.fullBatch().epochs(50).pseudocount(0).fit(engine, rows);
            return engine.logLikelihood(rows).mean();
        }
    }

    private String source(String name) throws IOException {
        try (InputStream in =
                Objects.requireNonNull(OtherLanguagesTest.class.getResourceAsStream(name), name)) {
            return Files.write(folder.resolve(name), in.readAllBytes()).toString();
        }
    }

    private static String classPath(Class<?>... classes) {
        return Stream.of(classes)
                .map(OtherLanguagesTest::location)
                .distinct()
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static String location(Class<?> type) {
        try {
            URI location = type.getProtectionDomain().getCodeSource().getLocation().toURI();
            return Path.of(location).toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private double learned(String type) throws IOException, ReflectiveOperationException {
        URL[] compiled = {folder.toUri().toURL()};
        try (URLClassLoader loader = new URLClassLoader(compiled, getClass().getClassLoader())) {
            return (double) loader.loadClass(type).getMethod("learned").invoke(null);
        }
    }

    @Test
    void a_circuit_is_written_and_learned_in_kotlin()
            throws IOException, ReflectiveOperationException {
        ByteArrayOutputStream messages = new ByteArrayOutputStream();
        ExitCode code =
                new K2JVMCompiler()
                        .exec(
                                new PrintStream(messages, true, StandardCharsets.UTF_8),
                                source("Coins.kt"),
                                "-d",
                                folder.toString(),
                                "-classpath",
                                classPath(Circuit.class, NullMarked.class, kotlin.Unit.class),
                                "-no-stdlib",
                                "-no-reflect",
                                "-Werror");
        assertEquals(ExitCode.OK, code, messages.toString(StandardCharsets.UTF_8));
        assertEquals(learnedInJava(), learned("io.sluice.tests.languages.CoinsKt"));
    }

    @Test
    void a_circuit_is_written_and_learned_in_scala()
            throws IOException, ReflectiveOperationException {
        Reporter report =
                new Driver()
                        .process(
                                new String[] {
                                    source("Coins.scala"),
                                    "-d",
                                    folder.toString(),
                                    "-classpath",
                                    classPath(
                                            Circuit.class,
                                            NullMarked.class,
                                            scala.Option.class,
                                            scala.CanEqual.class),
                                    "-Werror"
                                });
        assertFalse(report.hasErrors());
        assertEquals(learnedInJava(), learned("io.sluice.tests.languages.Coins"));
    }
}
