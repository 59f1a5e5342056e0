package io.sluice.structure;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Clusters of points by Lloyd's algorithm (Lloyd 1982) from centres that are chosen with
 * probability proportional to the squared distance to the nearest one so far (k-means++, Arthur and
 * Vassilvitskii 2007).
 *
 * <p>Points are laid out {@code [dimension][point]}, so distances to a centre are added up along
 * the points.
 */
final class KMeans {
    private static final int MOST_ITERATIONS = 20;

    /** Points whose distances are in memory at a time. */
    private static final int PORTION = 1024;

    private final float[][] centres; // [cluster][dimension]

    private KMeans(int clusters, int dimensions) {
        this.centres = new float[clusters][dimensions];
    }

    /**
     * Finds centres.
     *
     * @param points {@code [dimension][point]}, at least one of each
     */
    static KMeans of(float[][] points, int clusters, SplittableRandom random) {
        KMeans means = new KMeans(clusters, points.length);
        means.choose(points, random);
        int[] nearest = new int[points[0].length];
        for (int i = 0; i < MOST_ITERATIONS; i++) {
            if (!means.assign(points, nearest) && i > 0) {
                break;
            }
            means.move(points, nearest);
        }
        return means;
    }

    private void choose(float[][] points, SplittableRandom random) {
        int count = points[0].length;
        float[] least = new float[count];
        Arrays.fill(least, Float.POSITIVE_INFINITY);
        int chosen = random.nextInt(count);
        for (int cluster = 0; ; cluster++) {
            for (int d = 0; d < points.length; d++) {
                centres[cluster][d] = points[d][chosen];
            }
            if (cluster + 1 == centres.length) {
                return;
            }
            float[] distances = distances(points, 0, count, centres[cluster]);
            double total = 0;
            for (int p = 0; p < count; p++) {
                least[p] = Math.min(least[p], distances[p]);
                total += least[p];
            }
            chosen = draw(least, total, random);
        }
    }

    private static int draw(float[] weights, double total, SplittableRandom random) {
        if (total == 0) {
            return random.nextInt(weights.length); // no more points than centres
        }
        double left = total * random.nextDouble();
        int last = 0;
        for (int i = 0; i < weights.length; i++) {
            if (weights[i] > 0) {
                last = i;
                left -= weights[i];
                if (left < 0) {
                    break;
                }
            }
        }
        return last;
    }

    /** Squared distances of some points to a centre. */
    private static float[] distances(float[][] points, int first, int count, float[] centre) {
        float[] distances = new float[count];
        for (int d = 0; d < centre.length; d++) {
            float[] column = points[d];
            float at = centre[d];
            for (int i = 0; i < count; i++) {
                float apart = column[first + i] - at;
                distances[i] += apart * apart;
            }
        }
        return distances;
    }

    /**
     * The nearest centre of each point, the first of several.
     *
     * @param points {@code [dimension][point]}
     * @param nearest receives the clusters
     * @return whether a cluster changed
     */
    boolean assign(float[][] points, int[] nearest) {
        boolean changed = false;
        for (int first = 0; first < nearest.length; first += PORTION) {
            int count = Math.min(PORTION, nearest.length - first);
            int[] best = new int[count];
            float[] least = distances(points, first, count, centres[0]);
            for (int cluster = 1; cluster < centres.length; cluster++) {
                float[] distances = distances(points, first, count, centres[cluster]);
                for (int i = 0; i < count; i++) {
                    if (distances[i] < least[i]) {
                        least[i] = distances[i];
                        best[i] = cluster;
                    }
                }
            }
            for (int i = 0; i < count; i++) {
                changed |= nearest[first + i] != best[i];
                nearest[first + i] = best[i];
            }
        }
        return changed;
    }

    /** Centres become the means of their points; one without points stays. */
    private void move(float[][] points, int[] nearest) {
        int[] counts = new int[centres.length];
        for (int cluster : nearest) {
            counts[cluster]++;
        }
        for (int d = 0; d < points.length; d++) {
            double[] sums = new double[centres.length];
            for (int p = 0; p < nearest.length; p++) {
                sums[nearest[p]] += points[d][p];
            }
            for (int cluster = 0; cluster < sums.length; cluster++) {
                if (counts[cluster] > 0) {
                    centres[cluster][d] = (float) (sums[cluster] / counts[cluster]);
                }
            }
        }
    }
}
