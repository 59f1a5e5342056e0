package io.sluice.leaf;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.FamilySettings;
import io.sluice.circuit.InputFamily;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

/**
 * Families by the names of their types, for files. There are the families of this package and those
 * that {@link ServiceLoader} finds: a jar with a family of its own lists the class, which needs a
 * public constructor without parameters, in {@code META-INF/services/} under the name of {@link
 * InputFamily}.
 */
public final class InputFamilies {
    private static final Map<String, InputFamily> BY_TYPE = byType();

    private InputFamilies() {}

    private static Map<String, InputFamily> byType() {
        Map<String, InputFamily> families = new LinkedHashMap<>();
        List<InputFamily> own =
                List.of(
                        new Categorical(1),
                        new Bernoulli(),
                        new Gaussian(),
                        new Binomial(1),
                        new Poisson(),
                        new LogNormal(),
                        new Exponential(),
                        new Gamma(),
                        new DiscretizedLogistic(2),
                        Histogram.ofEqualBins(0, 1, 1),
                        new Indicator(1),
                        new MaskedCategorical(1),
                        new SoftCategorical(1),
                        new External());
        own.forEach(family -> families.put(family.type(), family));
        ServiceLoader.load(InputFamily.class)
                .forEach(family -> families.putIfAbsent(family.type(), family));
        return families;
    }

    /** Names of all types. */
    public static List<String> types() {
        return List.copyOf(BY_TYPE.keySet());
    }

    /**
     * The family of a type with some settings.
     *
     * @throws InvalidArgumentException when there is no such type, or a setting is missing or
     *     impossible
     */
    public static InputFamily of(String type, FamilySettings settings) {
        InputFamily family = BY_TYPE.get(type);
        if (family == null) {
            throw new InvalidArgumentException(
                    "there is no family of the type '"
                            + type
                            + "': expected one of "
                            + String.join(", ", types())
                            + ", or put the jar that has it on the class path");
        }
        return family.withSettings(settings);
    }
}
