package io.sluice.tests;

import io.sluice.circuit.FamilySettings;
import io.sluice.leaf.Gaussian;
import io.sluice.testing.DelegatingFamily;

/** Gaussians without kernels of their own. */
record SlowGaussian(Gaussian original) implements DelegatingFamily {

    @Override
    public String type() {
        return "slow_gaussian";
    }

    @Override
    public SlowGaussian withSettings(FamilySettings settings) {
        return new SlowGaussian(original.withSettings(settings));
    }
}
