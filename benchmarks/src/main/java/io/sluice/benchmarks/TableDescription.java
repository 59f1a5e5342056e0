package io.sluice.benchmarks;

import io.sluice.circuit.InputFamily;
import io.sluice.data.Schema;
import io.sluice.leaf.Binomial;
import io.sluice.leaf.Categorical;
import io.sluice.leaf.DiscretizedLogistic;
import io.sluice.leaf.Exponential;
import io.sluice.leaf.Gamma;
import io.sluice.leaf.Gaussian;
import io.sluice.leaf.Histogram;
import io.sluice.leaf.LogNormal;
import io.sluice.leaf.Poisson;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The description of a table for {@link MixedTables}.
 *
 * @param discrete for each column, whether it has whole numbers from 0 on
 * @param low for each column, its smallest value
 * @param high for each column, its largest value
 */
record TableDescription(boolean[] discrete, double[] low, double[] high) {
    /** Floors of scales, as shares of a column's range. */
    private static final double LEAST_SHARE = 1e-3;

    private static final int BINS = 20;

    static TableDescription read(Path file) {
        JsonNode tree = JsonMapper.builder().build().readTree(file.toFile());
        int columns = tree.get("meta_types").size();
        boolean[] discrete = new boolean[columns];
        double[] low = new double[columns];
        double[] high = new double[columns];
        for (int v = 0; v < columns; v++) {
            discrete[v] = tree.get("meta_types").get(v).asString().equals("DISCRETE");
            low[v] = Double.POSITIVE_INFINITY;
            high[v] = Double.NEGATIVE_INFINITY;
            for (JsonNode value : tree.get("domains").get(v)) {
                low[v] = Math.min(low[v], value.asDouble());
                high[v] = Math.max(high[v], value.asDouble());
            }
        }
        return new TableDescription(discrete, low, high);
    }

    int columns() {
        return discrete.length;
    }

    /** Every column as real numbers, for a first look at the values. */
    Schema continuous() {
        return Schema.continuous(columns());
    }

    /** Families that a column could have. */
    List<InputFamily> candidates(int v) {
        List<InputFamily> families = new ArrayList<>();
        if (discrete[v]) {
            int categories = (int) high[v] + 1;
            families.add(new Categorical(categories));
            families.add(new Poisson());
            if (categories > 1) {
                families.add(new Binomial(categories - 1));
                families.add(new DiscretizedLogistic(categories));
            }
            return families;
        }
        double least = LEAST_SHARE * (high[v] - low[v]);
        families.add(new Gaussian(least));
        families.add(Histogram.ofEqualBins(low[v], high[v], BINS));
        families.add(new LogNormal());
        families.add(new Exponential(least));
        families.add(new Gamma(Gamma.DEFAULT_MAXIMUM_SHAPE, least));
        return families;
    }
}
