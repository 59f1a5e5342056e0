package io.sluice.tests;

import io.sluice.circuit.Distribution;
import io.sluice.circuit.FamilySettings;
import io.sluice.circuit.InputFamily;
import io.sluice.circuit.Marginal;
import io.sluice.circuit.NodeValues;
import io.sluice.leaf.Gaussian;

import java.util.random.RandomGenerator;

/** Gaussians without kernels of their own. */
record SlowGaussian(Gaussian gaussian) implements InputFamily {

    @Override
    public String type() {
        return "slow_gaussian";
    }

    @Override
    public SlowGaussian withSettings(FamilySettings settings) {
        return new SlowGaussian(gaussian.withSettings(settings));
    }

    @Override
    public boolean finite() {
        return gaussian.finite();
    }

    @Override
    public int categories() {
        return gaussian.categories();
    }

    @Override
    public boolean accepts(double value) {
        return gaussian.accepts(value);
    }

    @Override
    public String values() {
        return gaussian.values();
    }

    @Override
    public int parameterRows() {
        return gaussian.parameterRows();
    }

    @Override
    public void check(NodeValues parameters) {
        gaussian.check(parameters);
    }

    @Override
    public void start(NodeValues parameters, Marginal marginal, RandomGenerator random) {
        gaussian.start(parameters, marginal, random);
    }

    @Override
    public Distribution distribution(NodeValues parameters) {
        return gaussian.distribution(parameters);
    }

    @Override
    public int statisticRows() {
        return gaussian.statisticRows();
    }

    @Override
    public void addStatistics(
            NodeValues parameters, double value, double flow, NodeValues statistics) {
        gaussian.addStatistics(parameters, value, flow, statistics);
    }

    @Override
    public double flow(NodeValues statistics) {
        return gaussian.flow(statistics);
    }

    @Override
    public void gradient(NodeValues parameters, NodeValues statistics, NodeValues gradient) {
        gaussian.gradient(parameters, statistics, gradient);
    }

    @Override
    public void move(NodeValues parameters, NodeValues step) {
        gaussian.move(parameters, step);
    }

    @Override
    public void update(
            NodeValues parameters, NodeValues statistics, double step, double pseudocount) {
        gaussian.update(parameters, statistics, step, pseudocount);
    }
}
