package io.sluice.circuit;

import io.sluice.InvalidArgumentException;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.DoubleStream;

/**
 * The settings of an {@link InputFamily} by name: numbers, or lists of numbers, as files hold them.
 * Immutable.
 */
public final class FamilySettings {
    /** The settings of a type that has none. */
    public static final FamilySettings NONE = new FamilySettings(new LinkedHashMap<>());

    private final Map<String, double[]> values;

    private FamilySettings(Map<String, double[]> values) {
        this.values = values;
    }

    /** Settings by name, in the order of the map; the arrays are copied. */
    public static FamilySettings of(Map<String, double[]> values) {
        Map<String, double[]> copy = new LinkedHashMap<>();
        values.forEach((name, numbers) -> copy.put(name, numbers.clone()));
        return new FamilySettings(copy);
    }

    /** These settings with one added or changed. */
    public FamilySettings with(String name, double... numbers) {
        Map<String, double[]> more = new LinkedHashMap<>(values);
        more.put(name, numbers.clone());
        return new FamilySettings(more);
    }

    /** Names and numbers in order; the arrays are copies. */
    public Map<String, double[]> values() {
        Map<String, double[]> copy = new LinkedHashMap<>();
        values.forEach((name, numbers) -> copy.put(name, numbers.clone()));
        return Collections.unmodifiableMap(copy);
    }

    /**
     * The numbers under a name.
     *
     * @throws InvalidArgumentException when there are none
     */
    public double[] numbers(String name) {
        double[] numbers = values.get(name);
        if (numbers == null) {
            throw new InvalidArgumentException("the setting " + name + " is missing: give it");
        }
        return numbers.clone();
    }

    /**
     * The number under a name.
     *
     * @param absent the result if there is none
     */
    public double number(String name, double absent) {
        return values.containsKey(name) ? number(name) : absent;
    }

    /**
     * The number under a name.
     *
     * @throws InvalidArgumentException when there is none, or a list
     */
    public double number(String name) {
        double[] numbers = numbers(name);
        if (numbers.length != 1) {
            throw new InvalidArgumentException(
                    "the setting " + name + " has " + numbers.length + " numbers: give one");
        }
        return numbers[0];
    }

    /**
     * The whole number under a name.
     *
     * @throws InvalidArgumentException when there is none, or it is no int
     */
    public int integer(String name) {
        double number = number(name);
        if (number != (int) number) {
            throw new InvalidArgumentException(
                    "the setting " + name + " is " + number + ": give a whole number");
        }
        return (int) number;
    }

    /** Names and numbers, as messages list them. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        values.forEach(
                (name, numbers) ->
                        text.append(text.isEmpty() ? "" : ", ")
                                .append(name)
                                .append(' ')
                                .append(
                                        numbers.length == 1
                                                ? numbers[0]
                                                : DoubleStream.of(numbers).boxed().toList()));
        return text.toString();
    }
}
