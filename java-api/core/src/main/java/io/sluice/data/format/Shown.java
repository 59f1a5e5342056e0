package io.sluice.data.format;

import java.util.List;

/** Texts of files as messages show them: short, and without control characters. */
final class Shown {
    private static final int LONGEST = 40;
    private static final int MOST = 5;

    private Shown() {}

    static String text(String text) {
        String plain = text.replaceAll("\\p{Cntrl}", "?");
        return plain.length() <= LONGEST ? plain : plain.substring(0, LONGEST) + "...";
    }

    static String list(List<String> texts) {
        String some =
                String.join(
                        ", ",
                        texts.subList(0, Math.min(MOST, texts.size())).stream()
                                .map(Shown::text)
                                .toList());
        return texts.size() > MOST ? some + ", ..." : some;
    }
}
