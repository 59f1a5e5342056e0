package io.sluice.compile;

/**
 * Lists of integers, one for each owner, in two flat arrays.
 *
 * @param begin {@code [owners + 1]} where each owner's list begins
 * @param items the lists, one after the other
 */
public record Adjacency(int[] begin, int[] items) {

    /**
     * Inverts a relation: for each target, its sources in ascending order.
     *
     * @param targets for each source in order, its targets: source {@code i} has {@code
     *     targets[begin[i]]} to {@code targets[begin[i + 1] - 1]}
     */
    static Adjacency inverse(int[] begin, int[] targets, int owners) {
        int[] start = new int[owners + 1];
        for (int target : targets) {
            start[target + 1]++;
        }
        for (int i = 0; i < owners; i++) {
            start[i + 1] += start[i];
        }
        int[] next = start.clone();
        int[] sources = new int[targets.length];
        for (int source = 0; source + 1 < begin.length; source++) {
            for (int i = begin[source]; i < begin[source + 1]; i++) {
                sources[next[targets[i]]++] = source;
            }
        }
        return new Adjacency(start, sources);
    }

    /** Inverts a function: for each value in {@code 0..owners-1}, the arguments that have it. */
    static Adjacency inverse(int[] function, int owners) {
        int[] begin = new int[function.length + 1];
        for (int i = 0; i < begin.length; i++) {
            begin[i] = i;
        }
        return inverse(begin, function, owners);
    }
}
