package io.sluice.model;

import io.sluice.data.BinnedNumbers;
import io.sluice.data.Numbers;
import io.sluice.data.Quantity;
import io.sluice.data.ScaledNumbers;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/** The part of a column in the schema section that says how its cells stand for numbers. */
final class NumberSections {
    private static final int BIN_BYTES = 40;

    private NumberSections() {}

    static void write(SectionWriter out, @Nullable Numbers numbers) {
        if (numbers == null) {
            return;
        }
        Quantity quantity = numbers.quantity();
        out.writeText(quantity.kind().name());
        out.writeDouble(quantity.resolution());
        out.writeDouble(quantity.minimum());
        out.writeDouble(quantity.maximum());
        out.writeText(quantity.pattern() == null ? "" : quantity.pattern());
        switch (numbers) {
            case ScaledNumbers scaled -> {
                out.writeDouble(scaled.offset());
                out.writeDouble(scaled.scale());
            }
            case BinnedNumbers binned -> {
                out.writeInt(binned.bins().size());
                for (BinnedNumbers.Bin bin : binned.bins()) {
                    out.writeDouble(bin.from());
                    out.writeDouble(bin.to());
                    out.writeDouble(bin.lowest());
                    out.writeDouble(bin.highest());
                    out.writeDouble(bin.typical());
                }
            }
        }
    }

    private static Quantity readQuantity(SectionReader in) {
        Quantity.Kind kind = kind(in);
        double resolution = in.readDouble("a resolution");
        double minimum = in.readDouble("a minimum");
        double maximum = in.readDouble("a maximum");
        String pattern = in.readText("a pattern");
        return new Quantity(kind, resolution, minimum, maximum, pattern.isEmpty() ? null : pattern);
    }

    private static Quantity.Kind kind(SectionReader in) {
        String name = in.readText("a kind of number");
        for (Quantity.Kind kind : Quantity.Kind.values()) {
            if (kind.name().equals(name)) {
                return kind;
            }
        }
        throw in.damaged("numbers of the kind '" + name + "'");
    }

    static ScaledNumbers readScaled(SectionReader in) {
        return new ScaledNumbers(
                readQuantity(in), in.readDouble("an offset"), in.readDouble("a scale"));
    }

    static BinnedNumbers readBinned(SectionReader in) {
        Quantity quantity = readQuantity(in);
        int count = in.readCount("bins", BIN_BYTES);
        List<BinnedNumbers.Bin> bins = new ArrayList<>();
        for (int k = 0; k < count; k++) {
            bins.add(
                    new BinnedNumbers.Bin(
                            in.readDouble("the lower end of a bin"),
                            in.readDouble("the upper end of a bin"),
                            in.readDouble("the lowest number of a bin"),
                            in.readDouble("the highest number of a bin"),
                            in.readDouble("the typical number of a bin")));
        }
        return new BinnedNumbers(quantity, bins);
    }
}
