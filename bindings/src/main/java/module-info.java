/** What jextract makes of the kernel interface and of the CUDA runtime, for {@code io.sluice}. */
@SuppressWarnings("module") // io.sluice is compiled after this module
module io.sluice.bindings {
    exports io.sluice.bindings to
            io.sluice;
    exports io.sluice.bindings.cudart to
            io.sluice;
    exports io.sluice.bindings.kernels to
            io.sluice;
}
