package io.sluice.runtime;

import io.sluice.NativeLoadException;
import io.sluice.SluiceException;

import org.jspecify.annotations.Nullable;

import java.util.function.Supplier;

/** Something that is loaded once for the JVM; a failure is remembered and thrown every time. */
final class OnceLoaded<T> {
    private final Supplier<T> load;
    private @Nullable T loaded;
    private @Nullable SluiceException failure;

    OnceLoaded(Supplier<T> load) {
        this.load = load;
    }

    /**
     * @throws NativeLoadException when it could not be loaded
     */
    synchronized T get() {
        if (failure != null) {
            throw new NativeLoadException(failure.getMessage(), failure);
        }
        T present = loaded;
        if (present == null) {
            try {
                present = load.get();
            } catch (SluiceException e) {
                failure = e;
                throw new NativeLoadException(e.getMessage(), e);
            }
            loaded = present;
        }
        return present;
    }
}
