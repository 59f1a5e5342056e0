package io.sluice.structure;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Clusters of points by Lloyd's algorithm (Lloyd 1982) from centres that are chosen with
 * probability proportional to the squared distance to the nearest one so far (k-means++, Arthur and
 * Vassilvitskii 2007).
 */
final class KMeans {
    private static final int MOST_ITERATIONS = 20;

    private final int dimensions;
    private final float[] centres; // [cluster][dimension]

    private KMeans(int clusters, int dimensions) {
        this.dimensions = dimensions;
        this.centres = new float[clusters * dimensions];
    }

    /**
     * Finds centres.
     *
     * @param points {@code [point][dimension]}, at least one point
     */
    static KMeans of(float[] points, int dimensions, int clusters, SplittableRandom random) {
        KMeans means = new KMeans(clusters, dimensions);
        means.choose(points, random);
        int[] nearest = new int[points.length / dimensions];
        for (int i = 0; i < MOST_ITERATIONS; i++) {
            if (!means.assign(points, nearest) && i > 0) {
                break;
            }
            means.move(points, nearest);
        }
        return means;
    }

    private void choose(float[] points, SplittableRandom random) {
        int count = points.length / dimensions;
        double[] distance = new double[count];
        Arrays.fill(distance, Double.POSITIVE_INFINITY);
        int chosen = random.nextInt(count);
        for (int cluster = 0; ; cluster++) {
            System.arraycopy(
                    points, chosen * dimensions, centres, cluster * dimensions, dimensions);
            if ((cluster + 1) * dimensions == centres.length) {
                return;
            }
            double total = 0;
            for (int p = 0; p < count; p++) {
                distance[p] = Math.min(distance[p], distance(points, p, cluster));
                total += distance[p];
            }
            chosen = draw(distance, total, random);
        }
    }

    private static int draw(double[] weights, double total, SplittableRandom random) {
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

    private float distance(float[] points, int point, int cluster) {
        float sum = 0;
        for (int d = 0; d < dimensions; d++) {
            float apart = points[point * dimensions + d] - centres[cluster * dimensions + d];
            sum += apart * apart;
        }
        return sum;
    }

    /**
     * The nearest centre of each point, the first of several.
     *
     * @param points {@code [point][dimension]}
     * @param nearest receives the clusters
     * @return whether any changed
     */
    boolean assign(float[] points, int[] nearest) {
        boolean changed = false;
        int clusters = centres.length / dimensions;
        for (int p = 0; p < nearest.length; p++) {
            int best = 0;
            float least = Float.POSITIVE_INFINITY;
            for (int cluster = 0; cluster < clusters; cluster++) {
                float distance = distance(points, p, cluster);
                if (distance < least) {
                    least = distance;
                    best = cluster;
                }
            }
            changed |= nearest[p] != best;
            nearest[p] = best;
        }
        return changed;
    }

    /** Centres become the means of their points; one without points stays. */
    private void move(float[] points, int[] nearest) {
        double[] sums = new double[centres.length];
        int[] counts = new int[centres.length / dimensions];
        for (int p = 0; p < nearest.length; p++) {
            counts[nearest[p]]++;
            for (int d = 0; d < dimensions; d++) {
                sums[nearest[p] * dimensions + d] += points[p * dimensions + d];
            }
        }
        for (int i = 0; i < sums.length; i++) {
            int count = counts[i / dimensions];
            if (count > 0) {
                centres[i] = (float) (sums[i] / count);
            }
        }
    }
}
