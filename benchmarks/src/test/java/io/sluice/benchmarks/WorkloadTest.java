package io.sluice.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class WorkloadTest {
    private static final int LATENTS = 8;

    private static final Workload HCLT = Workload.hclt(PixelTree.random(Workload.SIDE), LATENTS);

    @Test
    void an_hclt_multiplies_a_matrix_for_each_edge_of_its_tree() {
        assertEquals(2.0 * 783 * LATENTS * LATENTS, HCLT.flop(Phase.FORWARD));
        assertEquals(6.0 * 783 * LATENTS * LATENTS, HCLT.flop(Phase.STEP));
    }

    @Test
    void an_hmm_multiplies_its_one_matrix_at_every_step() {
        Workload hmm = Workload.hmm(LATENTS, 100, 32);
        assertEquals(2.0 * 31 * LATENTS * LATENTS, hmm.flop(Phase.FORWARD));
        assertEquals(LATENTS * LATENTS + LATENTS, hmm.sumWeights());
        assertEquals(100 * LATENTS, hmm.inputParameters());
    }

    @Test
    void an_update_weighs_less_on_larger_batches() {
        double small = HCLT.bytes(Phase.STEP, 1) - HCLT.bytes(Phase.FORWARD_BACKWARD, 1);
        double large = HCLT.bytes(Phase.STEP, 100) - HCLT.bytes(Phase.FORWARD_BACKWARD, 100);
        assertEquals(small, 100 * large, 1e-6 * small);
        assertTrue(HCLT.bytes(Phase.FORWARD, 1) < HCLT.bytes(Phase.FORWARD_BACKWARD, 1));
    }
}
