#define _GNU_SOURCE
#include "guarded.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "statements.h"

enum { MOST_BUFFERS = 256, POISON = 0xFF, PADDING = 0xA7 };

typedef struct {
    const char *name;
    char *pages; /* the first guard */
    int64_t page_bytes;
    char *data;
    int64_t bytes;
    int read_only;
} buffer;

/* The buffers of the running case come first; the pages of the others are free. */
static buffer buffers[MOST_BUFFERS];
static int32_t count;
static int32_t mapped;
static void *snapshots[MOST_BUFFERS];
static int32_t snapshot_count;
static placement where = ENDS_AT_GUARD;

static int64_t page_size(void) { return sysconf(_SC_PAGESIZE); }

static char *first_page(const buffer *b) { return b->pages + page_size(); }

void place_buffers(placement slot) { where = slot; }

static void protect(buffer *b, int read_only) {
    if (b->read_only != read_only && b->page_bytes > 0) {
        mprotect(first_page(b), (size_t)b->page_bytes,
                 read_only ? PROT_READ : PROT_READ | PROT_WRITE);
    }
    b->read_only = read_only;
}

/* Moves free pages of this size behind those in use; returns whether there are any. */
static int reuse_pages(int64_t page_bytes) {
    for (int32_t i = count; i < mapped; i++) {
        if (buffers[i].page_bytes == page_bytes) {
            const buffer found = buffers[i];
            buffers[i] = buffers[count];
            buffers[count] = found;
            return 1;
        }
    }
    return 0;
}

static void map_pages(const char *name, int64_t page_bytes) {
    const int64_t page = page_size();
    if (mapped == MOST_BUFFERS && count < mapped) {
        mapped--;
        munmap(buffers[mapped].pages, (size_t)(buffers[mapped].page_bytes + 2 * page));
    }
    char *pages = mmap(NULL, (size_t)(page_bytes + 2 * page), PROT_NONE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped == MOST_BUFFERS || pages == MAP_FAILED
        || mprotect(pages + page, (size_t)page_bytes, PROT_READ | PROT_WRITE) != 0) {
        fail("no memory for %s", name);
    }
    buffers[mapped++] = buffers[count];
    buffers[count] = (buffer){.pages = pages, .page_bytes = page_bytes};
}

void *guarded(const char *name, int64_t bytes) {
    const int64_t page_bytes = (bytes + page_size() - 1) / page_size() * page_size();
    if (!reuse_pages(page_bytes)) {
        map_pages(name, page_bytes);
    }
    buffer *b = &buffers[count++];
    protect(b, 0);
    b->name = name;
    b->bytes = bytes;
    b->data = first_page(b) + (where == ENDS_AT_GUARD ? page_bytes - bytes : 0);
    memset(first_page(b), PADDING, (size_t)page_bytes);
    memset(b->data, POISON, (size_t)bytes);
    return b->data;
}

const void *guarded_copy(const char *name, const void *from, int64_t bytes) {
    void *copy = guarded(name, bytes);
    if (bytes > 0) {
        memcpy(copy, from, (size_t)bytes);
    }
    make_read_only(copy);
    return copy;
}

static void protect_buffer(const void *data, int read_only) {
    for (int32_t i = 0; i < count; i++) {
        if (buffers[i].data == data && buffers[i].bytes > 0) {
            protect(&buffers[i], read_only);
        }
    }
}

void make_read_only(const void *data) { protect_buffer(data, 1); }

void make_writable(const void *data) { protect_buffer(data, 0); }

void *snapshot(const void *from, int64_t bytes) {
    void *copy = malloc((size_t)bytes + 1);
    if (copy == NULL || snapshot_count == MOST_BUFFERS) {
        fail("no memory for a copy of %lld bytes", (long long)bytes);
    }
    snapshots[snapshot_count++] = copy;
    memcpy(copy, from, (size_t)bytes);
    return copy;
}

void expect_untouched(const void *from, int64_t bytes, const char *what) {
    const unsigned char *byte = from;
    for (int64_t i = 0; i < bytes; i++) {
        if (byte[i] != POISON) {
            fail("%s: byte %lld of %lld was written", what, (long long)i, (long long)bytes);
        }
    }
}

static void expect_padding(const buffer *b, const char *from, const char *to) {
    for (; from < to; from++) {
        if ((unsigned char)*from != PADDING) {
            fail("a write %lld bytes from the beginning of %s, which has %lld",
                 (long long)(from - b->data), b->name, (long long)b->bytes);
        }
    }
}

void end_buffers(void) {
    for (int32_t i = 0; i < count; i++) {
        const buffer *b = &buffers[i];
        expect_padding(b, first_page(b), b->data);
        expect_padding(b, b->data + b->bytes, first_page(b) + b->page_bytes);
    }
    count = 0;
    for (int32_t i = 0; i < snapshot_count; i++) free(snapshots[i]);
    snapshot_count = 0;
}

/* Fails with the name of the buffer that the address is in, or next to. */
static void on_fault(int signal, siginfo_t *information, void *context) {
    const char *at = information->si_addr;
    (void)signal;
    (void)context;
    for (int32_t i = 0; i < count; i++) {
        const buffer *b = &buffers[i];
        if (at >= b->pages && at < b->pages + b->page_bytes + 2 * page_size()) {
            const int64_t offset = at - b->data;
            if (offset < 0) {
                fail("an access %lld bytes before %s", (long long)-offset, b->name);
            }
            if (offset >= b->bytes) {
                fail("an access %lld bytes after the end of %s, which has %lld",
                     (long long)(offset - b->bytes), b->name, (long long)b->bytes);
            }
            fail("a write to byte %lld of %s, which is only read", (long long)offset, b->name);
        }
    }
    fail("an access to address %p, which is in no buffer", (const void *)at);
}

void watch_guards(void) {
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_NODEFER};
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
}
