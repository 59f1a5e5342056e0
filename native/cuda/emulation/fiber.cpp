#include "emulation/fiber.h"

#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include <new>

#if defined(__SANITIZE_ADDRESS__)
#define FIBER_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define FIBER_SANITIZED 1
#endif
#endif
#ifdef FIBER_SANITIZED
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

#if !(defined(__x86_64__) || defined(__aarch64__))
#define FIBER_UCONTEXT 1
#include <ucontext.h>
#endif

#ifndef FIBER_UCONTEXT
/*
 * void emulated_switch(void **from, void *to): pushes the registers that a call preserves, leaves
 * the stack pointer in *from and goes on with the stack whose pointer is `to`. The floating-point
 * control words stay: fibers of one block agree about them.
 */
extern "C" __attribute__((visibility("hidden"))) void emulated_switch(void **from, void *to);

#ifdef __x86_64__
asm(R"(
    .text
    .p2align 4
    .hidden emulated_switch
    .globl emulated_switch
    .type emulated_switch, @function
emulated_switch:
    endbr64
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret
    .size emulated_switch, .-emulated_switch
)");
constexpr size_t SAVED_WORDS = 8; /* six registers, the return address, the caller's */
constexpr size_t RETURN_WORD = 6;
#else
asm(R"(
    .text
    .p2align 4
    .hidden emulated_switch
    .globl emulated_switch
    .type emulated_switch, %function
emulated_switch:
    sub sp, sp, #160
    stp x19, x20, [sp, #0]
    stp x21, x22, [sp, #16]
    stp x23, x24, [sp, #32]
    stp x25, x26, [sp, #48]
    stp x27, x28, [sp, #64]
    stp x29, x30, [sp, #80]
    stp d8, d9, [sp, #96]
    stp d10, d11, [sp, #112]
    stp d12, d13, [sp, #128]
    stp d14, d15, [sp, #144]
    mov x9, sp
    str x9, [x0]
    mov sp, x1
    ldp x19, x20, [sp, #0]
    ldp x21, x22, [sp, #16]
    ldp x23, x24, [sp, #32]
    ldp x25, x26, [sp, #48]
    ldp x27, x28, [sp, #64]
    ldp x29, x30, [sp, #80]
    ldp d8, d9, [sp, #96]
    ldp d10, d11, [sp, #112]
    ldp d12, d13, [sp, #128]
    ldp d14, d15, [sp, #144]
    add sp, sp, #160
    ret
    .size emulated_switch, .-emulated_switch
)");
constexpr size_t SAVED_WORDS = 20;
constexpr size_t RETURN_WORD = 11; /* x30 */
#endif
#endif

namespace emulated {

#ifdef FIBER_SANITIZED
constexpr size_t STACK_BYTES = 256 * 1024; /* red zones and kept variables make frames large */
#else
constexpr size_t STACK_BYTES = 64 * 1024;
#endif

/* Stacks that start at the same offset of a page would all use the same few cache sets. */
static size_t next_offset() {
    static size_t fibers = 0;
    return fibers++ % 16 * 256;
}

struct Fiber::Context {
    void (*entry)() = nullptr;
    char *mapping = nullptr; /* a page that may not be touched, then the stack */
    size_t mapping_bytes = 0;
    const void *bottom = nullptr;
    size_t bytes = 0;
    size_t offset = 0;
#ifdef FIBER_UCONTEXT
    ucontext_t registers;
#else
    void *stack_pointer = nullptr;
#endif
#ifdef FIBER_SANITIZED
    void *fake_stack = nullptr;
#endif
};

/* The fiber that was left by the latest switch. One thread at a time runs fibers. */
static Fiber *left;
static Fiber *running;

Fiber::Fiber() : context(new Context) {}

Fiber::Fiber(void (*entry)()) : context(new Context) {
    const size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    context->entry = entry;
    context->mapping_bytes = STACK_BYTES + page;
    void *mapping = mmap(nullptr, context->mapping_bytes, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (mapping == MAP_FAILED) {
        throw std::bad_alloc();
    }
    mprotect(mapping, page, PROT_NONE);
    context->mapping = static_cast<char *>(mapping);
    context->bottom = context->mapping + page;
    context->bytes = STACK_BYTES;
    context->offset = next_offset();
    restart();
}

Fiber::~Fiber() {
    if (context->mapping != nullptr) {
        munmap(context->mapping, context->mapping_bytes);
    }
}

void Fiber::restart() {
#ifdef FIBER_SANITIZED
    __asan_unpoison_memory_region(context->bottom, context->bytes);
    context->fake_stack = nullptr;
#endif
#ifdef FIBER_UCONTEXT
    getcontext(&context->registers);
    context->registers.uc_stack.ss_sp = const_cast<void *>(context->bottom);
    context->registers.uc_stack.ss_size = context->bytes - context->offset;
    context->registers.uc_link = nullptr;
    makecontext(&context->registers, &Fiber::start, 0);
#else
    uintptr_t *top = reinterpret_cast<uintptr_t *>(context->mapping + context->mapping_bytes
                                                   - context->offset);
    uintptr_t *saved = top - SAVED_WORDS;
    for (size_t word = 0; word < SAVED_WORDS; word++) {
        saved[word] = 0;
    }
    saved[RETURN_WORD] = reinterpret_cast<uintptr_t>(&Fiber::start);
    context->stack_pointer = saved;
#endif
}

/* What a switch does once it has arrived. */
static void arrived(void *fake_stack, const void **left_bottom, size_t *left_bytes) {
#ifdef FIBER_SANITIZED
    __sanitizer_finish_switch_fiber(fake_stack, left_bottom, left_bytes);
#else
    (void)fake_stack;
    (void)left_bottom;
    (void)left_bytes;
#endif
}

void Fiber::start() {
    arrived(nullptr, &left->context->bottom, &left->context->bytes);
    running->context->entry();
    __builtin_trap();
}

void Fiber::switch_to(Fiber &next) {
    left = this;
    running = &next;
#ifdef FIBER_SANITIZED
    __sanitizer_start_switch_fiber(&context->fake_stack, next.context->bottom, next.context->bytes);
#endif
#ifdef FIBER_UCONTEXT
    swapcontext(&context->registers, &next.context->registers);
#else
    emulated_switch(&context->stack_pointer, next.context->stack_pointer);
#endif
#ifdef FIBER_SANITIZED
    arrived(context->fake_stack, &left->context->bottom, &left->context->bytes);
#endif
}

} // namespace emulated
