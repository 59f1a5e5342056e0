package io.sluice.model;

import io.sluice.circuit.InputFamily;
import io.sluice.circuit.NodeValues;
import io.sluice.circuit.Parameters;
import io.sluice.leaf.Bernoulli;
import io.sluice.leaf.Categorical;
import io.sluice.leaf.DiscretizedLogistic;
import io.sluice.leaf.External;
import io.sluice.leaf.Gaussian;
import io.sluice.leaf.Indicator;
import io.sluice.leaf.MaskedCategorical;
import io.sluice.leaf.SoftCategorical;

import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The families and parameters of the inputs of a {@code .jpc} file.
 *
 * <p>A discrete logistic of PyJuice divides an interval into equally wide values. Its mean and
 * scale are in the unit of the interval, ours are in values. A literal is an indicator whose nodes
 * all have the same category.
 */
final class PyJuiceLeaves {
    private static final String MODULE = "pyjuice.nodes.distributions.";
    private static final String CATEGORICAL = MODULE + "categorical.Categorical";
    private static final String BERNOULLI = MODULE + "bernoulli.Bernoulli";
    private static final String GAUSSIAN = MODULE + "gaussian.Gaussian";
    private static final String LOGISTIC = MODULE + "discrete_logistic.DiscreteLogistic";
    private static final String LITERAL = MODULE + "literal.Literal";
    private static final String INDICATOR = MODULE + "indicator.Indicator";
    private static final String MASKED = MODULE + "masked_categorical.MaskedCategorical";
    private static final String SOFT = MODULE + "softevi_categorical.SoftEvidenceCategorical";
    private static final String EXTERNAL = MODULE + "external.External";

    /** The mode of a mask that lists every category. */
    private static final String FULL_MASK = "full_mask";

    private static final int NUMBERS_OF_RANGE = 3;

    /** For distributions whose parameters do not grow with the number of categories. */
    private static final int MOST_CATEGORIES = 1 << 16;

    /** Scale of a logistic distribution over its standard deviation. */
    private static final double SCALE_OF_DEVIATION = Math.sqrt(3) / Math.PI;

    /** How far a node's probabilities may sum from one before they are normalised. */
    static final double SUM_TOLERANCE = 1e-3;

    private static final Set<String> CLASSES = classes();

    /** Writes the parameters of a node. */
    @FunctionalInterface
    private interface Filler {
        void fill(NumpyArray numbers, long first, NodeValues to);
    }

    /**
     * The leaves of a vector.
     *
     * @param perNode numbers that the file has for each node
     */
    record Leaf(InputFamily family, int perNode, Filler filler) {
        void fill(NumpyArray numbers, int node, NodeValues to) {
            filler.fill(numbers, (long) node * perNode, to);
        }
    }

    private final Map<Integer, Pickle.Instance> distributions = new HashMap<>(); // by vector
    private final Map<Integer, Integer> literals = new HashMap<>(); // categories, by variable

    /**
     * @param entries all of the file
     * @param source whose parameters each uses
     */
    PyJuiceLeaves(List<PyJuiceVector> entries, int[] source) {
        for (PyJuiceVector entry : entries) {
            if (entry.kind().equals("Input")) {
                PyJuiceVector of = entries.get(source[entry.id()]);
                Pickle.Instance found = distributions.get(of.id());
                if (found == null) {
                    found = distribution(of);
                    distributions.put(of.id(), found);
                }
                if (found.type().equals(LITERAL)) {
                    int categories = whole(of, found, "lit", 0) + 1;
                    literals.merge(entry.variable(), Math.max(2, categories), Math::max);
                }
            }
        }
    }

    /** Names that the pickle of a distribution may have; the functions are never called. */
    private static Set<String> classes() {
        Set<String> names =
                new HashSet<>(
                        Set.of(
                                CATEGORICAL,
                                BERNOULLI,
                                GAUSSIAN,
                                LOGISTIC,
                                LITERAL,
                                INDICATOR,
                                MASKED,
                                SOFT,
                                EXTERNAL));
        for (String mode : List.of("range", FULL_MASK, "rev_range")) {
            for (String function : List.of("fw_mar_fn_", "bk_flow_fn_", "sample_fn_", "em_fn_")) {
                names.add(MASKED + "." + function + mode);
            }
        }
        return Set.copyOf(names);
    }

    private static Pickle.Instance distribution(PyJuiceVector entry) {
        if (Pickle.read(entry.distribution(), CLASSES) instanceof Pickle.Instance found) {
            return found;
        }
        throw entry.problem("has a distribution of no class", "give a file of PyJuice");
    }

    /**
     * The leaves of a vector.
     *
     * @param of the vector whose parameters it uses
     */
    Leaf leaf(PyJuiceVector of, int variable) {
        Pickle.Instance found = distributions.get(of.id());
        if (found == null) {
            throw of.problem("is no vector of inputs", "tie inputs to inputs");
        }
        return switch (found.type()) {
            case CATEGORICAL -> {
                int categories = categories(of, found, Integer.MAX_VALUE);
                yield table(new Categorical(categories), categories);
            }
            case MASKED -> {
                int categories = categories(of, found, Integer.MAX_VALUE / 4);
                boolean full = FULL_MASK.equals(found.get("mask_mode"));
                int perNode = full ? 2 * categories + 1 : categories + NUMBERS_OF_RANGE;
                yield table(new MaskedCategorical(categories), perNode);
            }
            case SOFT -> {
                long count =
                        !found.arguments().isEmpty() && found.arguments().get(0) instanceof Long k
                                ? k
                                : 0;
                int categories = checked(of, count, Integer.MAX_VALUE);
                yield table(new SoftCategorical(categories), categories);
            }
            case BERNOULLI -> new Leaf(new Bernoulli(), 1, PyJuiceLeaves::fillBernoulli);
            case GAUSSIAN ->
                    new Leaf(
                            new Gaussian(number(found.get("min_sigma"), 0)),
                            2,
                            (numbers, first, to) -> {
                                to.set(0, numbers.number(first));
                                to.set(1, numbers.number(first + 1));
                            });
            case LOGISTIC -> logistic(of, found);
            case LITERAL -> {
                int category = whole(of, found, "lit", 0);
                Indicator family = new Indicator(literals.getOrDefault(variable, category + 1));
                yield new Leaf(family, 0, (numbers, first, to) -> to.set(0, category));
            }
            case INDICATOR ->
                    new Leaf(
                            new Indicator(whole(of, found, "num_states", 1)),
                            1,
                            (numbers, first, to) -> to.set(0, numbers.number(first)));
            case EXTERNAL -> new Leaf(new External(), 0, (numbers, first, to) -> {});
            default -> throw of.problem("has the distribution " + found.type(), "give a class");
        };
    }

    private static double number(@Nullable Object value, double otherwise) {
        return switch (value) {
            case Double d -> d;
            case Long l -> l;
            case null, default -> otherwise;
        };
    }

    private static int categories(PyJuiceVector of, Pickle.Instance found, int most) {
        return checked(of, found.get("num_cats") instanceof Long k ? k : 0, most);
    }

    private static int checked(PyJuiceVector of, long categories, int most) {
        if (categories < 1 || categories > most) {
            throw of.problem("has " + categories + " categories", "give at least one");
        }
        return (int) categories;
    }

    private static int whole(PyJuiceVector of, Pickle.Instance found, String field, int least) {
        long value = found.get(field) instanceof Long number ? number : -1;
        if (value < least || value >= MOST_CATEGORIES) {
            throw of.problem(
                    "has a distribution with '" + field + "' " + value,
                    "give " + least + " to " + (MOST_CATEGORIES - 1));
        }
        return (int) value;
    }

    /** Probabilities, which may be followed by other numbers. */
    private static Leaf table(InputFamily family, int perNode) {
        int categories = family.categories();
        return new Leaf(
                family,
                perNode,
                (numbers, first, to) -> {
                    double total = 0;
                    for (int k = 0; k < categories; k++) {
                        total += numbers.number(first + k);
                    }
                    double divisor = Math.abs(total - 1) <= SUM_TOLERANCE ? total : 1;
                    for (int k = 0; k < categories; k++) {
                        to.set(k, representable(numbers.number(first + k) / divisor));
                    }
                });
    }

    private static void fillBernoulli(NumpyArray numbers, long first, NodeValues to) {
        double one = numbers.number(first);
        to.set(0, representable(1 - one));
        to.set(1, representable(one));
    }

    private static Leaf logistic(PyJuiceVector of, Pickle.Instance found) {
        int categories = categories(of, found, MOST_CATEGORIES);
        double low = Double.NaN;
        double high = Double.NaN;
        if (found.get("val_range") instanceof List<?> range && range.size() == 2) {
            low = number(range.get(0), low);
            high = number(range.get(1), high);
        }
        double width = (high - low) / categories; // of a value
        if (!(width > 0) || Double.isInfinite(width)) {
            throw of.problem("has values from " + low + " to " + high, "give an interval");
        }
        double from = low;
        double least = number(found.get("min_std"), 0) * SCALE_OF_DEVIATION / width;
        DiscretizedLogistic family =
                least > 0
                        ? new DiscretizedLogistic(categories, least)
                        : new DiscretizedLogistic(categories);
        return new Leaf(
                family,
                2,
                (numbers, first, to) -> {
                    to.set(0, (numbers.number(first) - from) / width - 0.5);
                    to.set(1, numbers.number(first + 1) / width);
                });
    }

    /** The nearest probability that parameters can be; what is no probability stays as it is. */
    static float representable(double value) {
        return value > 0 ? Parameters.nearestWeight(value) : (float) value;
    }
}
