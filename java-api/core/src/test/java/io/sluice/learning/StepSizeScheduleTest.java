package io.sluice.learning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.InvalidArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StepSizeScheduleTest {
    private static final double EXACT = 0;
    private static final double ROUNDING = 1e-15;

    @Test
    void a_constant_schedule_never_changes() {
        StepSizeSchedule schedule = StepSizeSchedule.constant(0.3);
        assertEquals(0.3, schedule.at(0), EXACT);
        assertEquals(0.3, schedule.at(1), EXACT);
    }

    @Test
    void a_linear_schedule_has_exact_ends_and_the_mean_in_the_middle() {
        StepSizeSchedule schedule = StepSizeSchedule.linear(0.42, 0.02);
        assertEquals(0.42, schedule.at(0), EXACT);
        assertEquals(0.22, schedule.at(0.5), ROUNDING);
        assertEquals(0.02, schedule.at(1), EXACT);
    }

    @Test
    void a_cosine_schedule_starts_and_ends_slowly() {
        StepSizeSchedule schedule = StepSizeSchedule.cosine(0.5, 0.1);
        assertEquals(0.5, schedule.at(0), ROUNDING);
        assertEquals(0.3, schedule.at(0.5), ROUNDING);
        assertEquals(0.1, schedule.at(1), ROUNDING);
        assertTrue(schedule.at(0.1) > StepSizeSchedule.linear(0.5, 0.1).at(0.1));
        assertTrue(schedule.at(0.9) < StepSizeSchedule.linear(0.5, 0.1).at(0.9));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -0.1, 1.0000001, Double.NaN, Double.POSITIVE_INFINITY})
    void a_step_size_outside_0_to_1_is_refused_with_its_value(double value) {
        InvalidArgumentException e =
                assertThrows(
                        InvalidArgumentException.class, () -> StepSizeSchedule.constant(value));
        assertTrue(String.valueOf(e.getMessage()).contains("step size is " + value));
        assertThrows(InvalidArgumentException.class, () -> StepSizeSchedule.linear(0.5, value));
        assertThrows(InvalidArgumentException.class, () -> StepSizeSchedule.cosine(value, 0.5));
    }
}
