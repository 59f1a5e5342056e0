package io.sluice.tables.measure;

import java.util.Arrays;

/**
 * Whether synthetic rows lie where real ones lie (alpha-precision) and reach where real ones reach
 * (beta-recall), after Alaa et al. 2022, "How Faithful is your Synthetic Data?". This is the plain
 * variant without an embedding, which Synthcity calls naive and which TabSyn, TabDiff and TabPC
 * report: features are numbers scaled to 0 to 1 and one-hot categories, distances are Euclidean.
 *
 * <ul>
 *   <li>For each alpha, the ball around the mean real row that holds the share alpha of the real
 *       rows holds some share of the synthetic ones. Alpha-precision is 1 minus twice the mean
 *       distance between both shares.
 *   <li>A real row is covered if a synthetic row is no farther than the nearest other real row. For
 *       each beta, the share of rows counts that are covered by one of the beta most central
 *       synthetic rows among those nearest to a real row. Beta-recall is 1 minus twice the mean
 *       distance between both shares. Fresh real rows reach about 0.5, copies of all rows 1.
 * </ul>
 *
 * @param alphaPrecision 1 at best
 * @param betaRecall about 0.5 for rows as good as fresh real ones
 * @param rows how many rows of each table were compared
 */
public record SupportOverlap(double alphaPrecision, double betaRecall, int rows) {
    private static final int LEVELS = 30;

    /** Compares at most this many random rows of each table: the time grows with the square. */
    private static final int MOST_ROWS = 40_000;

    /**
     * Compares a real table, the first, with a synthetic one.
     *
     * @param seed of the choice of rows, where a table has more than are compared
     */
    public static SupportOverlap of(Table.Pair tables, long seed) {
        int rows = Math.min(MOST_ROWS, Math.min(tables.first().rows(), tables.second().rows()));
        Table first = tables.first().atMost(rows, seed);
        RowEncoder encoder = new RowEncoder(first, RowEncoder.Scale.RANGE);
        RowEncoder.Encoded real = encoder.encode(first);
        RowEncoder.Encoded synthetic = encoder.encode(tables.second().atMost(rows, seed));

        double[] realToCentre = real.distancesTo(real.centre());
        double[] syntheticToCentre = synthetic.distancesTo(real.centre());
        Arrays.sort(realToCentre);

        NearestRows.Metric metric = NearestRows.Metric.EUCLIDEAN;
        double[] realToReal = NearestRows.findOther(real, metric).distances();
        NearestRows.Found nearest = NearestRows.find(real, synthetic, metric);
        double[] centrality = synthetic.distancesTo(synthetic.centre());
        double[] nearestCentrality =
                Arrays.stream(nearest.rows()).mapToDouble(row -> centrality[row]).toArray();
        double[] sortedCentrality = nearestCentrality.clone();
        Arrays.sort(sortedCentrality);

        double levels = 0;
        double outside = 0;
        double uncovered = 0;
        for (int level = 0; level < LEVELS; level++) {
            double share = level / (LEVELS - 1.0);
            double ball = Quantiles.of(realToCentre, share);
            double centralBall = Quantiles.of(sortedCentrality, share);
            double inside = 0;
            double covered = 0;
            for (int row = 0; row < rows; row++) {
                inside += syntheticToCentre[row] <= ball ? 1 : 0;
                boolean near = nearest.distances()[row] <= realToReal[row];
                covered += near && nearestCentrality[row] <= centralBall ? 1 : 0;
            }
            levels += share;
            outside += Math.abs(share - inside / rows);
            uncovered += Math.abs(share - covered / rows);
        }
        return new SupportOverlap(1 - outside / levels, 1 - uncovered / levels, rows);
    }
}
