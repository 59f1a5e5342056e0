package io.sluice.runtime;

import java.lang.foreign.Arena;
import java.util.ArrayDeque;
import java.util.Deque;

/** Resources to release at the end, the latest first. */
final class Releases {
    private final Deque<Runnable> releases = new ArrayDeque<>();

    void add(Runnable release) {
        releases.push(release);
    }

    /** Memory that is freed at the end. */
    @SuppressWarnings("MustBeClosedChecker") // by runAll
    Arena arena() {
        Arena arena = Arena.ofShared();
        add(arena::close);
        return arena;
    }

    /** Releases everything, even if one release fails. */
    void runAll() {
        while (!releases.isEmpty()) {
            try {
                releases.pop().run();
            } finally {
                runAll();
            }
        }
    }
}
