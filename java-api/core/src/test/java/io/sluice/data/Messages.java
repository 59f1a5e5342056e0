package io.sluice.data;

import static org.junit.jupiter.api.Assertions.assertTrue;

/** Checks what errors say. */
public final class Messages {
    private Messages() {}

    public static void assertSays(Throwable error, String part) {
        String message = String.valueOf(error.getMessage());
        assertTrue(message.contains(part), message);
    }
}
