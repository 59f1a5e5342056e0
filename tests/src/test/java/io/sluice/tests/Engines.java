package io.sluice.tests;

import io.sluice.circuit.Circuit;
import io.sluice.runtime.Device;
import io.sluice.runtime.Devices;
import io.sluice.runtime.Engine;
import io.sluice.runtime.Precision;
import io.sluice.testing.Sweep;

import org.junit.jupiter.params.provider.Arguments;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The engines that statements are tested on: every device in every precision. */
final class Engines {
    /** Prefix of the names of tested devices; by default all devices are tested. */
    private static final String TESTED = System.getProperty("sluice.tests.devices", "");

    private Engines() {}

    /** Includes devices that this machine lacks, which {@link DevicesTest} skips visibly. */
    static Stream<EngineKind> all() {
        return everywhere().filter(kind -> kind.device().name().startsWith(TESTED));
    }

    private static Stream<EngineKind> everywhere() {
        return Devices.all().stream().flatMap(Engines::kinds);
    }

    private static Stream<EngineKind> kinds(Devices.Report report) {
        List<Precision> precisions =
                report.device() instanceof Device.Reference
                        ? List.of(Precision.PRECISE)
                        : Arrays.asList(Precision.values());
        return precisions.stream()
                .map(
                        precision ->
                                new EngineKind(
                                        report.device(),
                                        precision,
                                        report.usable(),
                                        report.description()));
    }

    /** The engines that can be used on this machine. */
    static Stream<EngineKind> usable() {
        return all().filter(EngineKind::usable);
    }

    /** The usable engines except the reference. */
    static Stream<EngineKind> kernels() {
        return usable().filter(kind -> !(kind.device() instanceof Device.Reference));
    }

    /** The reference alone. */
    static Stream<EngineKind> oracle() {
        return everywhere().filter(kind -> kind.device() instanceof Device.Reference);
    }

    /** Compiles a circuit for the reference. */
    static Engine reference(Circuit circuit) {
        return Engine.compile(circuit, Device.reference());
    }

    /** Every pair of an engine and a seed of the sweep ({@link Sweep#seeds}). */
    static Stream<Arguments> withSeeds(Stream<EngineKind> kinds, int seeds) {
        return with(kinds, kind -> Sweep.seeds(seeds).boxed());
    }

    /**
     * Every pair of an engine and a case. By default the cases are dealt out: every engine gets
     * some, and every case is tested on an engine.
     */
    static Stream<Arguments> withCases(Stream<EngineKind> kinds, List<?> cases) {
        List<EngineKind> engines = kinds.toList();
        int stride = Sweep.size(Math.min(engines.size(), cases.size()), 1);
        return IntStream.range(0, engines.size())
                .boxed()
                .flatMap(
                        e ->
                                IntStream.iterate(
                                                e % stride, i -> i < cases.size(), i -> i + stride)
                                        .mapToObj(i -> Arguments.of(engines.get(e), cases.get(i))));
    }

    /** Every pair of an engine and something else. */
    static Stream<Arguments> with(
            Stream<EngineKind> kinds, Function<EngineKind, Stream<? extends Object>> others) {
        return kinds.flatMap(kind -> others.apply(kind).map(other -> Arguments.of(kind, other)));
    }
}
