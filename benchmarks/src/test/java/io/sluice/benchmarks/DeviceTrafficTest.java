package io.sluice.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.circuit.Circuit;

import org.junit.jupiter.api.Test;

class DeviceTrafficTest {
    private static final int STATES = 8;
    private static final int WORDS = 100;
    private static final Circuit HMM = Shapes.circuit("hmm32-" + STATES + "-v" + WORDS);
    private static final DeviceTraffic TRAFFIC =
            DeviceTraffic.of(HMM, Byte.BYTES, DeviceTraffic.BFLOAT16);

    @Test
    void tied_vectors_count_each_time_but_in_their_parameters() {
        assertEquals(31 * STATES + 1, TRAFFIC.sumNodes());
        assertEquals(32 * STATES, TRAFFIC.elementNodes());
        assertEquals(32 * STATES, TRAFFIC.inputNodes());
        assertEquals(STATES * STATES + STATES, TRAFFIC.weights());
        assertEquals(WORDS * STATES, TRAFFIC.inputParameters());
    }

    @Test
    void tables_are_read_at_most_once() {
        int many = 1000;
        double ofBatch = TRAFFIC.bytes(Phase.FORWARD, many);
        double ofSamples = many * (32.0 + 2.0 * 2 * TRAFFIC.sumNodes());
        assertEquals(ofSamples + 2.0 * TRAFFIC.weights() + 4.0 * WORDS * STATES, ofBatch);
    }

    @Test
    void an_update_costs_the_same_for_any_batch() {
        double small = TRAFFIC.bytes(Phase.STEP, 1) - TRAFFIC.bytes(Phase.FORWARD_BACKWARD, 1);
        double large = TRAFFIC.bytes(Phase.STEP, 64) - TRAFFIC.bytes(Phase.FORWARD_BACKWARD, 64);
        assertEquals(12.0 * (TRAFFIC.weights() + WORDS * STATES) + 2 * TRAFFIC.weights(), small);
        assertEquals(small, large);
    }
}
