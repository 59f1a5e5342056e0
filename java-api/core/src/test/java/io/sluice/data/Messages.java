package io.sluice.data;

import static org.junit.jupiter.api.Assertions.assertTrue;

/** Checks what errors say. */
final class Messages {
    private Messages() {}

    static void assertSays(Throwable error, String part) {
        String message = String.valueOf(error.getMessage());
        assertTrue(message.contains(part), message);
    }
}
