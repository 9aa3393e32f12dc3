/* Preloaded: the allocation with the number that OUT_OF_MEMORY_AT says fails, and all after it, in
 * whatever library it is; says in the end how many there were. libseccomp and ncurses are left out:
 * they read and free what they could not have. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

static unsigned long allocations, failing_at;

__attribute__((constructor)) static void begin(void)
{
    const char *at = getenv("OUT_OF_MEMORY_AT");
    failing_at = at != NULL ? strtoul(at, NULL, 10) : 0;
    allocations = 0;
}

__attribute__((destructor)) static void end(void)
{
    fprintf(stderr, "allocations %lu\n", allocations);
}

/* Where the libraries that are left out were seen to call from. */
static struct {
    const char *name;
    const void *first, *last;
} left_out[] = {{"libseccomp", NULL, NULL}, {"libncurses", NULL, NULL}, {"libtinfo", NULL, NULL}};

static int is_left_out(const void *caller)
{
    Dl_info where;
    size_t count = sizeof left_out / sizeof left_out[0];
    for (size_t i = 0; i < count; i++)
        if (left_out[i].first != NULL && caller >= left_out[i].first && caller <= left_out[i].last)
            return 1;
    if (dladdr(caller, &where) == 0 || where.dli_fname == NULL)
        return 0;
    for (size_t i = 0; i < count; i++) {
        if (strstr(where.dli_fname, left_out[i].name) == NULL)
            continue;
        if (left_out[i].first == NULL || caller < left_out[i].first)
            left_out[i].first = caller;
        if (caller > left_out[i].last)
            left_out[i].last = caller;
        return 1;
    }
    return 0;
}

static int fails(const void *caller)
{
    if (is_left_out(caller))
        return 0;
    allocations++;
    if (failing_at == 0 || allocations < failing_at)
        return 0;
    errno = ENOMEM;
    return 1;
}

void *malloc(size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_realloc(old, size);
}

/* here, so that its caller is seen, not the C library */
char *strdup(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = fails(__builtin_return_address(0)) ? NULL : __libc_malloc(size);
    return copy != NULL ? memcpy(copy, text, size) : NULL;
}
