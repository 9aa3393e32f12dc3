/* Allocation that never returns NULL. */
#include "config.h"

#include "base/xalloc.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void *base_alloc(size_t size_bytes)
{
    void *memory = malloc(size_bytes > 0 ? size_bytes : 1);
    if (memory == NULL)
        base_out_of_memory(size_bytes);
    return memory;
}

void *base_calloc(size_t count, size_t size_bytes)
{
    void *memory = calloc(count > 0 ? count : 1, size_bytes > 0 ? size_bytes : 1);
    if (memory == NULL)
        base_out_of_memory(size_bytes);
    return memory;
}

void *base_realloc(void *old, size_t count, size_t size_bytes)
{
    if (size_bytes > 0 && count > SIZE_MAX / size_bytes)
        base_out_of_memory(SIZE_MAX);
    size_t total = count * size_bytes;
    void *memory = realloc(old, total > 0 ? total : 1);
    if (memory == NULL)
        base_out_of_memory(total);
    return memory;
}

char *base_strdup(const char *text)
{
    size_t size = strlen(text) + 1;
    return memcpy(base_alloc(size), text, size);
}
