package io.sluice.model;

import io.sluice.FileFormatException;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The description of a tensor in the header of a safetensors file.
 *
 * @param type of its numbers, such as {@code F32}
 * @param shape sizes of its dimensions
 * @param start of its bytes, from the end of the header
 * @param end of its bytes
 */
record TensorHeader(String type, long[] shape, long start, long end) {
    private static final String METADATA = "__metadata__";
    private static final int MOST_DIMENSIONS = 8;

    /**
     * Parses a header and checks that the tensors cover the data without gap or overlap.
     *
     * @param dataBytes how many bytes follow the header
     * @throws FileFormatException when it is no header of such a file
     */
    static Map<String, TensorHeader> parse(byte[] header, long dataBytes) {
        Map<String, TensorHeader> tensors = new LinkedHashMap<>();
        try (JsonParser json = new JsonFactory().createParser(ObjectReadContext.empty(), header)) {
            expect(json.nextToken() == JsonToken.START_OBJECT, "is no object");
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = json.currentName();
                expect(json.nextToken() == JsonToken.START_OBJECT, "has no object for " + name);
                if (name.equals(METADATA)) {
                    json.skipChildren();
                } else if (tensors.put(name, tensor(json, name)) != null) {
                    throw damaged("has the tensor '" + name + "' twice");
                }
            }
            expect(json.currentToken() == JsonToken.END_OBJECT, "does not end");
            expect(json.nextToken() == null, "goes on after its end");
        } catch (JacksonException e) {
            throw new FileFormatException(
                    "the header is no JSON (" + e.getOriginalMessage() + "): copy the file again",
                    e);
        }
        checkCover(tensors, dataBytes);
        return tensors;
    }

    private static TensorHeader tensor(JsonParser json, String name) {
        String type = "";
        long[] shape = {};
        long[] offsets = {};
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String field = json.currentName();
            json.nextToken();
            switch (field) {
                case "dtype" -> type = json.getString();
                case "shape" -> shape = numbers(json, name);
                case "data_offsets" -> offsets = numbers(json, name);
                default -> throw damaged("has the field '" + field + "' for '" + name + "'");
            }
        }
        expect(offsets.length == 2, "has no data_offsets of two numbers for '" + name + "'");
        return new TensorHeader(type, shape, offsets[0], offsets[1]);
    }

    private static long[] numbers(JsonParser json, String name) {
        expect(json.currentToken() == JsonToken.START_ARRAY, "has no list for '" + name + "'");
        List<Long> numbers = new ArrayList<>();
        while (json.nextToken() == JsonToken.VALUE_NUMBER_INT) {
            expect(numbers.size() < MOST_DIMENSIONS, "has a long list for '" + name + "'");
            numbers.add(json.getLongValue());
            expect(numbers.get(numbers.size() - 1) >= 0, "has a number below 0 for " + name);
        }
        expect(
                json.currentToken() == JsonToken.END_ARRAY,
                "has more than whole numbers for '" + name + "'");
        return numbers.stream().mapToLong(Long::longValue).toArray();
    }

    private static void checkCover(Map<String, TensorHeader> tensors, long dataBytes) {
        List<Map.Entry<String, TensorHeader>> sorted = new ArrayList<>(tensors.entrySet());
        sorted.sort(Comparator.comparingLong(entry -> entry.getValue().start()));
        long end = 0;
        for (Map.Entry<String, TensorHeader> entry : sorted) {
            TensorHeader tensor = entry.getValue();
            if (tensor.start() != end
                    || tensor.end() < tensor.start()
                    || tensor.end() > dataBytes
                    || (tensor.type().equals("F32")
                            && tensor.end() - tensor.start() != tensor.bytes())) {
                throw damaged(
                        "puts the tensor '"
                                + entry.getKey()
                                + "' of shape "
                                + Arrays.toString(tensor.shape())
                                + " at the bytes "
                                + tensor.start()
                                + " to "
                                + tensor.end()
                                + " of "
                                + dataBytes
                                + ", where the one before it ends at "
                                + end);
            }
            end = tensor.end();
        }
        expect(end == dataBytes, "covers " + end + " of " + dataBytes + " bytes of data");
    }

    /** Bytes of float32 numbers of this shape; negative when there are too many to count. */
    private long bytes() {
        long count = Float.BYTES;
        for (long size : shape) {
            if (size != 0 && count > Long.MAX_VALUE / size) {
                return -1;
            }
            count *= size;
        }
        return count;
    }

    private static void expect(boolean holds, String otherwise) {
        if (!holds) {
            throw damaged(otherwise);
        }
    }

    private static FileFormatException damaged(String what) {
        return new FileFormatException(
                "the header " + what + ": give a safetensors file, or copy it again");
    }
}
