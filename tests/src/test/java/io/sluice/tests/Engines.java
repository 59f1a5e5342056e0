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
import java.util.stream.Stream;

/** The engines that statements are tested on: every device with every family of its kernels. */
final class Engines {
    /** How the names of the devices begin that statements are tested on; by default all are. */
    private static final String TESTED = System.getProperty("sluice.tests.devices", "");

    private Engines() {}

    /** Also those of devices that this machine lacks; {@link DevicesTest} skips them visibly. */
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

    /** Those that can be used here. */
    static Stream<EngineKind> usable() {
        return all().filter(EngineKind::usable);
    }

    /** Those that can be used here and run kernels: what the reference is compared with. */
    static Stream<EngineKind> kernels() {
        return usable().filter(kind -> !(kind.device() instanceof Device.Reference));
    }

    /** The reference alone. */
    static Stream<EngineKind> oracle() {
        return everywhere().filter(kind -> kind.device() instanceof Device.Reference);
    }

    /** The oracle, compiled. */
    static Engine reference(Circuit circuit) {
        return Engine.compile(circuit, Device.reference());
    }

    /** Every pair of an engine and one of the seeds that are swept. */
    static Stream<Arguments> withSeeds(Stream<EngineKind> kinds, int seeds) {
        return with(kinds, kind -> Sweep.seeds(seeds).boxed());
    }

    /** Every pair of an engine and something else. */
    static Stream<Arguments> with(
            Stream<EngineKind> kinds, Function<EngineKind, Stream<? extends Object>> others) {
        return kinds.flatMap(kind -> others.apply(kind).map(other -> Arguments.of(kind, other)));
    }
}
