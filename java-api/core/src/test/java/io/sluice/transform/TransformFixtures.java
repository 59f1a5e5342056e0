package io.sluice.transform;

import io.sluice.circuit.Circuit;
import io.sluice.data.Dataset;
import io.sluice.data.Schema;
import io.sluice.leaf.Categorical;
import io.sluice.runtime.Device;
import io.sluice.runtime.Engine;
import io.sluice.structure.ChowLiuTree;
import io.sluice.structure.Hclt;
import io.sluice.structure.Hmm;
import io.sluice.structure.RatSpn;

import java.util.Collections;
import java.util.Random;

/** Circuits over four variables of three categories each. */
enum TransformFixtures {
    SINGLE_EDGES {
        @Override
        Circuit circuit() {
            return Hclt.builder(TREE, Collections.nCopies(VARIABLES, LEAF))
                    .latents(6)
                    .blockSize(1)
                    .seed(1)
                    .build();
        }
    },
    BLOCKS {
        @Override
        Circuit circuit() {
            return Hclt.builder(TREE, Collections.nCopies(VARIABLES, LEAF))
                    .latents(6)
                    .blockSize(2)
                    .seed(2)
                    .build();
        }
    },
    TIED {
        @Override
        Circuit circuit() {
            return Hmm.builder(VARIABLES, LEAF).states(6).blockSize(2).seed(3).build();
        }
    },
    SEVERAL_CHILDREN {
        @Override
        Circuit circuit() {
            return RatSpn.builder(Collections.nCopies(VARIABLES, LEAF))
                    .latents(4)
                    .blockSize(2)
                    .seed(4)
                    .build();
        }
    };

    static final int VARIABLES = 4;
    static final int CATEGORIES = 3;
    private static final Categorical LEAF = new Categorical(CATEGORIES);
    private static final ChowLiuTree TREE = ChowLiuTree.ofParents(-1, 0, 0, 2);

    abstract Circuit circuit();

    static Dataset everyRow() {
        int rows = CATEGORIES * CATEGORIES * CATEGORIES * CATEGORIES;
        byte[] cells = new byte[rows * VARIABLES];
        for (int i = 0; i < rows; i++) {
            int rest = i;
            for (int v = 0; v < VARIABLES; v++) {
                cells[i * VARIABLES + v] = (byte) (rest % CATEGORIES);
                rest /= CATEGORIES;
            }
        }
        return Dataset.ofBytes(cells, VARIABLES, Schema.categorical(VARIABLES, CATEGORIES));
    }

    /** Rows whose first and last variables are equal. */
    static Dataset data(int rows, long seed) {
        Random random = new Random(seed);
        byte[] cells = new byte[rows * VARIABLES];
        for (int i = 0; i < cells.length; i++) {
            cells[i] = (byte) random.nextInt(CATEGORIES);
        }
        for (int row = 0; row < rows; row++) {
            cells[row * VARIABLES + 3] = cells[row * VARIABLES];
        }
        return Dataset.ofBytes(cells, VARIABLES, Schema.categorical(VARIABLES, CATEGORIES));
    }

    static double[] logLikelihoods(Circuit circuit, Dataset data) {
        try (Engine engine = Engine.compile(circuit, Device.reference())) {
            return engine.logLikelihood(data).values();
        }
    }

    static double totalProbability(Circuit circuit) {
        double total = 0;
        for (double value : logLikelihoods(circuit, everyRow())) {
            total += Math.exp(value);
        }
        return total;
    }
}
