package io.sluice.cli;

import io.sluice.data.DataParts;
import io.sluice.data.Dataset;
import io.sluice.learning.TrainingHistory.Epoch;

import org.jspecify.annotations.Nullable;

import java.util.OptionalDouble;

/**
 * Brings the figures of a training run, which are about stored cells, into the units of the user's
 * columns.
 *
 * @param train what to subtract from mean log-likelihoods of the training rows
 * @param valid the same for the validation rows
 */
record UserUnits(double train, double valid) {

    static UserUnits of(DataParts parts) {
        return new UserUnits(mean(parts.train()), mean(parts.valid()));
    }

    private static double mean(@Nullable Dataset rows) {
        double sum = 0;
        for (long row = 0; rows != null && row < rows.rows(); row++) {
            sum += rows.logUnits(row);
        }
        return rows == null ? 0 : sum / rows.rows();
    }

    Epoch of(Epoch epoch) {
        OptionalDouble validation = epoch.validLogLikelihood();
        return new Epoch(
                epoch.epoch(),
                epoch.trainLogLikelihood() - train,
                validation.isPresent()
                        ? OptionalDouble.of(validation.getAsDouble() - valid)
                        : validation,
                epoch.seconds(),
                epoch.rowsPerSecond());
    }
}
