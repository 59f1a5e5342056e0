/**
 * The compiled kernel libraries, as resources under {@code META-INF/native}. The module has no
 * classes: it is named so that {@code io.sluice} finds its resources on the module path too.
 */
module io.sluice.kernels {}
