package io.sluice.cli;

import java.lang.reflect.Proxy;
import java.util.function.Consumer;

/** Signals that ask a process to end. */
enum StopSignal {
    INT(2, "Ctrl-C"),
    TERM(15, "SIGTERM");

    /** What shells add to the number of a signal that ended a process. */
    private static final int SIGNALLED = 128;

    private final int number;
    private final String title;

    StopSignal(int number, String title) {
        this.number = number;
        this.title = title;
    }

    /** As people name it. */
    String title() {
        return title;
    }

    /** The exit code of a process that ends because of it. */
    int exitCode() {
        return SIGNALLED + number;
    }

    /**
     * Calls a handler, on a thread of its own, when this process gets the signal. Where the JVM
     * leaves signals to somebody else, it does nothing. The class is reached by reflection, as a
     * compiler warns of every mention of {@code sun.misc.Signal}, and the JDK has no other.
     */
    void handle(Consumer<StopSignal> handler) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handlers = Class.forName("sun.misc.SignalHandler");
            Object proxy =
                    Proxy.newProxyInstance(
                            handlers.getClassLoader(),
                            new Class<?>[] {handlers},
                            (self, method, arguments) -> {
                                if (method.getName().equals("handle")) {
                                    handler.accept(this);
                                }
                                return null;
                            });
            signal.getMethod("handle", signal, handlers)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name()), proxy);
        } catch (ReflectiveOperationException e) {
            return; // the signal ends the process as it always did
        }
    }
}
