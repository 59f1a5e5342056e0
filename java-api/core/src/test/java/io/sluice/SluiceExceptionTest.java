package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SluiceExceptionTest {
    private static String message(String text) {
        return new FileFormatException(text).getMessage();
    }

    @Test
    void a_message_is_one_line_without_control_characters() {
        assertEquals("column 'a [31m b' twice", message("column 'a\u001b[31m\r\nb' twice"));
        for (char c = 0; c < Character.MAX_VALUE; c++) {
            String shown = message("a" + c + "b");
            assertTrue(shown.chars().noneMatch(Character::isISOControl), "character " + (int) c);
            assertEquals(1, shown.lines().count(), "character " + (int) c);
        }
    }

    @Test
    void a_long_message_keeps_its_start_and_its_remedy() {
        String shown = message("column '" + "x".repeat(1 << 20) + "': give it a name");
        assertTrue(shown.startsWith("column 'xx") && shown.endsWith("xx': give it a name"), shown);
        assertTrue(shown.length() < 1100, shown);
    }
}
