package io.sluice.model;

import io.sluice.FileFormatException;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads a Python pickle, protocols 3 to 5, that holds plain values, arrays of numbers and objects
 * of named classes. It runs nothing: an instruction that calls a function makes a value if the
 * function is on a list; otherwise it is refused.
 *
 * <p>Values are {@code null}, {@link Boolean}, {@link Long}, {@link Double}, {@link String}, {@link
 * MemorySegment} for bytes, {@link List} for lists and tuples, {@link Map} for dictionaries, {@link
 * NumpyArray} and {@link Instance}. Each instruction takes at least a byte and makes at most one
 * small value; bytes and arrays are slices of the file's. Lists may contain each other in circles,
 * so values are never printed, compared or hashed as a whole.
 */
final class Pickle {
    private static final int LOWEST_PROTOCOL = 3; // the first with bytes
    private static final int HIGHEST_PROTOCOL = 5;

    /** Names of fields and classes are shorter. */
    private static final long LONGEST_TEXT = 1 << 16;

    /** Stands for Python's None, as stacks hold no nulls. */
    private static final Object NONE = new Object();

    /** NumPy's own bound. */
    private static final int MOST_DIMENSIONS = 64;

    private static final Set<String> ARRAY_MODULES =
            Set.of("numpy.core.multiarray", "numpy._core.multiarray");
    private static final Set<String> BUFFER_MODULES =
            Set.of("numpy.core.numeric", "numpy._core.numeric");

    /** A name that the pickle may use; it stands for itself. */
    private record Name(String module, String name) {}

    /** A type of numbers; its state comes later in the pickle. */
    private static final class NumberType {
        private final String code;
        private boolean bigEndian;

        NumberType(String code) {
            this.code = code;
        }
    }

    /** An array; its state comes later in the pickle. */
    private static final class ArrayShell {
        private @Nullable NumpyArray array;
    }

    /** The start of a tuple or of items on the stack. */
    private enum Mark {
        MARK
    }

    /** An object; its fields come later in the pickle. */
    static final class Instance {
        private final String type;
        private final List<?> arguments;
        private @Nullable Map<?, ?> fields; // null: not yet given

        Instance(String type, List<?> arguments) {
            this.type = type;
            this.arguments = arguments;
        }

        /** Name of its class. */
        String type() {
            return type;
        }

        /** The arguments that its class was called with. */
        List<?> arguments() {
            return arguments;
        }

        /** A field; null when there is none. */
        @Nullable Object get(String field) {
            return fields == null ? null : fields.get(field);
        }
    }

    private final MemorySegment bytes;
    private final Set<String> classes;
    private final List<Object> stack = new ArrayList<>();
    private final Map<Long, Object> memo = new HashMap<>();
    private long at;

    private Pickle(MemorySegment bytes, Set<String> classes) {
        this.bytes = bytes;
        this.classes = classes;
    }

    /**
     * Reads the value.
     *
     * @param classes full names of the classes that objects may have
     * @throws FileFormatException when the bytes are no pickle, or one that uses anything else
     */
    static @Nullable Object read(MemorySegment bytes, Set<String> classes) {
        return new Pickle(bytes, classes).run();
    }

    private @Nullable Object run() {
        if (nextByte() != 0x80) {
            throw problem("does not begin like a pickle");
        }
        int protocol = nextByte();
        if (protocol < LOWEST_PROTOCOL || protocol > HIGHEST_PROTOCOL) {
            throw problem("has the protocol " + protocol + ", expected 3 to 5");
        }
        while (true) {
            int instruction = nextByte();
            if (instruction == '.') {
                return plain(pop());
            }
            perform(instruction);
        }
    }

    private void perform(int instruction) {
        switch (instruction) {
            case 0x95 -> advance(Long.BYTES); // frames only help readers of streams
            case '(' -> stack.add(Mark.MARK);
            case '0' -> pop();
            case '1' -> popToMark();
            case 'N' -> stack.add(NONE);
            case 0x88 -> stack.add(true);
            case 0x89 -> stack.add(false);
            case 'J' -> stack.add((long) bytes.get(SectionReader.INT, advance(Integer.BYTES)));
            case 'K' -> stack.add((long) nextByte());
            case 'M' -> stack.add((long) (nextByte() | nextByte() << Byte.SIZE));
            case 0x8a -> stack.add(wholeNumber(nextByte()));
            case 'G' ->
                    stack.add(
                            Double.longBitsToDouble(
                                    Long.reverseBytes(
                                            bytes.get(SectionReader.LONG, advance(Long.BYTES)))));
            case 0x8c -> stack.add(text(nextByte()));
            case 'X' -> stack.add(text(nextInt()));
            case 0x8d -> stack.add(text(nextLong()));
            case 'C' -> stack.add(slice(nextByte()));
            case 'B' -> stack.add(slice(nextInt()));
            case 0x8e, 0x96 -> stack.add(slice(nextLong()));
            case ']' -> stack.add(new ArrayList<>());
            case '}' -> stack.add(new LinkedHashMap<>());
            case ')' -> stack.add(List.of());
            case 't' -> stack.add(Collections.unmodifiableList(popToMark()));
            case 0x85 -> tuple(1);
            case 0x86 -> tuple(2);
            case 0x87 -> tuple(3);
            case 'a' -> append(List.of(pop()));
            case 'e' -> append(popToMark());
            case 's' -> put(popLast(2));
            case 'u' -> put(popToMark());
            case 0x94 -> memo.put((long) memo.size(), top());
            case 'q' -> memo.put((long) nextByte(), top());
            case 'r' -> memo.put(nextInt(), top());
            case 'h' -> recall(nextByte());
            case 'j' -> recall(nextInt());
            case 'c' -> stack.add(name(line(), line()));
            case 0x93 -> {
                List<Object> both = popLast(2);
                if (!(both.get(0) instanceof String module)
                        || !(both.get(1) instanceof String name)) {
                    throw problem("has a name that is no text");
                }
                stack.add(name(module, name));
            }
            case 'R' -> {
                List<Object> both = popLast(2);
                stack.add(call(both.get(0), both.get(1)));
            }
            case 0x81 -> {
                List<Object> both = popLast(2);
                stack.add(instance(both.get(0), both.get(1)));
            }
            case 'b' -> build(pop());
            default -> throw problem("has the instruction " + instruction + ", which is not read");
        }
    }

    private Object name(String module, String name) {
        boolean known =
                (ARRAY_MODULES.contains(module)
                                && (name.equals("_reconstruct") || name.equals("scalar")))
                        || (BUFFER_MODULES.contains(module) && name.equals("_frombuffer"))
                        || (module.equals("numpy")
                                && (name.equals("ndarray") || name.equals("dtype")))
                        || classes.contains(module + "." + name);
        if (!known) {
            throw new FileFormatException(
                    "the pickle names "
                            + module
                            + "."
                            + name
                            + ", which is none of the names that a circuit needs: nothing of it was"
                            + " run; give a file of a supported circuit");
        }
        return new Name(module, name);
    }

    private Object call(Object function, Object arguments) {
        if (!(function instanceof Name name) || !(arguments instanceof List<?> list)) {
            throw problem("calls what is no function");
        }
        String full = name.module() + "." + name.name();
        if (classes.contains(full)) {
            return new Instance(full, list);
        }
        switch (name.name()) {
            case "_reconstruct" -> {
                return new ArrayShell();
            }
            case "dtype" -> {
                if (!list.isEmpty() && list.get(0) instanceof String code) {
                    return new NumberType(code);
                }
            }
            case "_frombuffer" -> {
                if (list.size() == 4
                        && list.get(0) instanceof MemorySegment data
                        && list.get(1) instanceof NumberType type
                        && list.get(2) instanceof List<?> shape) {
                    return array(type, shape, !"C".equals(list.get(3)), data);
                }
            }
            case "scalar" -> {
                if (list.size() == 2
                        && list.get(0) instanceof NumberType type
                        && list.get(1) instanceof MemorySegment data) {
                    double number = array(type, List.of(), false, data).number(0);
                    return number == Math.rint(number) ? (Object) (long) number : (Object) number;
                }
            }
            default -> {}
        }
        throw problem("calls " + full + " with other arguments");
    }

    private Object instance(Object type, Object arguments) {
        if (type instanceof Name name
                && classes.contains(name.module() + "." + name.name())
                && arguments instanceof List<?> list
                && list.isEmpty()) {
            return new Instance(name.module() + "." + name.name(), list);
        }
        throw problem("makes an object of what is no class");
    }

    private void build(Object state) {
        switch (top()) {
            case NumberType type when state instanceof List<?> list && list.size() > 1 ->
                    type.bigEndian = ">".equals(list.get(1));
            case ArrayShell shell
                    when state instanceof List<?> list
                            && list.size() == 5
                            && list.get(1) instanceof List<?> shape
                            && list.get(2) instanceof NumberType type
                            && list.get(4) instanceof MemorySegment data ->
                    shell.array = array(type, shape, Boolean.TRUE.equals(list.get(3)), data);
            case Instance instance when state instanceof Map<?, ?> fields -> {
                if (instance.fields != null) {
                    throw problem("gives an object a second state");
                }
                instance.fields = fields; // not copied: many objects may share a large one
            }
            default -> throw problem("gives a value a state that it cannot have");
        }
    }

    private NumpyArray array(NumberType type, List<?> shape, boolean fortran, MemorySegment data) {
        if (type.bigEndian || (fortran && shape.size() > 1)) {
            throw problem("has an array in an order that is not read");
        }
        if (shape.size() > MOST_DIMENSIONS) {
            throw problem("has an array of " + shape.size() + " dimensions");
        }
        long[] sizes = new long[shape.size()];
        for (int i = 0; i < sizes.length; i++) {
            if (!(shape.get(i) instanceof Long size)) {
                throw problem("has an array whose shape is no list of numbers");
            }
            sizes[i] = size;
        }
        return new NumpyArray(type.code, sizes, data);
    }

    private void tuple(int size) {
        stack.add(Collections.unmodifiableList(popLast(size)));
    }

    private void append(List<Object> items) {
        if (!(top() instanceof ArrayList<?>)) {
            throw problem("appends to what is no list");
        }
        @SuppressWarnings("unchecked") // all lists of the stack hold objects
        ArrayList<Object> list = (ArrayList<Object>) top();
        items.forEach(item -> list.add(unshelled(item)));
    }

    private void put(List<Object> items) {
        if (!(top() instanceof Map<?, ?>) || items.size() % 2 != 0) {
            throw problem("puts items into what is no dictionary");
        }
        @SuppressWarnings("unchecked") // all dictionaries of the stack hold objects
        Map<Object, Object> map = (Map<Object, Object>) top();
        for (int i = 0; i < items.size(); i += 2) {
            if (!(items.get(i) instanceof String) && !(items.get(i) instanceof Long)) {
                throw problem("has a dictionary whose keys are no texts or numbers");
            }
            map.put(items.get(i), unshelled(items.get(i + 1)));
        }
    }

    private static Object unshelled(Object value) {
        return value instanceof ArrayShell shell && shell.array != null ? shell.array : value;
    }

    private static @Nullable Object plain(Object value) {
        return value == NONE ? null : unshelled(value);
    }

    private void recall(long key) {
        Object value = memo.get(key);
        if (value == null) {
            throw problem("recalls a value that it did not store");
        }
        stack.add(value);
    }

    private Object top() {
        if (stack.isEmpty()) {
            throw problem("uses a value that is not there");
        }
        return stack.get(stack.size() - 1);
    }

    private Object pop() {
        Object top = top();
        stack.remove(stack.size() - 1);
        return top;
    }

    private List<Object> popLast(int count) {
        if (stack.size() < count) {
            throw problem("uses a value that is not there");
        }
        List<Object> tail = stack.subList(stack.size() - count, stack.size());
        List<Object> popped = new ArrayList<>(tail);
        tail.clear();
        return popped;
    }

    private List<Object> popToMark() {
        int mark = stack.lastIndexOf(Mark.MARK);
        if (mark < 0) {
            throw problem("has no mark where one is used");
        }
        List<Object> items = popLast(stack.size() - mark - 1);
        pop();
        return items;
    }

    private long wholeNumber(int length) {
        if (length > Long.BYTES) {
            throw problem("has a whole number of " + length + " bytes");
        }
        long from = advance(length);
        long value = 0;
        for (int i = length - 1; i >= 0; i--) {
            byte next = bytes.get(ValueLayout.JAVA_BYTE, from + i);
            value = value << Byte.SIZE | (i == length - 1 ? next : next & 0xFF);
        }
        return value;
    }

    private String text(long length) {
        if (length > LONGEST_TEXT) {
            throw problem("has a text of " + length + " bytes");
        }
        MemorySegment utf8 = slice(length);
        return new String(utf8.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
    }

    private String line() {
        long start = at;
        while (nextByte() != '\n') {
            // up to the end of the line
        }
        MemorySegment line = bytes.asSlice(start, at - 1 - start);
        return new String(line.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
    }

    private MemorySegment slice(long length) {
        return bytes.asSlice(advance(length), length);
    }

    private int nextByte() {
        return bytes.get(ValueLayout.JAVA_BYTE, advance(1)) & 0xFF;
    }

    private long nextInt() {
        return Integer.toUnsignedLong(bytes.get(SectionReader.INT, advance(Integer.BYTES)));
    }

    private long nextLong() {
        return bytes.get(SectionReader.LONG, advance(Long.BYTES));
    }

    private long advance(long length) {
        if (length < 0 || length > bytes.byteSize() - at) {
            throw problem("ends in the middle of a value");
        }
        long from = at;
        at += length;
        return from;
    }

    private FileFormatException problem(String what) {
        return new FileFormatException(
                "the pickle "
                        + what
                        + " (at byte "
                        + at
                        + "): give a file that PyJuice wrote, or copy it again");
    }
}
