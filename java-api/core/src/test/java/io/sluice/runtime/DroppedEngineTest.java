package io.sluice.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.ParameterInitializer;
import io.sluice.leaf.Bernoulli;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

class DroppedEngineTest {

    @Test
    void dropped_engines_are_warned_about_and_closed_ones_are_not() throws Exception {
        int dropped = 4;
        AtomicInteger warnings = new AtomicInteger();
        Handler counter = counter(warnings);
        Logger logger = Logger.getLogger("io.sluice");
        logger.addHandler(counter);
        logger.setUseParentHandlers(false);
        try {
            for (int i = 0; i < dropped; i++) {
                compile();
                compile().close();
            }
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (warnings.get() < dropped && System.nanoTime() < end) {
                System.gc();
                Thread.sleep(20);
            }
            assertEquals(dropped, warnings.get());
        } finally {
            logger.removeHandler(counter);
            logger.setUseParentHandlers(true);
        }
    }

    private static Engine compile() {
        CircuitBuilder b = Circuit.builder();
        Circuit circuit =
                b.build(
                        b.sum(List.of(b.input(0, new Bernoulli(), 2, 2)), 1, 1),
                        ParameterInitializer.random(1));
        return Engine.compile(circuit, Device.reference());
    }

    private static Handler counter(AtomicInteger warnings) {
        return new Handler() {
            @Override
            public void publish(LogRecord record) {
                if (Level.WARNING.equals(record.getLevel())) {
                    warnings.incrementAndGet();
                }
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
    }
}
