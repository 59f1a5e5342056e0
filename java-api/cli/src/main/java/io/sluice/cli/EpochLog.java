package io.sluice.cli;

import io.sluice.learning.TrainingHistory.Epoch;
import io.sluice.learning.TrainingListener;
import io.sluice.tables.TableFit;

import java.util.ArrayList;
import java.util.List;

/** Keeps the epochs of several trainings, one after the other. */
final class EpochLog implements TrainingListener {
    private final TrainingListener next;
    private final List<List<Epoch>> runs = new ArrayList<>();

    /**
     * @param next is told of everything, too
     */
    EpochLog(TrainingListener next) {
        this.next = next;
    }

    @Override
    public void onBatch(BatchProgress progress) {
        next.onBatch(progress);
    }

    @Override
    public void onEpoch(Epoch epoch) {
        if (epoch.epoch() == 1) {
            runs.add(new ArrayList<>());
        }
        runs.get(runs.size() - 1).add(epoch);
        next.onEpoch(epoch);
    }

    /** The epochs of the chosen model; none when it was estimated by counting. */
    List<Epoch> of(TableFit fit) {
        List<TableFit.Tried> trained =
                fit.tried().stream().filter(each -> each.epochs() > 0).toList();
        int chosen = trained.indexOf(fit.chosen());
        return chosen < 0 ? List.of() : List.copyOf(runs.get(chosen));
    }
}
