package io.sluice.data.format;

import java.util.ArrayList;
import java.util.List;

/** Collects what the user should know about how files were read, one sentence each. */
final class Notes {
    /** Later notes only say how many more there are. */
    private static final int MOST = 20;

    private final List<String> lines = new ArrayList<>();
    private int left;

    void add(String line) {
        if (lines.size() < MOST) {
            lines.add(line);
        } else {
            left++;
        }
    }

    List<String> lines() {
        List<String> all = new ArrayList<>(lines);
        if (left > 0) {
            all.add("and " + left + " more notes of this kind");
        }
        return all;
    }
}
